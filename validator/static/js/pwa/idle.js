/**
 * When a new version may take over: never in the middle of somebody's work. Delivering queued checks is nobody's
 * work: cut off, they are delivered again, and the server takes each once. Pure.
 */

/** No card for this long, and the queue at the counter has most likely gone. */
export const QUIET_MS = 20_000;

/**
 * @typedef {object} Activity
 * @property {number} lastCardAt  when a card was last seen or typed, in ms of the same clock as `now`
 * @property {boolean} isShowing  a result stands on the stage
 * @property {boolean} isAsking  a check is under way
 * @property {boolean} isTyping  something stands in the number field
 * @property {boolean} isHidden  nobody sees the page
 */

/**
 * Whether nobody would notice that the page is loaded anew.
 * @param {Activity} activity
 * @param {number} now
 * @returns {boolean}
 */
export function isIdle(activity, now) {
  if (activity.isAsking || activity.isTyping) {
    return false;
  }
  return activity.isHidden || (!activity.isShowing && now - activity.lastCardAt >= QUIET_MS);
}
