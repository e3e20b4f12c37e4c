// @ts-check
/**
 * What can be told from an ESC number alone, as in scanner/escn.py. Every `escn` here is in the canonical
 * form that `parsePayload` gives: lower case, 36 characters.
 */

const VERSION_1 = /^.{14}1.{4}[89ab]/;
const NODE_DIGITS = 12;
const PIC_DIGITS = 9;

/**
 * Enough for a person to compare, too little to look the card up: the first and the last four.
 * @param {string} escn
 */
export function masked(escn) {
  return `${escn.slice(0, 4)}…${escn.slice(-4)}`;
}

/**
 * The nine digits of the issuer's PIC where the number holds them: a hint, not a proof.
 * @param {string} escn
 * @returns {string | null}
 */
export function issuerPic(escn) {
  return issuerNode(escn)?.slice(-PIC_DIGITS) ?? null;
}

/**
 * Whether no known generator writes such a number: not UUID version 1, or no issuer in it.
 * @param {string} escn
 */
export function isUnusual(escn) {
  return issuerNode(escn) === null || !VERSION_1.test(escn);
}

/**
 * Prefix and PIC, from digits written as hex digits or from one integer (48 bits: exact in a number).
 * @param {string} escn
 * @returns {string | null}
 */
function issuerNode(escn) {
  const node = escn.slice(-NODE_DIGITS);
  const digits = /^[0-9]+$/.test(node) ? node : String(parseInt(node, 16)).padStart(NODE_DIGITS, "0");
  const noIssuer = digits.length > NODE_DIGITS || /^0+$/.test(digits.slice(-PIC_DIGITS));
  return noIssuer ? null : digits;
}
