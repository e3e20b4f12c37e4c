// @ts-check
/**
 * The ways in which one ESC number is written, and the one way in which it is sent on: scanner/written.py in
 * JavaScript. Characters are code points here as there, so texts are cut and counted by code points.
 */

/** Characters. An address on a card has 55; the longest QR code holds 4 296. */
export const LONGEST_TEXT = 2048;

const HEX = "[0-9a-fA-F]";
const DIGITS = new RegExp(`^(?:${HEX}[ -]{0,3}){31}${HEX}$`);
const GROUPS = new RegExp(
  `^${HEX}{8}(?<hyphen>[^0-9a-fA-F])(?:${HEX}{4}\\k<hyphen>){3}${HEX}{12}$`, "u",
);
const INSIDE = new RegExp(`${HEX}{8}(?:-?${HEX}{4}){3}-?${HEX}{12}`);
const URN = /^urn:uuid:/i;

const BLANK = /[\t\n\v\f\r\u2028\u2029\p{Zs}]/u;
// Invisible, control characters, blanks, quotes, and what opens or closes.
const WRAPS = /["'`<>\x00-\x1f\x7f\u2028\u2029\p{Cf}\p{Zs}\p{Pi}\p{Pf}\p{Ps}\p{Pe}]/u;
const INVISIBLE = /\p{Cf}/u;
// With the dashes that Unicode files elsewhere: modifier minus, hyphen bullet, minus sign, heavy minus.
const DASH = /[\p{Pd}\u02d7\u2043\u2212\u2796]/u;
// An input method left in full-width mode writes these for the very same keys.
const FULL_WIDTH = /[\uff10-\uff19\uff21-\uff26\uff41-\uff46]/g;
const FULL_WIDTH_OFFSET = 0xfee0;
const OTHER = /\p{C}/u;

/**
 * Whether a text has more than `count` characters; looks at no more of it than it must.
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

/** Take blanks, invisible and control characters, quotes and brackets off both ends. @param {string} text */
export function trim(text) {
  const chars = Array.from(text);
  let start = 0;
  let end = chars.length;
  while (start < end && WRAPS.test(chars[start] ?? "")) start += 1;
  while (start < end && WRAPS.test(chars[end - 1] ?? "")) end -= 1;
  return chars.slice(start, end).join("");
}

/**
 * The number that `text` as a whole writes, lower case with hyphens; null where it writes none. Any one
 * character may stand for all four hyphens, as a scanner types it on a keyboard of another layout.
 * @param {string} text
 * @returns {string | null}
 */
export function canonical(text) {
  if (isLonger(text, LONGEST_TEXT)) return null;
  const plain = trim(trim(fold(text)).replace(URN, ""));
  if (DIGITS.test(plain)) return hyphenated(plain.replace(/[ -]/g, ""));
  const hyphen = hyphenOf(plain);
  return hyphen === null ? null : plain.replaceAll(hyphen, "-").toLowerCase();
}

/**
 * Every dash as `-`, every blank as a space, full-width digits as plain ones, nothing invisible.
 * @param {string} text
 */
export function fold(text) {
  return Array.from(text.replace(FULL_WIDTH, narrow), plainChar).join("");
}

/**
 * Whether a number stands anywhere in `text`: tells what poses as a card, is never taken from there.
 * @param {string} text
 */
export function holdsNumber(text) {
  return INSIDE.test(fold(text));
}

/**
 * The character that stands for the hyphens of a 36-character number; null where there is none such.
 * @param {string} number
 * @returns {string | null}
 */
export function hyphenOf(number) {
  const hyphen = GROUPS.exec(number)?.groups?.hyphen;
  return hyphen === undefined || OTHER.test(hyphen) ? null : hyphen;
}

/** @param {string} digits 32 of them */
function hyphenated(digits) {
  const ends = [0, 8, 12, 16, 20, 32];
  return ends.slice(1).map((end, at) => digits.slice(ends[at], end)).join("-").toLowerCase();
}

/** @param {string} wide */
function narrow(wide) {
  return String.fromCharCode(wide.charCodeAt(0) - FULL_WIDTH_OFFSET);
}

/** @param {string} char */
function plainChar(char) {
  if (DASH.test(char)) return "-";
  if (BLANK.test(char)) return " ";
  return INVISIBLE.test(char) ? "" : char;
}
