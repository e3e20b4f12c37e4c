/** How to switch off what a hand-held scanner adds to each code: shown once, beside the answers. */

/**
 * @typedef {import("../payload/payload.js").Extras} Extras
 * @typedef {{extras: Extras, scans: number}} Tally  The same extras in so many scans in a row.
 */

const ENOUGH = 3;
const SEEN = "scannerTipSeen";

/** @type {Tally} */
export const NO_SCANS = { extras: { before: "", after: "" }, scans: 0 };

/**
 * The tally after one more scan that gave a number.
 * @param {Tally} tally
 * @param {Extras} extras
 * @returns {Tally}
 */
export function afterScan(tally, extras) {
  const { before, after } = tally.extras;
  const isSame = before === extras.before && after === extras.after;
  return { extras, scans: isSame ? tally.scans + 1 : 1 };
}

/** Whether it is time to say how the extras are switched off. @param {Tally} tally */
export function isDue({ extras, scans }) {
  return scans >= ENOUGH && extras.before + extras.after !== "";
}

/**
 * Hears every scan; shows the tip once a page, and never again on this device after it was pressed away.
 * @param {HTMLElement} root
 * @param {import("../settings/preferences.js").Preferences} preferences
 * @returns {(extras: Extras) => void}
 */
export function watchExtras(root, preferences) {
  /** @type {HTMLElement | null} */
  const tip = root.querySelector("[data-scanner-tip]");
  let tally = NO_SCANS;
  let isOver = /** @type {boolean} */ (preferences.get(SEEN, false));
  tip?.querySelector("button")?.addEventListener("click", () => {
    preferences.set(SEEN, true);
    tip.hidden = true;
  });
  return (extras) => {
    tally = afterScan(tally, extras);
    if (tip && !isOver && isDue(tally)) {
      isOver = true;
      tip.hidden = false;
    }
  };
}
