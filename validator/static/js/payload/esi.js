// @ts-check
/** The European Student Identifier: a person's number, which cards print beside their own; scanner/esi.py. */
import { fold } from "./written.js";

// The colon may be any sign: keyboards of other layouts move it. Spelled in both cases, as u with i knows
// more letters than ASCII has.
const URN = new RegExp(
  ["schac([^0-9a-zA-Z])", "personaluniquecode\\1", "int\\1", "esi\\1"].map(inAnyCase).join(""), "u",
);
// The old form: country, PIC of nine digits, the institution's own code.
const OLD = /^[a-z]{2}-[0-9]{9}-[^ \t\n\r\f\v]+$/i;

/**
 * Whether a trimmed text is an ESI in its present form, or in the old `CC-PIC-code` form.
 * @param {string} text
 */
export function isEsi(text) {
  return URN.test(text) || OLD.test(fold(text));
}

/** @param {string} pattern a word, and after it what is no letter of it */
function inAnyCase(pattern) {
  return pattern.replace(/^[a-z]+/, (word) =>
    Array.from(word, (letter) => `[${letter}${letter.toUpperCase()}]`).join(""));
}
