/** The photo form where scripts run: its answer comes onto this page, and a lost connection is told in words. */

import { _, N_ } from "../messages.js";
import { smaller } from "./smaller.js";

/**
 * @typedef {import("../checking/api.js").VerdictResult} VerdictResult
 *
 * @typedef {object} Given
 * @property {(picture: Blob) => Promise<VerdictResult>} read
 * @property {() => import("../result/board.js").Reading} onTaken  The photo was sent; what is read on it is told there.
 */

/** @type {Record<string, string>} */
const FAILED = {
  offline: N_("The photo could not be sent: this device has no connection. Type the number instead."),
  slow: N_("No answer to the photo came in time. Try again, or type the number instead."),
  busy: N_("Our server is busy at the moment. Try again in a minute, or type the number instead."),
  signed_out: N_("This device is signed out. Sign in again, then send the photo again."),
};
const FAULT = N_("Our server has a fault at the moment. Try again in a minute, or type the number instead.");

/**
 * Check the chosen photo without leaving the page.
 * @param {HTMLFormElement} form  with `[data-photo-note]` for a line about its way
 * @param {Given} given
 */
export function enhancePhotoForm(form, { read, onTaken }) {
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
    note.replaceChildren();
    const reading = onTaken();
    const told = await read(await smaller(picture));
    isReading = false;
    if (told.ok) {
      form.reset();
      reading.read(told.verdict);
    } else if (told.why === "refused" && told.problem) {
      reading.refused({ code: told.problem, kind: null });
    } else {
      note.replaceChildren(_(FAILED[told.why] ?? FAULT));
      reading.failed();
    }
  }
}
