// @ts-check
/** What sort of thing a code or a person said, where it was no ESC number: scanner/kinds.py in JavaScript. */
import { firstChars } from "./written.js";

/**
 * The one word about a foreign code that may be shown and logged.
 * @typedef {"web_address" | "wifi" | "contact" | "campus_login" | "barcode" | "number" | "other"} Kind
 */

const LONGEST_LOOK = 256;

// What a login name is: explained in scanner/kinds.py.
const SIGN = String.raw`[^ \t\n\r\f\v@/:;,?&=]`;
const MAIL = String.raw`(?![0-9a-z-]{28,}@)${SIGN}+@${SIGN}+\.${SIGN}+`;
const NAME = String.raw`(?=[0-9a-z._-]{3,32}(?:,|$))(?![0-9a-f-]{13})[a-z]+(?:[._-][a-z]+){0,6}[._-]?[0-9]{0,8}`;
const LOGIN_LABEL =
  "(?:(?:mailto|acct):|(?:uid|login|user(?:name)?|e-?mail|eppn|eduPersonPrincipalName) ?[:=] ?)";
const HOST_END =
  "(?:[a-z]{2,4}|example|local|online|store|school|academy|education|college|university|campus)";
const LOGINS = [
  `^${LOGIN_LABEL}?${MAIL}$`,
  `^MATMSG:TO:${MAIL};(?:SUB:;)?(?:BODY:;)?;?$`,
  `^${LOGIN_LABEL}${NAME}(?:,(?:ou|dc|cn|o)=[^@]*)?$`,
  String.raw`^[0-9a-z-]{2,15}\\${NAME}$`,
  String.raw`^(?=[a-z-]+\.)(?!(?:[a-z-]+\.)+${HOST_END}$)${NAME}$`,
];
const BARE_LOGIN = String.raw`^(?![a-z.-]*\.)${NAME}$`;

/**
 * The first that fits decides. None has the flag u: with i it would take `ſ` for an s.
 * @type {ReadonlyArray<readonly [Kind, RegExp]>}
 */
const SIGNS = [
  // Any sign may stand after http: keyboards of other layouts move the colon.
  ["web_address", /^(?:https?[^0-9a-z]|www\.|\/\/)/i],
  ["wifi", /^WIFI:/i],
  ...LOGINS.map((each) => /** @type {const} */ (["campus_login", new RegExp(each, "i")])),
  ["campus_login", new RegExp(BARE_LOGIN)],
  ["contact",
    /^(?:BEGIN:VCARD|(?:MECARD|BIZCARD|MATMSG|mailto|tel|sms|smsto|mms|facetime|xmpp|sips?):|\+ ?[0-9])/i],
  ["contact", /^[^ \t\n\r\f\v@/]+@[^ \t\n\r\f\v@/]+\.[^ \t\n\r\f\v@/]+$/],
  ["number", /^urn:schac:/i],
  ["web_address", /^(?:[a-z0-9-]+\.)+[a-z]{2,24}(?::[0-9]+)?(?:[/?#]|$)/i],
  // Digits and letters in groups, each later group with a digit: an account, a ticket, an identity number.
  ["number", /^(?=.*[0-9])[0-9a-z./_-]{1,64}(?: (?=[a-z./_-]{0,63}[0-9])[0-9a-z./_-]{1,64}){0,15}$/i],
];

/** The kind of a text, told from its first 256 characters. @param {string} text @returns {Kind} */
export function kindOf(text) {
  const start = firstChars(text, LONGEST_LOOK);
  return SIGNS.find(([, sign]) => sign.test(start))?.[0] ?? "other";
}
