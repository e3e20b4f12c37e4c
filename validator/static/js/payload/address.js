/**
 * Web addresses, read for two parts only: the host as written, and the last segment of the path. The JavaScript version
 * of scanner/address.py. `URL` is not used, because parsers disagree on unusual addresses; an address that can be read
 * in two ways has no host. No address is ever visited.
 */
import { groupSeparator } from "./escn.js";

/**
 * The parts of an address. `host` is null if it is ambiguous; the other parts may be empty.
 * @typedef {{scheme: string, host: string | null, port: string, path: string}} Address
 */

const ADDRESS = /^(?:(https?):)?(\/\/)?([^/?#]*)([^?#]*)/i;
const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const HOST = `${LABEL}(?:\\.${LABEL})*|\\[[0-9a-f:.]+\\]`;
const AUTHORITY = new RegExp(`^(${HOST})\\.?(?::([0-9]{0,5}))?$`, "i");
const OTHER_SCHEME = /^(?!https?:)[a-z][a-z0-9+.-]*:(?![0-9])/i;
// Without a scheme, text before a slash is an address only if it contains a dot.
const BARE_AUTHORITY = /^[^ \t\r\n.]+\.[^ \t\r\n]*$/;
/** @type {Readonly<Record<string, string>>} */
const ESCAPES = { "%20": " ", "%2d": "-", "%7b": "{", "%7d": "}" };
const ESCAPE = /%20|%2d|%7b|%7d/gi;

const NUMBER_LENGTH = 36;
// A backslash is excluded, because it is ambiguous. The flag u counts code points; both cases are spelled out,
// because u with i would take the Kelvin sign for a k.
const REMAPPED_FRONT = new RegExp(
  "^(?<scheme>[hH][tT]{2}[pP][sS]?)[^0-9a-zA-Z]?(?<slash>[^0-9a-zA-Z.\\\\]?)\\k<slash>" +
  "(?<host>[0-9a-zA-Z][^./:]{0,60}\\.[^/:]{1,200}?)\\k<slash>$",
  "u",
);

/**
 * The last non-empty segment of the path, with blanks, hyphens and braces unescaped.
 * @param {Address} address
 */
export function lastSegment({ path }) {
  const segments = path.split("/").filter((segment) => segment !== "");
  return (segments[segments.length - 1] ?? "").replace(ESCAPE, (escape) => ESCAPES[escape.toLowerCase()] ?? escape);
}

/**
 * Split an address into its parts; null if `text` is no http or https address.
 * @param {string} text
 * @returns {Address | null}
 */
export function splitAddress(text) {
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
 * Restore an address that a hand-held scanner typed under another keyboard layout, which replaced `:`, `/` and `-`
 * each by one other character, or by none. Other text is returned unchanged.
 * @param {string} text
 */
export function repairLayout(text) {
  const chars = Array.from(text);
  const number = chars.slice(-NUMBER_LENGTH).join("");
  const hyphen = groupSeparator(number);
  if (hyphen === null || (text.includes("://") && (hyphen === "-" || hyphen === "/"))) return text;
  const remapped = REMAPPED_FRONT.exec(chars.slice(0, -NUMBER_LENGTH).join(""))?.groups;
  if (remapped === undefined) return text;
  const { scheme = "", host = "" } = remapped;
  return `${scheme}://${host.replaceAll(hyphen, "-")}/${number.replaceAll(hyphen, "-")}`;
}

export const UNKNOWN_QR_HOST = "unknown_qr_host";
export const SANDBOX_CARD = "sandbox_card";

const CARD_HOSTS = ["s.esc-r.eu", "esc.gg", "esc.bwcard.de", "pp.esc.gg"];
const SANDBOX_HOSTS = ["pp.esc.gg", "sandbox.europeanstudentcard.eu", "dev.europeanstudentcard.eu"];
// Hosts under these domains have the same owners: they may be unknown, but are never look-alikes.
const OWNED_DOMAINS = ["esc-r.eu", "esc.gg", "bwcard.de", "europeanstudentcard.eu"];
/** @type {Readonly<Record<string, readonly string[]>>} */
const DEFAULT_PORTS = { "": ["", "80", "443"], http: ["", "80"], https: ["", "443"] };

/** @type {Readonly<Record<string, string>>} */
const HOMOGLYPHS = { 0: "o", 1: "l", 3: "e", 5: "s", 6: "g", 8: "b", 9: "g", i: "l", q: "g" };
const HOMOGLYPH_PAIRS = /** @type {const} */ ([["rn", "m"], ["vv", "w"], ["cl", "d"]]);

const PROTECTED_HOSTS = [...new Set([...CARD_HOSTS, ...SANDBOX_HOSTS, ...OWNED_DOMAINS])];
const STRIPPED_HOSTS = PROTECTED_HOSTS.map((known) => stripSeparators(foldHomoglyphs(known)));
const KNOWN_LABELS = OWNED_DOMAINS.map((domain) => foldHomoglyphs(domain).split(".")[0]);
// The letters in order, with any dots and hyphens between them, between two boundaries.
const CONTAINS_KNOWN_HOST = new RegExp(
  `(?:^|[.-])(?:${STRIPPED_HOSTS.map((name) => name.split("").join("[.-]*")).join("|")})(?:[.-]|$)`,
);

/**
 * The warnings for a host that is no look-alike; none for hosts of real cards.
 * @param {Address} address
 * @returns {string[]}
 */
export function hostWarnings({ scheme, host, port }) {
  const name = host ?? "";
  const known = CARD_HOSTS.includes(name) && (DEFAULT_PORTS[scheme] ?? []).includes(port);
  return [...(known ? [] : [UNKNOWN_QR_HOST]), ...(SANDBOX_HOSTS.includes(name) ? [SANDBOX_CARD] : [])];
}

/**
 * Whether a host, in lower case, imitates a known one: it contains a known host as a part, uses characters that look
 * alike, is one edit away, has another ending, or hides letters of other scripts (`xn--`).
 * @param {string} host
 */
export function isLookalike(host) {
  if (OWNED_DOMAINS.some((domain) => host === domain || host.endsWith(`.${domain}`))) return false;
  const folded = foldHomoglyphs(host);
  const [name] = folded.split(".").slice(-2, -1);
  return (
    host.split(".").some((label) => label.startsWith("xn--")) ||
    CONTAINS_KNOWN_HOST.test(folded) ||
    (name !== undefined && KNOWN_LABELS.includes(name)) ||
    PROTECTED_HOSTS.some((known) => isWithinOneEdit(stripSeparators(host), stripSeparators(known))) ||
    STRIPPED_HOSTS.some((known) => isWithinOneEdit(stripSeparators(folded), known))
  );
}

/** @param {string} host */
function foldHomoglyphs(host) {
  const letters = host.replace(/[0135689iq]/g, (sign) => HOMOGLYPHS[sign] ?? sign);
  return HOMOGLYPH_PAIRS.reduce((folded, [pair, letter]) => folded.replaceAll(pair, letter), letters);
}

/** @param {string} host */
function stripSeparators(host) {
  return host.replace(/[.-]/g, "");
}

/**
 * Whether the two differ by at most one missing, added, wrong or swapped character.
 * @param {string} written
 * @param {string} meant
 */
function isWithinOneEdit(written, meant) {
  const start = commonStart(written, meant);
  const left = written.slice(start);
  const right = meant.slice(start);
  const [first = "", second = "", ...rest] = right;
  const swapped = left === second + first + rest.join("");
  return left.slice(1) === right.slice(1) || left.slice(1) === right || left === right.slice(1) || swapped;
}

/** @param {string} one @param {string} other */
function commonStart(one, other) {
  const shorter = Math.min(one.length, other.length);
  let at = 0;
  while (at < shorter && one[at] === other[at]) at += 1;
  return at;
}
