/** A card number while it is typed: its groups 8-4-4-4-12, and which character is wrong. Pure functions. */
import { _, ngettext } from "../messages.js";
import { lastSegment, splitAddress } from "../payload/address.js";
import { fold, isLonger, MAX_TEXT_LENGTH, trim } from "../payload/escn.js";
import { parsePayload } from "../payload/payload.js";

/** The number of digits before each hyphen, and in a whole number. */
const GROUP_ENDS = [8, 12, 16, 20];
const NUMBER_DIGITS = 32;
const MAX_GROUPED_LENGTH = 96;
const NUMBER_SO_FAR = /^[0-9a-f -]*$/i;
const SEPARATORS = /[ -]/g;

/**
 * The text in groups, and the new caret position (in UTF-16 units, as the field counts). Only a text of digits and
 * separators is grouped; an address, `urn:uuid:` or braces are returned unchanged. `forward`: the Delete key was
 * pressed, so the caret moves behind a hyphen, not before it.
 * @param {string} text
 * @param {number} caret
 * @param {boolean} [forward]
 * @returns {{text: string, caret: number}}
 */
export function grouped(text, caret, forward = false) {
  const folded = isLonger(text, MAX_GROUPED_LENGTH) ? null : fold(text);
  if (folded === null || !NUMBER_SO_FAR.test(folded)) return { text, caret };
  const digits = folded.replace(SEPARATORS, "");
  const before = fold(text.slice(0, caret)).replace(SEPARATORS, "").length;
  const typedHyphen = /[ -]$/.test(folded) && GROUP_ENDS.includes(digits.length);
  const atEnd = caret === text.length;
  const result = inGroups(digits) + (typedHyphen ? "-" : "");
  return { text: result, caret: atEnd ? result.length : caretAfter(before, digits.length, forward) };
}

/** @param {string} digits */
function inGroups(digits) {
  const starts = [0, ...GROUP_ENDS].filter((start) => start < digits.length);
  return starts.map((start, at) => digits.slice(start, starts[at + 1])).join("-");
}

/**
 * The caret position after `before` of `all` digits.
 * @param {number} before
 * @param {number} all
 * @param {boolean} forward
 */
function caretAfter(before, all, forward) {
  const hyphens = GROUP_ENDS.filter((end) => end < before || (forward && end === before && end < all));
  return before + hyphens.length;
}

/**
 * A fault in a number. `at` counts the characters of the text from 1; `char` is the wrong character, or empty;
 * `message` is the advice.
 * @typedef {{kind: "wrong" | "short" | "long" | "signs", at: number, char: string, message: string}} Fault
 */

/** Characters that people type instead of a digit. @type {Readonly<Record<string, string>>} */
const LOOKS_LIKE = {
  o: "0", O: "0", l: "1", L: "1", i: "1", I: "1", "|": "1", z: "2", Z: "2", s: "5", S: "5", G: "6",
  g: "9", q: "9",
};
const HEX = /[0-9a-f]/i;
const SEPARATOR = /[ -]/;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
const LETTER_OR_DECIMAL = /[\p{L}\p{Nd}]/u;
const LATIN = /[\p{Script=Latin}0-9]/u;
const INVISIBLE = /[\p{C}\p{M}\p{Z}]/u;
/** A text must look this much like a number before a character is reported as wrong. */
const MIN_DIGITS = 2;
const MIN_SHARE = 0.8;

/**
 * The fault that keeps a typed text from being a card number. Null if there is none, if the text is empty, or if it
 * is not meant as a number (other words, an ESI, an address without a number at its end).
 * @param {string} text
 * @returns {Fault | null}
 */
export function findFault(text) {
  const result = parsePayload(text);
  if (isLonger(text, MAX_TEXT_LENGTH) || "escn" in result || result.code !== "not_an_esc_code") return null;
  const start = numberStart(text);
  if (start === null) return null;
  const chars = Array.from(text.slice(start), (char) => ({ char, plain: fold(char) }));
  const offset = Array.from(text.slice(0, start)).length;
  return faultIn(chars, offset);
}

/**
 * The start of the number in a number, or in an address that ends in one; null if there is none.
 * @param {string} text
 */
function numberStart(text) {
  const found = splitAddress(trim(text));
  const part = found?.host ? lastSegment(found) : trim(text).replace(/^urn:uuid:/i, "");
  const start = text.lastIndexOf(part);
  return part !== "" && start >= 0 && looksLikeNumber(part) ? start : null;
}

/** @param {string} text */
function looksLikeNumber(text) {
  const signs = Array.from(fold(text)).filter((char) => !SEPARATOR.test(char));
  const digits = signs.filter((char) => /[0-9]/.test(char)).length;
  const close = signs.filter((char) => HEX.test(char) || char in LOOKS_LIKE || isFromOtherScript(char)).length;
  const enough = digits >= MIN_DIGITS && close >= MIN_SHARE * signs.length;
  return enough && !/[/:@]/.test(text);
}

/**
 * @param {{char: string, plain: string}[]} chars
 * @param {number} offset  of the characters in the text
 * @returns {Fault | null}
 */
function faultIn(chars, offset) {
  let end = chars.length;
  while (end > 0 && trim(chars[end - 1].char) === "") end -= 1;
  let digits = 0;
  let extra = null;
  for (const [at, { char, plain }] of chars.slice(0, end).entries()) {
    if (plain === "" || SEPARATOR.test(plain)) continue;
    if (HEX.test(plain)) {
      digits += 1;
      extra ??= digits > NUMBER_DIGITS ? { at: offset + at + 1, char } : null;
    } else if (LETTER_OR_DIGIT.test(plain) || !GROUP_ENDS.includes(digits)) {
      return wrongCharacter(offset + at + 1, char);
    }
  }
  if (extra) return { kind: "long", ...extra, message: tooLong(digits - NUMBER_DIGITS) };
  const at = offset + end + 1;
  if (digits < NUMBER_DIGITS) return { kind: "short", at, char: "", message: tooShort(NUMBER_DIGITS - digits) };
  return { kind: "signs", at, char: "", message: wrongSeparators() };
}

/** @param {number} at @param {string} char @returns {Fault} */
function wrongCharacter(at, char) {
  return { kind: "wrong", at, char, message: INVISIBLE.test(char) ? invisible(at) : misplaced(at, char) };
}

/** @param {number} at */
function invisible(at) {
  return _(
    "Character %(at)s is one that cannot be seen. A card number has only the digits 0 to 9 and the letters a to f.",
    { at },
  );
}

/** @param {number} at @param {string} char */
function misplaced(at, char) {
  const meant = LOOKS_LIKE[fold(char)];
  const values = { at, char: quoted(char) };
  if (meant !== undefined) {
    return _("Character %(at)s, %(char)s, cannot be in a card number: did you mean %(meant)s?", { ...values, meant });
  }
  if (isFromOtherScript(fold(char))) {
    return _("Character %(at)s, %(char)s, cannot be in a card number: type it with a Latin keyboard.", values);
  }
  return _(
    "Character %(at)s, %(char)s, cannot be in a card number: it has only the digits 0 to 9 and the letters a to f.",
    values,
  );
}

/** @param {string} char */
function isFromOtherScript(char) {
  return LETTER_OR_DECIMAL.test(char) && !LATIN.test(char);
}

/** The character in quotation marks, isolated from the text direction. @param {string} char */
function quoted(char) {
  return _("“%(char)s”", { char: char > "~" ? `\u2068${char}\u2069` : char });
}

function wrongSeparators() {
  return _("Type one dash between the groups, as on the card, or none at all.");
}

/** @param {number} missing */
function tooShort(missing) {
  return ngettext("%(num)s character is still missing.", "%(num)s characters are still missing.", missing);
}

/** @param {number} extra */
function tooLong(extra) {
  return ngettext(
    "There is %(num)s character too many: compare with the card.",
    "There are %(num)s characters too many: compare with the card.",
    extra,
  );
}
