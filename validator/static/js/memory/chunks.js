/** Chunks of sealed rows, sorted by id, so that a search in 50 000 rows takes microseconds. Pure. */

import { BODY_BYTES, ID_BYTES } from "./row.js";

/**
 * @typedef {object} Chunk  Rows sorted by their id, all under one salt.
 * @property {number} salt
 * @property {boolean} own  rows of answers that this device got itself, not of a sync
 * @property {Uint8Array} bytes
 */

const IV_AND_TAG_BYTES = 28;
export const SEALED_BYTES = BODY_BYTES + IV_AND_TAG_BYTES;
/** A row as the server sends it: id and sealed body. */
export const SENT_BYTES = ID_BYTES + SEALED_BYTES;
/** A row as it is stored: with the number of its page between id and body, so that the later row wins. */
export const ROW_BYTES = SENT_BYTES + 4;

const OFFSET = { order: ID_BYTES, sealed: ID_BYTES + 4 };

/** @param {Chunk} chunk */
export function countRows(chunk) {
  return chunk.bytes.length / ROW_BYTES;
}

/**
 * A chunk of the rows of a page. The server sends them sorted by id.
 * @param {number} salt
 * @param {boolean} own
 * @param {Uint8Array} sent
 * @param {number} order
 * @returns {Chunk}
 */
export function chunkOf(salt, own, sent, order) {
  const rows = sent.length / SENT_BYTES;
  const bytes = new Uint8Array(rows * ROW_BYTES);
  const view = new DataView(bytes.buffer);
  for (let row = 0; row < rows; row += 1) {
    const [from, to] = [row * SENT_BYTES, row * ROW_BYTES];
    bytes.set(sent.subarray(from, from + ID_BYTES), to);
    view.setUint32(to + OFFSET.order, order);
    bytes.set(sent.subarray(from + ID_BYTES, from + SENT_BYTES), to + OFFSET.sealed);
  }
  return { salt, own, bytes };
}

/** @param {Chunk} chunk @param {number} at */
export function orderAt(chunk, at) {
  return new DataView(chunk.bytes.buffer, chunk.bytes.byteOffset).getUint32(at + OFFSET.order);
}

/** @param {Chunk} chunk @param {number} at */
export function sealedAt(chunk, at) {
  return chunk.bytes.subarray(at + OFFSET.sealed, at + ROW_BYTES);
}

/**
 * The offset of the row with this id; -1 if there is none.
 * @param {Chunk} chunk
 * @param {Uint8Array} id
 */
export function locate(chunk, id) {
  let low = 0;
  let high = countRows(chunk) - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const order = compare(chunk.bytes, middle * ROW_BYTES, id, 0);
    if (order === 0) {
      return middle * ROW_BYTES;
    }
    [low, high] = order < 0 ? [middle + 1, high] : [low, middle - 1];
  }
  return -1;
}

/**
 * The order of two ids.
 * @param {Uint8Array} one
 * @param {number} at
 * @param {Uint8Array} other
 * @param {number} there
 */
export function compare(one, at, other, there) {
  for (let byte = 0; byte < ID_BYTES; byte += 1) {
    const difference = /** @type {number} */ (one[at + byte]) - /** @type {number} */ (other[there + byte]);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}

const HEAD_BYTES = 8;

/**
 * The chunk as bytes: salt, `own`, rows.
 * @param {Chunk} chunk
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function toBytes({ salt, own, bytes }) {
  const whole = new Uint8Array(HEAD_BYTES + bytes.length);
  const view = new DataView(whole.buffer);
  view.setUint32(0, salt);
  view.setUint32(4, own ? 1 : 0);
  whole.set(bytes, HEAD_BYTES);
  return whole;
}

/**
 * The chunk in these bytes; null for anything that `toBytes` did not write.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Chunk | null}
 */
export function fromBytes(bytes) {
  if (bytes.length < HEAD_BYTES || (bytes.length - HEAD_BYTES) % ROW_BYTES !== 0) {
    return null;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const own = view.getUint32(4);
  return own > 1 ? null : { salt: view.getUint32(0), own: own === 1, bytes: bytes.subarray(HEAD_BYTES) };
}

/**
 * Two chunks of the same kind and salt merged into one. Each card is in it once, with its later row.
 * @param {Chunk} one
 * @param {Chunk} other
 * @returns {Chunk}
 */
export function mergeTwo(one, other) {
  const made = new Uint8Array(one.bytes.length + other.bytes.length);
  let [left, right, at] = [0, 0, 0];
  while (left < one.bytes.length || right < other.bytes.length) {
    const order = compareNext(one, left, other, right);
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
 * The chunk without its `excess` oldest rows.
 * @param {Chunk} chunk
 * @param {number} excess
 * @returns {Chunk}
 */
export function withoutOldest(chunk, excess) {
  const offsets = Array.from({ length: countRows(chunk) }, (_, place) => place * ROW_BYTES);
  const kept = offsets
    .sort((one, other) => orderAt(chunk, other) - orderAt(chunk, one))
    .slice(0, Math.max(0, offsets.length - excess))
    .sort((one, other) => one - other);
  const bytes = new Uint8Array(kept.length * ROW_BYTES);
  kept.forEach((at, place) => bytes.set(chunk.bytes.subarray(at, at + ROW_BYTES), place * ROW_BYTES));
  return { ...chunk, bytes };
}

/**
 * The order of the next rows of both.
 * @param {Chunk} one
 * @param {number} left
 * @param {Chunk} other
 * @param {number} right
 */
function compareNext(one, left, other, right) {
  if (left >= one.bytes.length) {
    return 1;
  }
  return right >= other.bytes.length ? -1 : compare(one.bytes, left, other.bytes, right);
}
