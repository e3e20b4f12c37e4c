// @ts-check
/**
 * The hosts that codes of real cards name, and the hosts that want to be taken for them: scanner/hosts.py.
 */

export const UNKNOWN_QR_HOST = "unknown_qr_host";
export const SANDBOX_CARD = "sandbox_card";

const ON_CARDS = ["s.esc-r.eu", "esc.gg", "esc.bwcard.de", "pp.esc.gg"];
const SANDBOXES = ["pp.esc.gg", "sandbox.europeanstudentcard.eu", "dev.europeanstudentcard.eu"];
// What ends in one of these belongs to the same owner: perhaps unknown, never a look-alike.
const DOMAINS = ["esc-r.eu", "esc.gg", "bwcard.de", "europeanstudentcard.eu"];
/** @type {Readonly<Record<string, readonly string[]>>} */
const DEFAULT_PORTS = { "": ["", "80", "443"], http: ["", "80"], https: ["", "443"] };

/** @type {Readonly<Record<string, string>>} */
const TWINS = { 0: "o", 1: "l", 3: "e", 5: "s", 6: "g", 8: "b", 9: "g", i: "l", q: "g" };
const TWIN_PAIRS = /** @type {const} */ ([["rn", "m"], ["vv", "w"], ["cl", "d"]]);

const GUARDED = [...new Set([...ON_CARDS, ...SANDBOXES, ...DOMAINS])];
const SQUEEZED = GUARDED.map((known) => squeeze(foldTwins(known)));
const KNOWN_NAMES = DOMAINS.map((domain) => foldTwins(domain).split(".")[0]);
// Their letters in order, whatever dots and hyphens stand between, from one boundary to the next.
const KNOWN_INSIDE = new RegExp(
  `(?:^|[.-])(?:${SQUEEZED.map((name) => name.split("").join("[.-]*")).join("|")})(?:[.-]|$)`,
);

/**
 * What to say of a host that is no look-alike; nothing where real cards are known to bear it.
 * @param {import("./address.js").Address} address
 * @returns {string[]}
 */
export function warningsOf({ scheme, host, port }) {
  const name = host ?? "";
  const known = ON_CARDS.includes(name) && (DEFAULT_PORTS[scheme] ?? []).includes(port);
  return [...(known ? [] : [UNKNOWN_QR_HOST]), ...(SANDBOXES.includes(name) ? [SANDBOX_CARD] : [])];
}

/**
 * Whether a host, in lower case, poses as one of the known ones: holds a known name as a part, in twins of
 * its letters, one slip of a key away, under another ending, or hides letters of other scripts (`xn--`).
 * @param {string} host
 */
export function isLookalike(host) {
  if (DOMAINS.some((domain) => host === domain || host.endsWith(`.${domain}`))) return false;
  const folded = foldTwins(host);
  const [name] = folded.split(".").slice(-2, -1);
  return (
    host.split(".").some((label) => label.startsWith("xn--")) ||
    KNOWN_INSIDE.test(folded) ||
    (name !== undefined && KNOWN_NAMES.includes(name)) ||
    GUARDED.some((known) => isOneSlip(squeeze(host), squeeze(known))) ||
    SQUEEZED.some((known) => isOneSlip(squeeze(folded), known))
  );
}

/** @param {string} host */
function foldTwins(host) {
  const letters = host.replace(/[0135689iq]/g, (sign) => TWINS[sign] ?? sign);
  return TWIN_PAIRS.reduce((folded, [pair, letter]) => folded.replaceAll(pair, letter), letters);
}

/** @param {string} host */
function squeeze(host) {
  return host.replace(/[.-]/g, "");
}

/**
 * Whether at most one key was missed, doubled, mistaken, or swapped with its neighbour.
 * @param {string} written
 * @param {string} meant
 */
function isOneSlip(written, meant) {
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
