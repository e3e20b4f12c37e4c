/**
 * The written forms of an ESC number, their canonical form, and what the number says about the card. The JavaScript
 * version of scanner/normalise.py and scanner/escn.py: tests/vectors/payloads.json applies to both. Texts are counted
 * and cut by code points, as in Python.
 */

/** Characters. An address on a card has 55; the longest QR code holds 4 296. */
export const MAX_TEXT_LENGTH = 2048;

const HEX = "[0-9a-fA-F]";
const DIGITS = new RegExp(`^(?:${HEX}[ -]{0,3}){31}${HEX}$`);
const GROUPS = new RegExp(
  `^${HEX}{8}(?<hyphen>[^0-9a-fA-F])(?:${HEX}{4}\\k<hyphen>){3}${HEX}{12}$`, "u",
);
const INSIDE = new RegExp(`${HEX}{8}(?:-?${HEX}{4}){3}-?${HEX}{12}`);
const URN = /^urn:uuid:/i;

const BLANK = /[\t\n\v\f\r\u2028\u2029\p{Zs}]/u;
// Invisible and control characters, blanks, quotation marks and brackets.
const WRAPS = /["'`<>\x00-\x1f\x7f\u2028\u2029\p{Cf}\p{Zs}\p{Pi}\p{Pf}\p{Ps}\p{Pe}]/u;
const INVISIBLE = /\p{Cf}/u;
// With dashes outside the category Pd: modifier minus, hyphen bullet, minus sign, heavy minus.
const DASH = /[\p{Pd}\u02d7\u2043\u2212\u2796]/u;
// An input method in full-width mode writes these for the same keys.
const FULL_WIDTH = /[\uff10-\uff19\uff21-\uff26\uff41-\uff46]/g;
const FULL_WIDTH_OFFSET = 0xfee0;
const CONTROL = /\p{C}/u;

/**
 * Whether a text has more than `count` characters. Reads no more of it than necessary.
 * @param {string} text
 * @param {number} count
 */
export function isLonger(text, count) {
  if (text.length <= count) return false;
  return text.length > 2 * count || Array.from(text).length > count;
}

/** The first `count` characters. @param {string} text @param {number} count */
export function firstChars(text, count) {
  return text.length <= count ? text : Array.from(text.slice(0, 2 * count)).slice(0, count).join("");
}

/** Remove blanks, invisible and control characters, quotation marks and brackets at both ends. @param {string} text */
export function trim(text) {
  const chars = Array.from(text);
  let start = 0;
  let end = chars.length;
  while (start < end && WRAPS.test(chars[start] ?? "")) start += 1;
  while (start < end && WRAPS.test(chars[end - 1] ?? "")) end -= 1;
  return chars.slice(start, end).join("");
}

/**
 * The canonical form of the number that the whole of `text` is; null if it is no number. Any one character may
 * replace all four hyphens, as a scanner types it under another keyboard layout.
 * @param {string} text
 * @returns {string | null}
 */
export function canonical(text) {
  if (isLonger(text, MAX_TEXT_LENGTH)) return null;
  const plain = trim(trim(fold(text)).replace(URN, ""));
  if (DIGITS.test(plain)) return withHyphens(plain.replace(/[ -]/g, ""));
  const hyphen = groupSeparator(plain);
  return hyphen === null ? null : plain.replaceAll(hyphen, "-").toLowerCase();
}

/**
 * Unify dashes, blanks and full-width digits, and drop invisible characters.
 * @param {string} text
 */
export function fold(text) {
  return Array.from(text.replace(FULL_WIDTH, toAscii), foldChar).join("");
}

/**
 * Whether `text` contains a number anywhere. Only detects spoofed cards; never extracts the number.
 * @param {string} text
 */
export function containsNumber(text) {
  return INSIDE.test(fold(text));
}

/**
 * The character at the hyphen positions of a 36-character number; null if there is no such character.
 * @param {string} number
 * @returns {string | null}
 */
export function groupSeparator(number) {
  const hyphen = GROUPS.exec(number)?.groups?.hyphen;
  return hyphen === undefined || CONTROL.test(hyphen) ? null : hyphen;
}

/** @param {string} digits 32 of them */
function withHyphens(digits) {
  const ends = [0, 8, 12, 16, 20, 32];
  return ends.slice(1).map((end, at) => digits.slice(ends[at], end)).join("-").toLowerCase();
}

/** @param {string} wide */
function toAscii(wide) {
  return String.fromCharCode(wide.charCodeAt(0) - FULL_WIDTH_OFFSET);
}

/** @param {string} char */
function foldChar(char) {
  if (DASH.test(char)) return "-";
  if (BLANK.test(char)) return " ";
  return INVISIBLE.test(char) ? "" : char;
}

const VERSION_1 = /^.{14}1.{4}[89ab]/;
const NODE_DIGITS = 12;
const PIC_DIGITS = 9;

/**
 * The first and last four digits: enough to compare, too few to look the card up.
 * @param {string} escn
 */
export function masked(escn) {
  return `${escn.slice(0, 4)}…${escn.slice(-4)}`;
}

/**
 * The nine digits of the issuer's PIC, if the number contains them. A hint, not a proof.
 * @param {string} escn
 * @returns {string | null}
 */
export function issuerPic(escn) {
  return issuerNode(escn)?.slice(-PIC_DIGITS) ?? null;
}

/**
 * Whether no known generator makes such a number: it is no UUID version 1, or has no issuer.
 * @param {string} escn
 */
export function isUnusual(escn) {
  return issuerNode(escn) === null || !VERSION_1.test(escn);
}

/**
 * Prefix and PIC, stored as decimal digits or as one integer of 48 bits, which a number holds exactly.
 * @param {string} escn
 * @returns {string | null}
 */
function issuerNode(escn) {
  const node = escn.slice(-NODE_DIGITS);
  const digits = /^[0-9]+$/.test(node) ? node : String(parseInt(node, 16)).padStart(NODE_DIGITS, "0");
  const noIssuer = digits.length > NODE_DIGITS || /^0+$/.test(digits.slice(-PIC_DIGITS));
  return noIssuer ? null : digits;
}
