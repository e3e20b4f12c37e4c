/**
 * Is the link to our server live, slow or gone? Told by measuring alone; `navigator.onLine` is never asked.
 * Pure.
 */

/** @import {Sample} from "./call.js" */

/**
 * @typedef {"live" | "slow" | "offline"} LinkState
 * @typedef {object} Link
 * @property {LinkState} state
 * @property {readonly number[]} durations  of the last clean answers, in milliseconds, newest last
 * @property {number} cleanAt  when the last clean answer came
 * @property {SlowPart | null} part  the part that was slow last, as long as nothing refutes it
 * @property {number | null} probeMs  how long the last probe took, which needs the network and hardly our server
 *
 * @typedef {"network" | "server" | "register"} SlowPart  The way to our server, our server, the card register.
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
  part: null,
  probeMs: null,
});

/**
 * Which part took most of a slow answer; null where the answer was quick.
 * @param {{ms: number, routerMs?: number | null, isProbe?: boolean}} sample  `routerMs`: how long our server waited
 *   for the card register; null where it did not say or did not ask.
 * @param {number | null} probeMs
 * @returns {SlowPart | null}
 */
export function slowPart({ ms, routerMs = null, isProbe = false }, probeMs) {
  if (ms <= SLOW_MS) {
    return null;
  }
  const register = Math.min(routerMs ?? 0, ms);
  const rest = ms - register;
  if (register >= rest) {
    return "register";
  }
  return isProbe || probeMs === null || probeMs >= rest - probeMs ? "network" : "server";
}

/** The part to name now. @param {Link} link */
export function slowNow({ state, part }) {
  return state === "slow" ? part : null;
}

/**
 * The link after a request ended.
 * @param {Link} link
 * @param {Sample} sample
 * @returns {Link}
 */
export function afterAnswer(link, sample) {
  const { at, ms, measures, why } = sample;
  if (why === "offline") {
    return after(link, "offline", [], link.cleanAt);
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
    return after(link, "slow", [], at);
  }
  const durations = measures ? [...link.durations, ms].slice(-KEPT) : link.durations;
  const state = median(durations) > SLOW_MS ? "slow" : "live";
  return measures ? named(after(link, state, durations, at), sample) : after(link, state, durations, at);
}

/**
 * A quick probe says nothing of our server and the card register; any other quick answer does.
 * @param {Link} link @param {Sample} sample
 */
function named(link, sample) {
  const { isProbe = false } = sample;
  const probeMs = isProbe ? sample.ms : link.probeMs;
  const stays = isProbe || link.state === "slow";
  const part = slowPart(sample, probeMs) ?? (stays ? link.part : null);
  return Object.freeze({ ...link, part, probeMs });
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
  return after(link, gone ? "offline" : "slow", [], link.cleanAt);
}

/**
 * @param {Link} link @param {LinkState} state @param {readonly number[]} durations @param {number} cleanAt
 * @returns {Link}
 */
function after(link, state, durations, cleanAt) {
  return Object.freeze({ ...link, state, durations: Object.freeze([...durations]), cleanAt });
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}
