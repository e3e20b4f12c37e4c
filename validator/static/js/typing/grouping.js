// @ts-check
/** Groups a card number as it is typed: 8-4-4-4-12. Pure. */
import { fold, isLonger } from "../payload/written.js";

/** How many digits stand before each hyphen, and in a whole number. */
export const GROUP_ENDS = [8, 12, 16, 20];
export const ALL_DIGITS = 32;
const LONGEST = 96;
const NUMBER_SO_FAR = /^[0-9a-f -]*$/i;
const SEPARATORS = /[ -]/g;

/**
 * The text in groups, and where the caret stands in it (in UTF-16 units, as the field counts). Only what is
 * nothing but digits and separators so far is grouped; an address, `urn:uuid:` or braces stay as they are.
 * `forward`: the Delete key was pressed, after which the caret goes on behind a hyphen instead of before it.
 * @param {string} text
 * @param {number} caret
 * @param {boolean} [forward]
 * @returns {{text: string, caret: number}}
 */
export function grouped(text, caret, forward = false) {
  const folded = isLonger(text, LONGEST) ? null : fold(text);
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
 * Where the caret stands with so many digits before it.
 * @param {number} before
 * @param {number} all
 * @param {boolean} forward
 */
function caretAfter(before, all, forward) {
  const hyphens = GROUP_ENDS.filter((end) => end < before || (forward && end === before && end < all));
  return before + hyphens.length;
}
