/**
 * Is the link to our server live, slow or gone? Told by measuring alone; `navigator.onLine` is never asked.
 * Pure.
 */

/**
 * @typedef {"live" | "slow" | "offline"} LinkState
 * @typedef {object} Link
 * @property {LinkState} state
 * @property {readonly number[]} durations  of the last clean answers, in milliseconds, newest last
 * @property {number} cleanAt  when the last clean answer came
 *
 * @typedef {import("./call.js").Sample} Sample
 */

const KEPT = 5;
export const SLOW_MS = 1_500;
/** Nothing came for so long: it is at least slow. */
export const OVERDUE_MS = 2_000;
/** Nothing came for so long: nothing gets through. */
export const GONE_MS = 3_500;

/** Before anything is known the link is taken for live: the first answer or silence tells. @type {Link} */
export const UNKNOWN = Object.freeze({
  state: "live",
  durations: Object.freeze([]),
  cleanAt: -Infinity,
});

/**
 * The link after a request ended.
 * @param {Link} link
 * @param {Sample} sample
 * @returns {Link}
 */
export function afterAnswer(link, { at, ms, measures, why }) {
  if (why === "offline") {
    return frozen("offline", [], link.cleanAt);
  }
  if (why === "slow") {
    return silent(link, ms, at);
  }
  if (why === "server_fault") {
    // Something answered, but not our server's sound self: it says nothing about the way there.
    return link;
  }
  if (measures && ms >= GONE_MS && link.state !== "live") {
    // Most of that was the silence before it: it is back, and the next answer tells how fast.
    return frozen("slow", [], at);
  }
  const durations = measures ? [...link.durations, ms].slice(-KEPT) : link.durations;
  return frozen(median(durations) > SLOW_MS ? "slow" : "live", durations, at);
}

/**
 * The link while a request has been unanswered for so long, or ended so; one that others
 * overtook tells nothing.
 * @param {Link} link
 * @param {number} ms
 * @param {number} at  now
 * @returns {Link}
 */
export function silent(link, ms, at) {
  const overtaken = link.cleanAt > at - ms;
  if (overtaken || ms < OVERDUE_MS) {
    return link;
  }
  // What was measured before says nothing about the link as it is now.
  const gone = ms >= GONE_MS || link.state === "offline";
  return frozen(gone ? "offline" : "slow", [], link.cleanAt);
}

/** @param {LinkState} state @param {readonly number[]} durations @param {number} cleanAt @returns {Link} */
function frozen(state, durations, cleanAt) {
  return Object.freeze({ state, durations: Object.freeze([...durations]), cleanAt });
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}
