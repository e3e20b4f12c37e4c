// @ts-check
/**
 * Web addresses, read for two things only: the host as written, and the last part of the path;
 * scanner/address.py in JavaScript. `URL` is not asked: readers disagree on odd addresses, and an address
 * that could be read in two ways has no host here. Nothing is ever visited.
 */
import { hyphenOf } from "./written.js";

/**
 * An address in parts; `host` is null where two readers could disagree on it, the rest may be empty.
 * @typedef {{scheme: string, host: string | null, port: string, path: string}} Address
 */

const ADDRESS = /^(?:(https?):)?(\/\/)?([^/?#]*)([^?#]*)/i;
const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const HOST = `${LABEL}(?:\\.${LABEL})*|\\[[0-9a-f:.]+\\]`;
const AUTHORITY = new RegExp(`^(${HOST})\\.?(?::([0-9]{0,5}))?$`, "i");
const OTHER_SCHEME = /^(?!https?:)[a-z][a-z0-9+.-]*:(?![0-9])/i;
// Without a scheme, a dot is what tells an address from other words before a slash.
const BARE_AUTHORITY = /^[^ \t\r\n.]+\.[^ \t\r\n]*$/;
/** @type {Readonly<Record<string, string>>} */
const ESCAPES = { "%20": " ", "%2d": "-", "%7b": "{", "%7d": "}" };
const ESCAPE = /%20|%2d|%7b|%7d/gi;

const NUMBER_LENGTH = 36;
// A backslash is no slash that a keyboard moved: readers disagree on it. Counts code points (u), and so
// spells both cases: with i, u would take the Kelvin sign for a k.
const MOVED_FRONT = new RegExp(
  "^(?<scheme>[hH][tT]{2}[pP][sS]?)[^0-9a-zA-Z]?(?<slash>[^0-9a-zA-Z.\\\\]?)\\k<slash>" +
  "(?<host>[0-9a-zA-Z][^./:]{0,60}\\.[^/:]{1,200}?)\\k<slash>$",
  "u",
);

/**
 * The last part of the path that is not empty, without the escapes that a number's signs may bear.
 * @param {Address} address
 */
export function lastSegment({ path }) {
  const segments = path.split("/").filter((segment) => segment !== "");
  return (segments[segments.length - 1] ?? "").replace(ESCAPE, (escape) => ESCAPES[escape.toLowerCase()] ?? escape);
}

/**
 * Take an address apart; null where `text` is none, or one of another scheme than http and https.
 * @param {string} text
 * @returns {Address | null}
 */
export function split(text) {
  if (OTHER_SCHEME.test(text)) return null;
  const [, scheme = "", slashes = "", authority = "", path = ""] = ADDRESS.exec(text) ?? [];
  if (!scheme && !slashes && !(path && BARE_AUTHORITY.test(authority))) return null;
  const plain = AUTHORITY.exec(authority);
  const lower = scheme.toLowerCase();
  if (plain === null || (scheme && !slashes)) return { scheme: lower, host: null, port: "", path };
  const [, host = "", port = ""] = plain;
  return { scheme: lower, host: host.toLowerCase(), port, path };
}

/**
 * Give an address its signs back that a hand-held scanner typed on a keyboard of another layout: there `:`,
 * `/` and `-` each became one other character or nothing. A text that is no such address comes back as it is.
 * @param {string} text
 */
export function repair(text) {
  const chars = Array.from(text);
  const number = chars.slice(-NUMBER_LENGTH).join("");
  const hyphen = hyphenOf(number);
  if (hyphen === null || (text.includes("://") && (hyphen === "-" || hyphen === "/"))) return text;
  const moved = MOVED_FRONT.exec(chars.slice(0, -NUMBER_LENGTH).join(""))?.groups;
  if (moved === undefined) return text;
  const { scheme = "", host = "" } = moved;
  return `${scheme}://${host.replaceAll(hyphen, "-")}/${number.replaceAll(hyphen, "-")}`;
}
