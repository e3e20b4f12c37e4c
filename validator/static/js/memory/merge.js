/** Which of two answers about a card counts, and many chunks made into one. Pure. */

import { ROW_BYTES, compare, count, orderAt } from "./rows.js";

/**
 * @typedef {import("./rows.js").Chunk} Chunk
 * @typedef {import("./body.js").Row} Row
 */

/**
 * Hosts kept by NTP differ by milliseconds; an answer from further ahead tells of a wrong clock
 * (policy.py).
 */
export const AHEAD_S = 5;

/**
 * Whether this answer is of the future, so that its age cannot be known; never where the time is not known.
 * @param {{checkedAt: number}} row
 * @param {number} nowS  the site's time in epoch seconds, NaN where nobody knows it
 */
export function isAhead(row, nowS) {
  return row.checkedAt > nowS + AHEAD_S;
}

/**
 * Whether `one` counts rather than `other`: the later one, in the same hour the one that is not valid; one
 * of the future only where both are. As validator/pack/body.py.
 * @param {Row} one
 * @param {Row} other
 * @param {number} nowS
 */
export function outranks(one, other, nowS) {
  const ahead = isAhead(one, nowS);
  if (ahead !== isAhead(other, nowS)) {
    return !ahead;
  }
  if (one.checkedAt !== other.checkedAt) {
    return one.checkedAt > other.checkedAt;
  }
  // The same answer may have come without its end: a late check's does.
  return one.reason !== "active" && (other.reason === "active" || one.goodUntil > other.goodUntil);
}

/**
 * Two chunks of one kind and salt as one, each card once: the row that came later.
 * @param {Chunk} one
 * @param {Chunk} other
 * @returns {Chunk}
 */
export function mergeTwo(one, other) {
  const made = new Uint8Array(one.bytes.length + other.bytes.length);
  let [left, right, at] = [0, 0, 0];
  while (left < one.bytes.length || right < other.bytes.length) {
    const order = next(one, left, other, right);
    const takesLeft = order < 0 || (order === 0 && orderAt(one, left) > orderAt(other, right));
    const [from, there] = takesLeft ? [one, left] : [other, right];
    made.set(from.bytes.subarray(there, there + ROW_BYTES), at);
    left += order <= 0 ? ROW_BYTES : 0;
    right += order >= 0 ? ROW_BYTES : 0;
    at += ROW_BYTES;
  }
  return { ...one, bytes: made.slice(0, at) };
}

/**
 * The chunk without so many of the rows that came first.
 * @param {Chunk} of
 * @param {number} excess
 * @returns {Chunk}
 */
export function without(of, excess) {
  const offsets = Array.from({ length: count(of) }, (_, place) => place * ROW_BYTES);
  const kept = offsets
    .sort((one, other) => orderAt(of, other) - orderAt(of, one))
    .slice(0, Math.max(0, offsets.length - excess))
    .sort((one, other) => one - other);
  const bytes = new Uint8Array(kept.length * ROW_BYTES);
  kept.forEach((at, place) => bytes.set(of.bytes.subarray(at, at + ROW_BYTES), place * ROW_BYTES));
  return { ...of, bytes };
}

/** @param {Chunk} one @param {number} left @param {Chunk} other @param {number} right */
function next(one, left, other, right) {
  if (left >= one.bytes.length) {
    return 1;
  }
  return right >= other.bytes.length ? -1 : compare(one.bytes, left, other.bytes, right);
}
