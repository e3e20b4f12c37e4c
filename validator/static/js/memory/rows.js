/** A remembered card as 32 bytes, so that 50 000 of them are looked through in microseconds. Pure. */

/**
 * @typedef {import("../types.js").Reason} Reason
 *
 * @typedef {object} Row  What is remembered of one card; instants in whole epoch seconds.
 * @property {Reason} reason
 * @property {number} checkedAt
 * @property {number} goodUntil
 * @property {string | null} expiresOn  the card's last day, YYYY-MM-DD
 * @property {string | null} issuerPic
 *
 * @typedef {object} Chunk  Rows sorted by their hash, and what their numbers stand for.
 * @property {Uint8Array} bytes
 * @property {DataView} view
 * @property {string[]} pics
 * @property {Record<string, string>} issuers  names by PIC
 */

export const HASH_BYTES = 16;
export const ROW_BYTES = 32;

const AT = { reason: 16, pic: 18, checkedAt: 20, goodUntil: 24, expiresOn: 28 };
const NO_PIC = 0xffff;
const NO_DAY = -0x8000_0000;
const LAST_SECOND = 0xffff_ffff;
const DAY_MS = 86_400_000;

/** What a row can say, by its number; the numbers are kept on devices: add at the end only. */
const REASONS = /** @type {const} */ (["active", "expired", "inactive", "unknown_card"]);
const NUMBERS = new Map(REASONS.map((reason, number) => [/** @type {string} */ (reason), number]));

/**
 * Whether a row may say this.
 * @param {unknown} reason
 * @returns {reason is Reason}
 */
export function canBeRemembered(reason) {
  return typeof reason === "string" && NUMBERS.has(reason);
}

/**
 * @param {Uint8Array} bytes  a whole number of rows
 * @param {string[]} pics
 * @param {Record<string, string>} issuers
 * @returns {Chunk}
 */
export function chunk(bytes, pics, issuers) {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), pics, issuers };
}

/** @param {Chunk} of */
export function count(of) {
  return of.bytes.length / ROW_BYTES;
}

/**
 * Write a row at this offset; its end is rounded down, so that it never lasts longer.
 * @param {Chunk} into
 * @param {number} at
 * @param {Uint8Array} hash
 * @param {Row} row
 * @param {number} pic  its place in `pics`, negative for none
 */
export function writeRow(into, at, hash, row, pic) {
  into.bytes.set(hash.subarray(0, HASH_BYTES), at);
  into.view.setUint8(at + AT.reason, /** @type {number} */ (NUMBERS.get(row.reason)));
  into.view.setUint16(at + AT.pic, pic < 0 || pic >= NO_PIC ? NO_PIC : pic, true);
  into.view.setUint32(at + AT.checkedAt, row.checkedAt, true);
  into.view.setUint32(at + AT.goodUntil, Math.min(LAST_SECOND, Math.max(0, row.goodUntil)), true);
  into.view.setInt32(at + AT.expiresOn, row.expiresOn === null ? NO_DAY : dayOf(row.expiresOn), true);
}

/**
 * The row at this offset; null where it says what no row can say.
 * @param {Chunk} from
 * @param {number} at
 * @returns {Row | null}
 */
export function readRow(from, at) {
  const reason = REASONS[from.view.getUint8(at + AT.reason)];
  const day = from.view.getInt32(at + AT.expiresOn, true);
  return reason === undefined
    ? null
    : {
        reason,
        checkedAt: checkedAt(from, at),
        goodUntil: from.view.getUint32(at + AT.goodUntil, true),
        expiresOn: day === NO_DAY ? null : new Date(day * DAY_MS).toISOString().slice(0, 10),
        issuerPic: from.pics[picAt(from, at)] ?? null,
      };
}

/** @param {Chunk} of @param {number} at */
export function checkedAt(of, at) {
  return of.view.getUint32(at + AT.checkedAt, true);
}

/** @param {Chunk} of @param {number} at */
export function picAt(of, at) {
  return of.view.getUint16(at + AT.pic, true);
}

/**
 * Where the card with this hash is; -1 where it is not.
 * @param {Chunk} within
 * @param {Uint8Array} hash
 */
export function locate(within, hash) {
  let low = 0;
  let high = count(within) - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const order = compare(within.bytes, middle * ROW_BYTES, hash, 0);
    if (order === 0) {
      return middle * ROW_BYTES;
    }
    [low, high] = order < 0 ? [middle + 1, high] : [low, middle - 1];
  }
  return -1;
}

/**
 * The order of two hashes.
 * @param {Uint8Array} one
 * @param {number} at
 * @param {Uint8Array} other
 * @param {number} there
 */
export function compare(one, at, other, there) {
  for (let byte = 0; byte < HASH_BYTES; byte += 1) {
    const difference = /** @type {number} */ (one[at + byte]) - /** @type {number} */ (other[there + byte]);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}

/** @param {string} day */
function dayOf(day) {
  return Date.parse(day) / DAY_MS;
}
