/**
 * One row of the pack: found and opened with the card's number, its body always of the same length. The same as
 * validator/pack/sealing.py and body.py; tests/vectors/pack.json holds both sides to each other.
 */

/** @import {Reason} from "../types.js" */

/**
 * @typedef {object} Row  The remembered answer about one card; instants in whole epoch seconds.
 * @property {Reason} reason
 * @property {number} checkedAt  the hour of the check, rounded down, so that the age is never too young
 * @property {number} goodUntil
 * @property {string | null} expiresOn  the card's last day, YYYY-MM-DD
 * @property {string | null} issuerPic
 * @property {string | null} issuerName
 * @property {string | null} academicLevel
 *
 * @typedef {object} Salt  The salt for the card numbers of one period.
 * @property {number} id
 * @property {Uint8Array<ArrayBuffer>} salt
 * @property {number} rounds  of PBKDF2
 * @property {number} endsAt  every row under this salt has ended by then, in epoch seconds
 *
 * @typedef {{id: Uint8Array, key: CryptoKey}} RowKey
 * @typedef {Map<string, Promise<RowKey>>} Derived  The latest derived keys. It holds card numbers: a wipe clears it.
 */

export const ID_BYTES = 16;

const ROOT_BITS = 256;
const BOTH_BITS = 384;
const LABEL = new TextEncoder().encode("esc-validator pack row, shape 1");
const AES = "AES-GCM";
const IV_BYTES = 12;
/** The current card and a few before it, under two salts each. */
const MAX_DERIVED = 16;

/**
 * The id and the key of this card's row. This takes tens of milliseconds in a thread of the browser.
 * @param {SubtleCrypto} subtle
 * @param {string} escn
 * @param {Salt} salt
 * @returns {Promise<RowKey>}
 */
export async function derive(subtle, escn, { salt, rounds }) {
  const number = await subtle.importKey("raw", new TextEncoder().encode(escn), "PBKDF2", false, ["deriveBits"]);
  const pbkdf2 = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  const root = await subtle.importKey(
    "raw",
    await subtle.deriveBits(pbkdf2, number, ROOT_BITS),
    "HKDF",
    false,
    ["deriveBits"],
  );
  const split = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: LABEL };
  const both = new Uint8Array(await subtle.deriveBits(split, root, BOTH_BITS));
  const key = await subtle.importKey("raw", both.slice(ID_BYTES), AES, false, ["encrypt", "decrypt"]);
  return { id: both.slice(0, ID_BYTES), key };
}

/**
 * The same, derived only once for a card that is looked up and then remembered.
 * @param {Derived} derived
 * @param {SubtleCrypto} subtle
 * @param {string} escn
 * @param {Salt} salt
 * @returns {Promise<RowKey>}
 */
export function deriveOnce(derived, subtle, escn, salt) {
  const name = `${salt.id} ${escn}`;
  const known = derived.get(name);
  if (known !== undefined) {
    return known;
  }
  const made = derive(subtle, escn, salt);
  derived.set(name, made);
  made.catch(() => derived.delete(name));
  for (const oldest of [...derived.keys()].slice(0, Math.max(0, derived.size - MAX_DERIVED))) {
    derived.delete(oldest);
  }
  return made;
}

/**
 * Seal the body with the row's key. The IV is random, because a row may be sealed again with another body.
 * @param {Crypto} crypto
 * @param {RowKey} row
 * @param {Uint8Array<ArrayBuffer>} body
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function sealBody(crypto, { id, key }, body) {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const algorithm = { name: AES, iv, additionalData: new Uint8Array(id) };
  const data = new Uint8Array(await crypto.subtle.encrypt(algorithm, key, body));
  const sealed = new Uint8Array(IV_BYTES + data.length);
  sealed.set(iv);
  sealed.set(data, IV_BYTES);
  return sealed;
}

/**
 * The body; null if it was sealed for another row or has been changed.
 * @param {SubtleCrypto} subtle
 * @param {RowKey} row
 * @param {Uint8Array} sealed
 * @returns {Promise<Uint8Array<ArrayBuffer> | null>}
 */
export async function unsealBody(subtle, { id, key }, sealed) {
  const algorithm = { name: AES, iv: sealed.slice(0, IV_BYTES), additionalData: new Uint8Array(id) };
  try {
    return new Uint8Array(await subtle.decrypt(algorithm, key, sealed.slice(IV_BYTES)));
  } catch {
    return null;
  }
}

export const BODY_BYTES = 72;
export const HOUR_S = 3_600;

const VERSION = 1;
const OFFSET = { version: 0, reason: 1, level: 2, length: 3, hour: 4, end: 8, day: 12, pic: 16, name: 22 };
const NAME_BYTES = BODY_BYTES - OFFSET.name;
const NONE = 0xffff_ffff;
const DAY_MS = 86_400_000;
/** 31 December 9999 in days since 1970. */
const LAST_DAY = 2_932_896;
const PIC = /^[0-9]{9}$/;

/** Reasons by number. Devices store these numbers: add new ones only at the end. */
const REASONS = /** @type {const} */ (["active", "expired", "inactive", "unknown_card"]);
const LEVELS = [null, "BACHELOR", "MASTER", "DOCTORATE"];

/**
 * Whether a row can store this reason.
 * @param {unknown} reason
 * @returns {reason is Reason}
 */
export function canBeRemembered(reason) {
  return REASONS.includes(/** @type {any} */ (reason));
}

/**
 * The row as bytes, to be sealed. The time of the check is rounded down to the hour.
 * @param {Row} row
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function writeBody(row) {
  const bytes = new Uint8Array(BODY_BYTES);
  const view = new DataView(bytes.buffer);
  const name = shortened(row.issuerName ?? "");
  bytes.set([VERSION, REASONS.indexOf(/** @type {any} */ (row.reason)), levelOf(row), name.length]);
  view.setUint32(OFFSET.hour, Math.floor(row.checkedAt / HOUR_S));
  view.setUint32(OFFSET.end, Math.max(0, Math.min(NONE, row.goodUntil)));
  view.setUint32(OFFSET.day, dayOf(row.expiresOn));
  view.setUint32(OFFSET.pic, row.issuerPic !== null && PIC.test(row.issuerPic) ? Number(row.issuerPic) : NONE);
  bytes.set(name, OFFSET.name);
  return bytes;
}

/**
 * The row in these bytes; null for another version or a value that no row has.
 * @param {Uint8Array} bytes
 * @returns {Row | null}
 */
export function readBody(bytes) {
  const [version, number = NONE, level = NONE, length = NONE] = bytes;
  const reason = REASONS[number];
  const isKnown = version === VERSION && reason !== undefined && level < LEVELS.length && length <= NAME_BYTES;
  if (bytes.length !== BODY_BYTES || !isKnown) {
    return null;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [day, pic] = [view.getUint32(OFFSET.day), view.getUint32(OFFSET.pic)];
  if (day !== NONE && day > LAST_DAY) {
    return null;
  }
  return {
    reason,
    checkedAt: view.getUint32(OFFSET.hour) * HOUR_S,
    goodUntil: view.getUint32(OFFSET.end),
    expiresOn: day === NONE ? null : new Date(day * DAY_MS).toISOString().slice(0, 10),
    issuerPic: pic === NONE ? null : String(pic).padStart(9, "0"),
    issuerName: length === 0 ? null : new TextDecoder().decode(bytes.subarray(OFFSET.name, OFFSET.name + length)),
    academicLevel: LEVELS[level] ?? null,
  };
}

/** @param {Row} row */
function levelOf({ academicLevel }) {
  return Math.max(0, LEVELS.indexOf(academicLevel));
}

/** @param {string | null} day */
function dayOf(day) {
  const days = day === null ? NaN : Date.parse(day) / DAY_MS;
  return days >= 0 ? days : NONE;
}

/**
 * The name in UTF-8, shortened to the space for it between two characters and marked with an ellipsis.
 * @param {string} name
 */
function shortened(name) {
  const encoder = new TextEncoder();
  const whole = encoder.encode(name);
  if (whole.length <= NAME_BYTES) {
    return whole;
  }
  const characters = [...name];
  const fits = () => encoder.encode(`${characters.join("").trimEnd()}…`);
  while (fits().length > NAME_BYTES) {
    characters.pop();
  }
  return fits();
}
