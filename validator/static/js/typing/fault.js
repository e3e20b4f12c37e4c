// @ts-check
/** Which character of a typed number is wrong, and what it may have been meant for. Pure. */
import { lastSegment, split } from "../payload/address.js";
import { parsePayload } from "../payload/payload.js";
import { fold, isLonger, LONGEST_TEXT, trim } from "../payload/written.js";
import { ALL_DIGITS, GROUP_ENDS } from "./grouping.js";

/**
 * What is wrong with a number. `at` counts the characters of the text from 1, `char` is the one that is meant
 * (empty where none is), `message` says what to do.
 * @typedef {{kind: "wrong" | "short" | "long" | "signs", at: number, char: string, message: string}} Fault
 */

/** What fingers and eyes take for a digit. @type {Readonly<Record<string, string>>} */
const MEANT = {
  o: "0", O: "0", l: "1", L: "1", i: "1", I: "1", "|": "1", z: "2", Z: "2", s: "5", S: "5", G: "6",
  g: "9", q: "9",
};
const HEX = /[0-9a-f]/i;
const SEPARATOR = /[ -]/;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
const WRITTEN = /[\p{L}\p{Nd}]/u;
const LATIN = /[\p{Script=Latin}0-9]/u;
const UNSHOWABLE = /[\p{C}\p{M}\p{Z}]/u;
const ODD_SIGNS = "Type one dash between the groups, as on the card, or none at all.";
/** So much of a text must look like a number before one of its characters is called wrong. */
const LEAST_DIGITS = 2;
const LEAST_SHARE = 0.8;

/**
 * What keeps a typed text from being a card number; null where nothing does, where it is empty, or where it
 * was never meant as one (other words, an ESI, an address without a number at its end).
 * @param {string} text
 * @returns {Fault | null}
 */
export function fault(text) {
  const result = parsePayload(text);
  if (isLonger(text, LONGEST_TEXT) || "escn" in result || result.code !== "not_an_esc_code") return null;
  const start = numberStart(text);
  if (start === null) return null;
  const chars = Array.from(text.slice(start), (char) => ({ char, plain: fold(char) }));
  const offset = Array.from(text.slice(0, start)).length;
  return ofNumber(chars, offset);
}

/**
 * Where the number begins in a text that is one, or an address that ends in one; null where there is none.
 * @param {string} text
 */
function numberStart(text) {
  const found = split(trim(text));
  const part = found?.host ? lastSegment(found) : trim(text).replace(/^urn:uuid:/i, "");
  const start = text.lastIndexOf(part);
  return part !== "" && start >= 0 && looksLikeNumber(part) ? start : null;
}

/** @param {string} text */
function looksLikeNumber(text) {
  const signs = Array.from(fold(text)).filter((char) => !SEPARATOR.test(char));
  const digits = signs.filter((char) => /[0-9]/.test(char)).length;
  const close = signs.filter((char) => HEX.test(char) || char in MEANT || isFromOtherScript(char)).length;
  const enough = digits >= LEAST_DIGITS && close >= LEAST_SHARE * signs.length;
  return enough && !/[/:@]/.test(text);
}

/**
 * @param {{char: string, plain: string}[]} chars
 * @param {number} offset characters in front of them
 * @returns {Fault | null}
 */
function ofNumber(chars, offset) {
  let end = chars.length;
  while (end > 0 && trim(chars[end - 1].char) === "") {
    end -= 1;
  }
  let digits = 0;
  let extra = null;
  for (const [at, { char, plain }] of chars.slice(0, end).entries()) {
    if (plain === "" || SEPARATOR.test(plain)) continue;
    if (HEX.test(plain)) {
      digits += 1;
      extra ??= digits > ALL_DIGITS ? { at: offset + at + 1, char } : null;
    } else if (LETTER_OR_DIGIT.test(plain) || !GROUP_ENDS.includes(digits)) {
      return wrong(offset + at + 1, char);
    }
  }
  if (extra) return { kind: "long", ...extra, message: tooLong(digits - ALL_DIGITS) };
  const at = offset + end + 1;
  if (digits < ALL_DIGITS) return { kind: "short", at, char: "", message: tooShort(ALL_DIGITS - digits) };
  return { kind: "signs", at, char: "", message: ODD_SIGNS };
}

/** @param {number} at @param {string} char @returns {Fault} */
function wrong(at, char) {
  const subject = `The ${ordinal(at)} character, ${named(char)},`;
  return { kind: "wrong", at, char, message: `${subject} cannot be in a card number: ${advice(fold(char))}` };
}

/** @param {string} char */
function advice(char) {
  const meant = MEANT[char];
  if (meant !== undefined) return `did you mean ${meant}?`;
  if (isFromOtherScript(char)) return "type it with a Latin keyboard.";
  return "it has only the digits 0 to 9 and the letters a to f.";
}

/** @param {string} char */
function isFromOtherScript(char) {
  return WRITTEN.test(char) && !LATIN.test(char);
}

/**
 * The character in quotes, kept from turning the words around it; or in words, where it cannot be seen.
 * @param {string} char
 */
function named(char) {
  if (UNSHOWABLE.test(char)) return "one that cannot be seen";
  return char > "~" ? `“\u2068${char}\u2069”` : `“${char}”`;
}

/** @param {number} missing */
function tooShort(missing) {
  return missing === 1 ? "1 character is still missing." : `${missing} characters are still missing.`;
}

/** @param {number} extra */
function tooLong(extra) {
  return extra === 1
    ? "There is 1 character too many: compare with the card."
    : `There are ${extra} characters too many: compare with the card.`;
}

/** @param {number} at */
function ordinal(at) {
  const teen = at % 100 > 10 && at % 100 < 14;
  return `${at}${teen ? "th" : { 1: "st", 2: "nd", 3: "rd" }[at % 10] ?? "th"}`;
}
