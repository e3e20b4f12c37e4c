/**
 * A page of the offline pack as the server sends it, read strictly: a page with one unexpected member is rejected
 * whole. Pure.
 */

import { SENT_BYTES } from "./chunks.js";

/** @import {Salt} from "./row.js" */

/**
 * @typedef {object} Page
 * @property {string} cursor
 * @property {boolean} reset  the device must drop everything it had before
 * @property {boolean} more
 * @property {number} now  the server's time in epoch milliseconds
 * @property {number} maxCards
 * @property {number} maxAgeS
 * @property {Salt[]} salts  the newest last
 * @property {Array<{salt: number, rows: Uint8Array<ArrayBuffer>}>} sealed
 */

export const FORMAT = 2;

const SALT_BYTES = 16;
const MAX_SALTS = 4;
const MAX_ROUNDS = 1_000_000;
const MAX_CURSOR_LENGTH = 200;
const LAST_SECOND = 0xffff_ffff;
const SALT = /^[A-Za-z0-9_-]{22}$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * The page in this JSON; null if it is not exactly one.
 * @param {unknown} body
 * @returns {Page | null}
 */
export function readPage(body) {
  if (!isObject(body) || !isHead(body) || !Array.isArray(body["salts"]) || !isObject(body["sealed"])) {
    return null;
  }
  const salts = body["salts"].slice(0, MAX_SALTS + 1).map(readSalt);
  const ids = new Set(salts.map((salt) => salt?.id));
  const sealed = Object.entries(body["sealed"]).map(([id, text]) => readRows(Number(id), text, ids));
  if (salts.length > MAX_SALTS || ids.size < salts.length || [...salts, ...sealed].includes(null)) {
    return null;
  }
  return {
    cursor: /** @type {string} */ (body["cursor"]),
    reset: body["reset"] === true,
    more: body["more"] === true,
    now: Date.parse(/** @type {string} */ (body["now"])),
    maxCards: /** @type {number} */ (body["max_cards"]),
    maxAgeS: /** @type {number} */ (body["max_age_s"]),
    salts: /** @type {Salt[]} */ (salts),
    sealed: /** @type {Page["sealed"]} */ (sealed),
  };
}

/** @param {Record<string, unknown>} body */
function isHead(body) {
  const { format, cursor, reset, more, now, max_cards: maxCards, max_age_s: maxAgeS, row_bytes: row } = body;
  return (
    format === FORMAT &&
    row === SENT_BYTES &&
    typeof cursor === "string" &&
    cursor.length <= MAX_CURSOR_LENGTH &&
    typeof reset === "boolean" &&
    typeof more === "boolean" &&
    typeof now === "string" &&
    Number.isFinite(Date.parse(now)) &&
    isWhole(maxCards, LAST_SECOND) &&
    isWhole(maxAgeS, LAST_SECOND)
  );
}

/**
 * @param {unknown} given
 * @returns {Salt | null}
 */
function readSalt(given) {
  if (!isObject(given)) {
    return null;
  }
  const { id, salt, rounds, ends_at: endsAt } = given;
  const fits =
    isWhole(id, LAST_SECOND) &&
    isWhole(rounds, MAX_ROUNDS) &&
    rounds > 0 &&
    isWhole(endsAt, Number.MAX_SAFE_INTEGER) &&
    typeof salt === "string" &&
    SALT.test(salt);
  const bytes = fits ? bytesOf(salt.replaceAll("-", "+").replaceAll("_", "/")) : null;
  return fits && bytes?.length === SALT_BYTES ? { id, salt: bytes, rounds, endsAt } : null;
}

/**
 * @param {number} salt
 * @param {unknown} text
 * @param {Set<number | undefined>} salts
 */
function readRows(salt, text, salts) {
  if (!salts.has(salt) || typeof text !== "string" || !BASE64.test(text)) {
    return null;
  }
  const rows = bytesOf(text);
  return rows !== null && rows.length % SENT_BYTES === 0 ? { salt, rows } : null;
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param {unknown} value @param {number} most @returns {value is number} */
function isWhole(value, most) {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= most;
}

/** @param {string} text  base64, with or without padding */
function bytesOf(text) {
  try {
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let at = 0; at < binary.length; at += 1) {
      bytes[at] = binary.charCodeAt(at);
    }
    return bytes;
  } catch {
    return null;
  }
}
