/** Which of two answers about a card counts, and many chunks made into one. Pure. */

import { ROW_BYTES, checkedAt, chunk, compare, count, picAt, readRow, writeRow } from "./rows.js";

/**
 * @typedef {import("./rows.js").Chunk} Chunk
 * @typedef {import("./rows.js").Row} Row
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
 * Whether `one` counts rather than `other`: the later one, at the same second the one that is not valid; one
 * of the future only where both are. As offline_cache/policy.py.
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
 * Two chunks as one, each card once.
 * @param {Chunk} one
 * @param {Chunk} other
 * @param {number} nowS
 * @returns {Chunk}
 */
export function mergeTwo(one, other, nowS) {
  const pics = [...new Set([...one.pics, ...other.pics])];
  const made = chunk(new Uint8Array(one.bytes.length + other.bytes.length), pics, {
    ...one.issuers,
    ...other.issuers,
  });
  const moved = [one, other].map((from) => from.pics.map((pic) => pics.indexOf(pic)));
  let [left, right, at] = [0, 0, 0];
  while (left < one.bytes.length || right < other.bytes.length) {
    const order = next(one, left, other, right);
    const takesLeft = order < 0 || (order === 0 && !laterWins(one, left, other, right, nowS));
    take(made, at, takesLeft ? one : other, takesLeft ? left : right, moved[takesLeft ? 0 : 1] ?? []);
    left += order <= 0 ? ROW_BYTES : 0;
    right += order >= 0 ? ROW_BYTES : 0;
    at += ROW_BYTES;
  }
  return chunk(made.bytes.slice(0, at), made.pics, made.issuers);
}

/**
 * The chunk without what is too old to matter, and at most so many of its newest cards.
 * A not valid answer past its end stays as long as an older valid one could come back for want of it.
 * @param {Chunk} of
 * @param {number} sinceS  rows checked at or before this are left out; NaN leaves none out
 * @param {number} most
 * @returns {Chunk}
 */
export function trimmed(of, sinceS, most) {
  const offsets = Array.from({ length: count(of) }, (_, place) => place * ROW_BYTES);
  const young = offsets.filter((at) => !(checkedAt(of, at) <= sinceS));
  const newest = young.sort((one, other) => checkedAt(of, other) - checkedAt(of, one)).slice(0, most);
  const bytes = new Uint8Array(newest.length * ROW_BYTES);
  newest
    .sort((one, other) => one - other)
    .forEach((at, place) => bytes.set(of.bytes.subarray(at, at + ROW_BYTES), place * ROW_BYTES));
  return chunk(bytes, of.pics, of.issuers);
}

/**
 * Whether nothing in it was checked after this; false where the time is not known.
 * @param {Chunk} of
 * @param {number} sinceS
 */
export function isOver(of, sinceS) {
  for (let at = 0; at < of.bytes.length; at += ROW_BYTES) {
    if (!(checkedAt(of, at) <= sinceS)) {
      return false;
    }
  }
  return !Number.isNaN(sinceS);
}

/** @param {Chunk} one @param {number} left @param {Chunk} other @param {number} right */
function next(one, left, other, right) {
  if (left >= one.bytes.length) {
    return 1;
  }
  return right >= other.bytes.length ? -1 : compare(one.bytes, left, other.bytes, right);
}

/** @param {Chunk} one @param {number} left @param {Chunk} other @param {number} right @param {number} nowS */
function laterWins(one, left, other, right, nowS) {
  const [mine, theirs] = [readRow(one, left), readRow(other, right)];
  return mine === null || (theirs !== null && outranks(theirs, mine, nowS));
}

/**
 * @param {Chunk} made
 * @param {number} at
 * @param {Chunk} from
 * @param {number} there
 * @param {number[]} moved
 */
function take(made, at, from, there, moved) {
  made.bytes.set(from.bytes.subarray(there, there + ROW_BYTES), at);
  const row = readRow(from, there);
  if (row !== null) {
    writeRow(made, at, from.bytes.subarray(there), row, moved[picAt(from, there)] ?? -1);
  }
}
