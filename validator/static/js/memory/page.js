/**
 * A page of the offline pack as the server sends it, read strictly: one odd row and nothing of it is used.
 * Pure.
 */

import { canBeRemembered } from "./rows.js";

/**
 * @typedef {import("./chunk.js").Entry} Entry
 * @typedef {import("./rows.js").Row} Row
 *
 * @typedef {object} Page
 * @property {string} cursor
 * @property {boolean} reset  all that was there before is to be dropped
 * @property {boolean} more
 * @property {number} now  the server's time in epoch milliseconds
 * @property {string} keyId
 * @property {Uint8Array<ArrayBuffer>} key
 * @property {number} maxCards
 * @property {number} maxAgeS
 * @property {Record<string, string>} issuers
 * @property {Entry[]} entries
 */

const KEY_BYTES = 32;
const LONGEST_NAME = 500;
const LONGEST_CURSOR = 200;
const LAST_SECOND = 0xffff_ffff;
const HASH = /^[A-Za-z0-9_-]{22}$/;
const KEY = /^[A-Za-z0-9_-]{43}$/;
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

/**
 * The page in this JSON; null where it is not exactly one.
 * @param {unknown} body
 * @returns {Page | null}
 */
export function readPage(body) {
  if (!isObject(body) || !isHead(body) || !isNames(body["issuers"]) || !Array.isArray(body["rows"])) {
    return null;
  }
  const entries = body["rows"].map(entry);
  const key = bytesOf(/** @type {string} */ (body["key"]));
  if (entries.includes(null) || key.length !== KEY_BYTES) {
    return null;
  }
  return {
    cursor: /** @type {string} */ (body["cursor"]),
    reset: body["reset"] === true,
    more: body["more"] === true,
    now: Date.parse(/** @type {string} */ (body["now"])),
    keyId: /** @type {string} */ (body["key_id"]),
    key,
    maxCards: /** @type {number} */ (body["max_cards"]),
    maxAgeS: /** @type {number} */ (body["max_age_s"]),
    issuers: /** @type {Record<string, string>} */ (body["issuers"]),
    entries: /** @type {Entry[]} */ (entries),
  };
}

/** @param {Record<string, unknown>} body */
function isHead(body) {
  const { cursor, reset, more, now, key_id: keyId, key, max_cards: maxCards, max_age_s: maxAgeS } = body;
  return (
    isText(cursor, LONGEST_CURSOR) &&
    typeof reset === "boolean" &&
    typeof more === "boolean" &&
    typeof now === "string" &&
    Number.isFinite(Date.parse(now)) &&
    isText(keyId, LONGEST_CURSOR) &&
    keyId !== "" &&
    typeof key === "string" &&
    KEY.test(key) &&
    isSeconds(maxCards) &&
    isSeconds(maxAgeS)
  );
}

/** @param {unknown} names */
function isNames(names) {
  return isObject(names) && Object.values(names).every((name) => isText(name, LONGEST_NAME));
}

/**
 * @param {unknown} given
 * @returns {Entry | null}
 */
function entry(given) {
  if (!Array.isArray(given) || given.length !== 6) {
    return null;
  }
  const [hash, reason, checkedAt, goodUntil, expiresOn, issuerPic] = given;
  const fits =
    typeof hash === "string" &&
    HASH.test(hash) &&
    canBeRemembered(reason) &&
    isSeconds(checkedAt) &&
    Number.isSafeInteger(goodUntil) &&
    (expiresOn === null || isDay(expiresOn)) &&
    (issuerPic === null || isText(issuerPic, LONGEST_NAME));
  return fits ? { hash: bytesOf(hash), row: { reason, checkedAt, goodUntil, expiresOn, issuerPic } } : null;
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param {unknown} value @param {number} longest */
function isText(value, longest) {
  return typeof value === "string" && value.length <= longest;
}

/** @param {unknown} value */
function isSeconds(value) {
  return Number.isSafeInteger(value) && /** @type {number} */ (value) >= 0 && Number(value) <= LAST_SECOND;
}

/** @param {unknown} day */
function isDay(day) {
  return typeof day === "string" && DAY.test(day) && Number.isFinite(Date.parse(day));
}

/** @param {string} text  base64url without padding */
function bytesOf(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) {
    bytes[at] = binary.charCodeAt(at);
  }
  return bytes;
}
