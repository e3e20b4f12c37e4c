/** Chunks: from the entries of a page, and to and from the bytes that are kept. Pure. */

import { ROW_BYTES, chunk, compare, writeRow } from "./rows.js";

/**
 * @typedef {import("./rows.js").Chunk} Chunk
 * @typedef {import("./rows.js").Row} Row
 * @typedef {{hash: Uint8Array, row: Row}} Entry
 */

const LENGTH_BYTES = 4;

/**
 * These entries, sorted. Two of one card may stand in it only if nobody minds which one is found.
 * @param {Entry[]} entries
 * @param {Record<string, string>} issuers  names by PIC
 * @returns {Chunk}
 */
export function chunkOf(entries, issuers) {
  const pics = [...new Set(entries.map(({ row }) => row.issuerPic))].filter((pic) => pic !== null);
  const places = new Map(pics.map((pic, place) => [pic, place]));
  const made = chunk(new Uint8Array(entries.length * ROW_BYTES), pics, issuers);
  const sorted = [...entries].sort((one, other) => compare(one.hash, 0, other.hash, 0));
  sorted.forEach(({ hash, row }, place) => {
    const pic = row.issuerPic === null ? -1 : /** @type {number} */ (places.get(row.issuerPic));
    writeRow(made, place * ROW_BYTES, hash, row, pic);
  });
  return made;
}

/**
 * The chunk as bytes: the length of what comes before the rows, the names in JSON, the rows.
 * @param {Chunk} kept
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function toBytes(kept) {
  const head = new TextEncoder().encode(JSON.stringify({ pics: kept.pics, issuers: kept.issuers }));
  const bytes = new Uint8Array(LENGTH_BYTES + head.length + kept.bytes.length);
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, LENGTH_BYTES);
  bytes.set(kept.bytes, LENGTH_BYTES + head.length);
  return bytes;
}

/**
 * The chunk behind these bytes; null for anything that `toBytes` did not write.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Chunk | null}
 */
export function fromBytes(bytes) {
  try {
    const start = LENGTH_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, start)));
    const rows = bytes.subarray(start);
    const fits = rows.length % ROW_BYTES === 0 && Array.isArray(head.pics);
    return fits ? chunk(rows, head.pics, head.issuers) : null;
  } catch {
    return null;
  }
}
