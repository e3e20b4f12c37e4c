/** What a row says about its card, always in the same number of bytes: as validator/pack/body.py. Pure. */

/**
 * @typedef {import("../types.js").Reason} Reason
 *
 * @typedef {object} Row  What is remembered of one card; instants in whole epoch seconds.
 * @property {Reason} reason
 * @property {number} checkedAt  the hour of asking: never younger than true
 * @property {number} goodUntil
 * @property {string | null} expiresOn  the card's last day, YYYY-MM-DD
 * @property {string | null} issuerPic
 * @property {string | null} issuerName
 * @property {string | null} academicLevel
 */

export const BODY_BYTES = 72;
export const HOUR_S = 3_600;

const VERSION = 1;
const AT = { version: 0, reason: 1, level: 2, length: 3, hour: 4, end: 8, day: 12, pic: 16, name: 22 };
const NAME_BYTES = BODY_BYTES - AT.name;
const NONE = 0xffff_ffff;
const DAY_MS = 86_400_000;
/** 31 December 9999, counted from 1970. */
const LAST_DAY = 2_932_896;
const PIC = /^[0-9]{9}$/;

/** What a row can say, by its number; the numbers are kept on devices: add at the end only. */
const REASONS = /** @type {const} */ (["active", "expired", "inactive", "unknown_card"]);
const LEVELS = [null, "BACHELOR", "MASTER", "DOCTORATE"];

/**
 * Whether a row may say this.
 * @param {unknown} reason
 * @returns {reason is Reason}
 */
export function canBeRemembered(reason) {
  return REASONS.includes(/** @type {any} */ (reason));
}

/**
 * The row as it is sealed. Its times are rounded down to the hour.
 * @param {Row} row
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function writeBody(row) {
  const bytes = new Uint8Array(BODY_BYTES);
  const view = new DataView(bytes.buffer);
  const name = short(row.issuerName ?? "");
  bytes.set([VERSION, REASONS.indexOf(/** @type {any} */ (row.reason)), levelOf(row), name.length]);
  view.setUint32(AT.hour, Math.floor(row.checkedAt / HOUR_S));
  view.setUint32(AT.end, Math.max(0, Math.min(NONE, row.goodUntil)));
  view.setUint32(AT.day, dayOf(row.expiresOn));
  view.setUint32(AT.pic, row.issuerPic !== null && PIC.test(row.issuerPic) ? Number(row.issuerPic) : NONE);
  bytes.set(name, AT.name);
  return bytes;
}

/**
 * The row behind these bytes; null where they are of another version or say what no row says.
 * @param {Uint8Array} bytes
 * @returns {Row | null}
 */
export function readBody(bytes) {
  const [version, number = NONE, level = NONE, length = NONE] = bytes;
  const reason = REASONS[number];
  const known = version === VERSION && reason !== undefined && level < LEVELS.length && length <= NAME_BYTES;
  if (bytes.length !== BODY_BYTES || !known) {
    return null;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [day, pic] = [view.getUint32(AT.day), view.getUint32(AT.pic)];
  if (day !== NONE && day > LAST_DAY) {
    return null;
  }
  return {
    reason,
    checkedAt: view.getUint32(AT.hour) * HOUR_S,
    goodUntil: view.getUint32(AT.end),
    expiresOn: day === NONE ? null : new Date(day * DAY_MS).toISOString().slice(0, 10),
    issuerPic: pic === NONE ? null : String(pic).padStart(9, "0"),
    issuerName: length === 0 ? null : new TextDecoder().decode(bytes.subarray(AT.name, AT.name + length)),
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
 * The name in the bytes that there are, cut between two characters and marked where it is longer.
 * @param {string} name
 */
function short(name) {
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
