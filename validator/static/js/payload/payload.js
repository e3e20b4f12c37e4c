/**
 * Text in, an ESC number with warnings out, or a refusal that holds nothing of the text. The JavaScript version of
 * scanner/payload.py, which explains more: tests/vectors/payloads.json applies to both.
 */
import { hostWarnings, isLookalike, lastSegment, repairLayout, splitAddress } from "./address.js";
import { canonical, containsNumber, firstChars, fold, isLonger, isUnusual, MAX_TEXT_LENGTH, trim } from "./escn.js";

/** @import {Payload, Refusal} from "../types.js" */
/** @import {Address} from "./address.js" */

const FOREIGN = "not_an_esc_code";
const UNUSUAL_NUMBER = "unusual_number";

/**
 * Read the text of one symbol, or typed text. `"escn" in result` distinguishes a number from a refusal.
 * Extracts the number by its shape and drops the rest of the text. No address is ever visited.
 * @param {string} text
 * @returns {Payload | Refusal}
 */
export function parsePayload(text) {
  const trimmed = trim(stripSymbology(firstChars(text, MAX_TEXT_LENGTH)));
  if (isLonger(text, MAX_TEXT_LENGTH)) return { code: FOREIGN, kind: kindOf(trimmed) };
  const found = read(trimmed);
  if ("escn" in found) return found;
  // Without a prefix or suffix the text may be a number, or may turn out to be a spoofed address.
  const others = candidates(trimmed).map((core) => read(trim(core)));
  const better = others.find((other) => "escn" in other || other.code !== FOREIGN) ?? found;
  const isForeign = "code" in better && better.code === FOREIGN;
  return isForeign && isLinearCode(text) ? { code: FOREIGN, kind: "barcode" } : better;
}

/**
 * The prefix and suffix around a number or address, if they are as short as those of a scanner.
 * @typedef {{before: string, after: string}} Extras
 */

const MAX_EXTRA = 4;

/**
 * The prefix and suffix around the number that `parsePayload` reads; empty if there are none.
 * @param {string} text
 * @returns {Extras}
 */
export function extrasOf(text) {
  const sent = stripSymbology(firstChars(text, MAX_TEXT_LENGTH));
  const trimmed = trim(sent);
  const core = [trimmed, ...candidates(trimmed).map(trim)].find((each) => "escn" in read(each)) ?? sent;
  const at = sent.indexOf(core);
  return { before: visibleExtra(sent.slice(0, at)), after: visibleExtra(sent.slice(at + core.length)) };
}

/** @param {string} extra */
function visibleExtra(extra) {
  const visible = extra.replace(/[\x00-\x20\x7f]/g, "");
  return visible.length <= MAX_EXTRA ? visible : "";
}

/** @param {string} text @returns {Payload | Refusal} */
function read(text) {
  if (isEsi(text)) return { code: "esi_not_escn", kind: "number" };
  const number = canonical(text);
  return number === null ? readAddress(text) : payloadOf(number, []);
}

/** @param {string} escn @param {string[]} warnings @returns {Payload} */
function payloadOf(escn, warnings) {
  return { escn, warnings: isUnusual(escn) ? [...warnings, UNUSUAL_NUMBER] : warnings };
}

/** @param {string} text @returns {Payload | Refusal} */
function readAddress(text) {
  const repaired = repairLayout(text);
  const found = splitAddress(repaired);
  const number = found && canonical(lastSegment(found));
  if (found && isSpoofed(found, number, repaired)) return { code: "lookalike_host", kind: "web_address" };
  if (found === null || number === null) return { code: FOREIGN, kind: kindOf(text) };
  return payloadOf(number, hostWarnings(found));
}

/**
 * Whether an address imitates a card's: it contains a number, and its host is ambiguous or a look-alike.
 * No card has an `@` in its address. An `@` before the number, or without a number at the end, misleads.
 * @param {Address} found
 * @param {string | null} number
 * @param {string} text
 */
function isSpoofed(found, number, text) {
  if (found.host === null || found.path.includes("@") || (number === null && text.includes("@"))) {
    return number !== null || containsNumber(text);
  }
  return number !== null && isLookalike(found.host);
}

// What scanners and people add around a number.
const SYMBOLOGY = /^[\x00-\x20\x7f]{0,16}\][a-z][0-9a-z](?:\\[0-9]{6})?/i;
// Code 39, Code 128, EAN and DataBar, Codabar, Code 93, Interleaved 2 of 5.
const LINEAR_SYMBOLOGY = /^[\x00-\x20\x7f]{0,16}\][acefgi][0-9a-z]/i;
const ECI_ESCAPE = String.raw`(?:\\?000[0-9]{3})`;
const LABEL =
  "(?:escn|esc[ -]?(?:no|nr|number)|(?:european )?student card(?: no| nr| number)?|card (?:no|nr|number))" +
  String.raw`\.? {0,3}[:=#]? {0,3}`;
const PUNCTUATION = "[!\"#$%&'()*+,;<=>?\\[\\]^_`{|}~]";
const NUMBER_END = `(?:$|${PUNCTUATION})`;
// One character that is neither digit nor letter, without the flag u, which changes the meaning of i.
const SEPARATOR = String.raw`(?:[\ud800-\udbff][\udc00-\udfff]|[^0-9a-z])`;
const GROUPS = String.raw`[0-9a-f]{8}(${SEPARATOR})[0-9a-f]{4}(?:\1[0-9a-f]{4}){2}\1[0-9a-f]{12}${NUMBER_END}`;
const ADDRESS_START = `https?${SEPARATOR}`;
const NUMBER_OR_ADDRESS = `(?:${ADDRESS_START}|${GROUPS}|[0-9a-f]{32}${NUMBER_END})`;
const HOST_AND_SLASH = String.raw`[0-9a-z][0-9a-z-]{0,62}\.[0-9a-z.-]{1,200}/`;

// A prefix that ends in a hexadecimal digit is kept: it is unknown which digit would be the extra one.
const PREFIXES = [
  [ECI_ESCAPE, ""],
  [LABEL, NUMBER_OR_ADDRESS],
  [`${ECI_ESCAPE}?${PUNCTUATION}{1,4}`, `(?:${NUMBER_OR_ADDRESS}|${HOST_AND_SLASH})`],
  ["[0-9a-z]{1,4}", ADDRESS_START],
  [`[0-9a-z]{0,3}(?:[g-z]|[0-9a-z]${PUNCTUATION}{1,2})`, `(?:${ADDRESS_START}|${GROUPS})`],
].map(([before, then]) => new RegExp(`^${before}(?=${then})`, "i"));
const SUFFIX = new RegExp(`([0-9A-Fa-f/])${PUNCTUATION}{1,4}$`);

/**
 * Whether the symbology identifier names a linear code, as used by libraries.
 * @param {string} text
 */
export function isLinearCode(text) {
  return LINEAR_SYMBOLOGY.test(text);
}

/**
 * The text without a symbology identifier and character-set escape at its start.
 * @param {string} text
 */
function stripSymbology(text) {
  return text.replace(SYMBOLOGY, "");
}

/**
 * The text without possible prefixes and suffixes, the likeliest first; never the text itself.
 * @param {string} text
 * @returns {string[]}
 */
function candidates(text) {
  const heads = [text];
  for (const each of PREFIXES) {
    const found = each.exec(text);
    if (found) heads.push(text.slice(found[0].length));
  }
  const every = heads.flatMap((head) => [head, head.replace(SUFFIX, "$1")]);
  return [...new Set(every)].filter((core) => core !== "" && core !== text);
}

// The European Student Identifier: a person's number, which cards print beside the card number.
// The colon may be any character: other keyboard layouts remap it. Both cases are spelled out, because u with i
// matches letters outside ASCII.
const ESI_URN = new RegExp(
  ["schac([^0-9a-zA-Z])", "personaluniquecode\\1", "int\\1", "esi\\1"].map(inAnyCase).join(""), "u",
);
// The old form: country, PIC of nine digits, the institution's own code.
const OLD_ESI = /^[a-z]{2}-[0-9]{9}-[^ \t\n\r\f\v]+$/i;

/**
 * Whether a trimmed text is an ESI in its present form, or in the old `CC-PIC-code` form.
 * @param {string} text
 */
function isEsi(text) {
  return ESI_URN.test(text) || OLD_ESI.test(fold(text));
}

/** @param {string} pattern a word, then other characters */
function inAnyCase(pattern) {
  return pattern.replace(/^[a-z]+/, (word) =>
    Array.from(word, (letter) => `[${letter}${letter.toUpperCase()}]`).join(""));
}

/**
 * The category of a code that is no ESC number: the only fact about it that may be shown or logged.
 * @typedef {"web_address" | "wifi" | "contact" | "campus_login" | "barcode" | "number" | "other"} Kind
 */

const MAX_CLASSIFIED = 256;

// Login names: see scanner/payload.py.
const LOCAL_CHAR = String.raw`[^ \t\n\r\f\v@/:;,?&=]`;
const MAIL = String.raw`(?![0-9a-z-]{28,}@)${LOCAL_CHAR}+@${LOCAL_CHAR}+\.${LOCAL_CHAR}+`;
const LOGIN_NAME = String.raw`(?=[0-9a-z._-]{3,32}(?:,|$))(?![0-9a-f-]{13})[a-z]+(?:[._-][a-z]+){0,6}[._-]?[0-9]{0,8}`;
const LOGIN_LABEL =
  "(?:(?:mailto|acct):|(?:uid|login|user(?:name)?|e-?mail|eppn|eduPersonPrincipalName) ?[:=] ?)";
const HOST_END =
  "(?:[a-z]{2,4}|example|local|online|store|school|academy|education|college|university|campus)";
const LOGINS = [
  `^${LOGIN_LABEL}?${MAIL}$`,
  `^MATMSG:TO:${MAIL};(?:SUB:;)?(?:BODY:;)?;?$`,
  `^${LOGIN_LABEL}${LOGIN_NAME}(?:,(?:ou|dc|cn|o)=[^@]*)?$`,
  String.raw`^[0-9a-z-]{2,15}\\${LOGIN_NAME}$`,
  String.raw`^(?=[a-z-]+\.)(?!(?:[a-z-]+\.)+${HOST_END}$)${LOGIN_NAME}$`,
];
const BARE_LOGIN = String.raw`^(?![a-z.-]*\.)${LOGIN_NAME}$`;

/**
 * The first pattern that matches decides. None has the flag u: with i it would take `ſ` for an s.
 * @type {ReadonlyArray<readonly [Kind, RegExp]>}
 */
const KIND_PATTERNS = [
  // Any character may follow http: other keyboard layouts remap the colon.
  ["web_address", /^(?:https?[^0-9a-z]|www\.|\/\/)/i],
  ["wifi", /^WIFI:/i],
  ...LOGINS.map((each) => /** @type {const} */ (["campus_login", new RegExp(each, "i")])),
  ["campus_login", new RegExp(BARE_LOGIN)],
  ["contact",
    /^(?:BEGIN:VCARD|(?:MECARD|BIZCARD|MATMSG|mailto|tel|sms|smsto|mms|facetime|xmpp|sips?):|\+ ?[0-9])/i],
  ["contact", /^[^ \t\n\r\f\v@/]+@[^ \t\n\r\f\v@/]+\.[^ \t\n\r\f\v@/]+$/],
  ["number", /^urn:schac:/i],
  ["web_address", /^(?:[a-z0-9-]+\.)+[a-z]{2,24}(?::[0-9]+)?(?:[/?#]|$)/i],
  // Groups of digits and letters, each later group with a digit: an account, a ticket, an identity number.
  ["number", /^(?=.*[0-9])[0-9a-z./_-]{1,64}(?: (?=[a-z./_-]{0,63}[0-9])[0-9a-z./_-]{1,64}){0,15}$/i],
];

/** The kind of a text, from its first 256 characters. @param {string} text @returns {Kind} */
function kindOf(text) {
  const start = firstChars(text, MAX_CLASSIFIED);
  return KIND_PATTERNS.find(([, pattern]) => pattern.test(start))?.[0] ?? "other";
}
