// @ts-check
/**
 * What hand-held scanners and people put around a number or an address, and its removal: scanner/sent.py in
 * JavaScript, where it is explained.
 */

const IDENTIFIER = /^[\x00-\x20\x7f]{0,16}\][a-z][0-9a-z](?:\\[0-9]{6})?/i;
// Code 39, Code 128, EAN and DataBar, Codabar, Code 93, Interleaved 2 of 5.
const LINEAR = /^[\x00-\x20\x7f]{0,16}\][acefgi][0-9a-z]/i;
const ESCAPE = String.raw`(?:\\?000[0-9]{3})`;
const LABEL = String.raw`(?:escn|esc[ -]?(?:no|nr|number)|(?:european )?student card(?: no| nr| number)?|card (?:no|nr|number))\.? {0,3}[:=#]? {0,3}`;
const SIGN = "[!\"#$%&'()*+,;<=>?\\[\\]^_`{|}~]";
const END = `(?:$|${SIGN})`;
// One character that is neither digit nor letter; without the flag for Unicode, which changes what "i" means.
const OTHER = String.raw`(?:[\ud800-\udbff][\udc00-\udfff]|[^0-9a-z])`;
const GROUPS = String.raw`[0-9a-f]{8}(${OTHER})[0-9a-f]{4}(?:\1[0-9a-f]{4}){2}\1[0-9a-f]{12}${END}`;
const ADDRESS = `https?${OTHER}`;
const WHOLE = `(?:${ADDRESS}|${GROUPS}|[0-9a-f]{32}${END})`;
const HOST = String.raw`[0-9a-z][0-9a-z-]{0,62}\.[0-9a-z.-]{1,200}/`;

// A prefix that ends in a digit of a number stays: with one digit more, nobody knows which is too many.
const BEFORE = [
  [ESCAPE, ""],
  [LABEL, WHOLE],
  [`${ESCAPE}?${SIGN}{1,4}`, `(?:${WHOLE}|${HOST})`],
  ["[0-9a-z]{1,4}", ADDRESS],
  [`[0-9a-z]{0,3}(?:[g-z]|[0-9a-z]${SIGN}{1,2})`, `(?:${ADDRESS}|${GROUPS})`],
].map(([before, then]) => new RegExp(`^${before}(?=${then})`, "i"));
const AFTER = new RegExp(`([0-9A-Fa-f/])${SIGN}{1,4}$`);

/**
 * Whether a symbology identifier says that the text comes from a linear code, as libraries print.
 * @param {string} text
 */
export function isLinear(text) {
  return LINEAR.test(text);
}

/**
 * The text without a symbology identifier at its start, and the escape of a character set after it.
 * @param {string} text
 */
export function withoutIdentifier(text) {
  return text.replace(IDENTIFIER, "");
}

/**
 * What may be left of a text without what was put around it, most likely first; never the text itself.
 * @param {string} text
 * @returns {string[]}
 */
export function cores(text) {
  const heads = [text];
  for (const each of BEFORE) {
    const found = each.exec(text);
    if (found) heads.push(text.slice(found[0].length));
  }
  const every = heads.flatMap((head) => [head, head.replace(AFTER, "$1")]);
  return [...new Set(every)].filter((core) => core !== "" && core !== text);
}
