/** The photo form where scripts run: its answer comes onto this page, and a lost connection is told in words. */

/**
 * @typedef {import("../checking/api.js").Answered} Answered
 * @typedef {import("../types.js").Verdict} Verdict
 *
 * @typedef {object} Given
 * @property {(picture: Blob) => Promise<Answered>} read
 * @property {(verdict: Verdict) => void} onRead
 * @property {(refusal: {code: string, kind: null}) => void} onRefusal
 */

const READING = "Our server is reading the photo …";
/** @type {Record<string, string>} */
const FAILED = {
  offline: "The photo could not be sent: this device has no connection. Type the number instead.",
  slow: "The photo could not be sent in time: the connection is slow. Try again, or type the number instead.",
  busy: "Our server is busy just now. Try again in a minute, or type the number instead.",
  signed_out: "This device is signed out. Sign in again, then send the photo again.",
};
const FAULT = "Our server has a fault just now. Try again in a minute, or type the number instead.";

/**
 * Check the chosen photo without leaving the page.
 * @param {HTMLFormElement} form  with `[data-photo-note]` for a line about its way
 * @param {Given} given
 */
export function enhancePhotoForm(form, { read, onRead, onRefusal }) {
  const input = /** @type {HTMLInputElement} */ (form.querySelector("input[type=file]"));
  const note = /** @type {HTMLElement} */ (form.querySelector("[data-photo-note]"));
  let isReading = false;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const picture = input.files?.[0];
    if (picture && !isReading) {
      void send(picture);
    }
  });

  /** @param {Blob} picture */
  async function send(picture) {
    isReading = true;
    note.replaceChildren(READING);
    const told = await read(picture);
    isReading = false;
    note.replaceChildren(told.ok || told.why === "refused" ? "" : (FAILED[told.why] ?? FAULT));
    if (told.ok) {
      form.reset();
      onRead(told.verdict);
    } else if (told.why === "refused" && told.problem) {
      onRefusal({ code: told.problem, kind: null });
    }
  }
}
