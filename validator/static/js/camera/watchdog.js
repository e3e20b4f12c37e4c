// @ts-check
/** Whether a started camera really gives pictures, and when to try again. */

/**
 * @typedef {object} Health  What is known of a stream; instants in ms.
 * @property {number} now
 * @property {number} since  The stream began, or the page came back to the front.
 * @property {number} lastFrame  The last new picture; `since` where none came yet.
 * @property {number | null} mutedSince
 * @property {boolean} ended
 * @property {boolean} black  All pictures since the stream began were black.
 * @property {boolean} hidden  Nobody looks: nothing is a fault.
 *
 * @typedef {"ended" | "muted" | "still" | "black"} Fault
 */

export const STILL_MS = 2000;
export const BLACK_MS = 1500; // some cameras open with a few dark pictures
export const MUTED_MS = 1500; // a call that rings mutes for a moment
export const HEALTHY_MS = 5000; // after so long without a fault earlier restarts are forgotten
/** Before the first, second and third restart in a row; after that a person is told. */
const WAITS_MS = [0, 700, 2500];

/**
 * @param {Health} health
 * @returns {Fault | null}
 */
export function faultOf({ now, since, lastFrame, mutedSince, ended, black, hidden }) {
  if (hidden) {
    return null;
  }
  if (ended) {
    return "ended";
  }
  if (mutedSince !== null && now - Math.max(mutedSince, since) >= MUTED_MS) {
    return "muted";
  }
  if (now - Math.max(lastFrame, since) >= STILL_MS) {
    return "still";
  }
  return black && now - since >= BLACK_MS ? "black" : null;
}

/**
 * How long to wait before another restart, in ms; null where enough were tried.
 * @param {number} restarts  In a row, without health between.
 * @returns {number | null}
 */
export function waitBefore(restarts) {
  return WAITS_MS[restarts] ?? null;
}
