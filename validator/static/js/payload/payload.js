// @ts-check
/**
 * What a code or a person says: an ESC number with warnings, or a refusal that holds nothing of the text.
 * A port of scanner/payload.py; tests/vectors/payloads.json holds both to the same answers.
 */
import { lastSegment, repair, split } from "./address.js";
import { isUnusual } from "./escn.js";
import { isEsi } from "./esi.js";
import { isLookalike, warningsOf } from "./hosts.js";
import { kindOf } from "./kinds.js";
import { cores, isLinear, withoutIdentifier } from "./sent.js";
import { canonical, firstChars, holdsNumber, isLonger, LONGEST_TEXT, trim } from "./written.js";

/**
 * @typedef {import("../types.js").Payload} Payload
 * @typedef {import("../types.js").Refusal} Refusal
 */

const FOREIGN = "not_an_esc_code";
const UNUSUAL_NUMBER = "unusual_number";

/**
 * Read the text of one symbol, or what a person typed. `"escn" in result` tells a number from a refusal.
 * The number is taken out by shape and nothing else of the text goes on; no address is ever visited.
 * @param {string} text
 * @returns {Payload | Refusal}
 */
export function parsePayload(text) {
  const trimmed = trim(withoutIdentifier(firstChars(text, LONGEST_TEXT)));
  if (isLonger(text, LONGEST_TEXT)) return { code: FOREIGN, kind: kindOf(trimmed) };
  const found = read(trimmed);
  if ("escn" in found) return found;
  // Without what stands around it a text may be a number, or turn out to imitate one.
  const others = cores(trimmed).map((core) => read(trim(core)));
  const better = others.find((other) => "escn" in other || other.code !== FOREIGN) ?? found;
  const isForeign = "code" in better && better.code === FOREIGN;
  return isForeign && isLinear(text) ? { code: FOREIGN, kind: "barcode" } : better;
}

/**
 * What stands before and after the number or the address, where it is as short as what a scanner is set to add.
 * @typedef {{before: string, after: string}} Extras
 */

const MOST_EXTRA = 4;

/**
 * The extra characters around a text that `parsePayload` reads; empty where there are none.
 * @param {string} text
 * @returns {Extras}
 */
export function extrasOf(text) {
  const sent = withoutIdentifier(firstChars(text, LONGEST_TEXT));
  const trimmed = trim(sent);
  const core = [trimmed, ...cores(trimmed).map(trim)].find((each) => "escn" in read(each)) ?? sent;
  const at = sent.indexOf(core);
  return { before: short(sent.slice(0, at)), after: short(sent.slice(at + core.length)) };
}

/** @param {string} extra */
function short(extra) {
  const visible = extra.replace(/[\x00-\x20\x7f]/g, "");
  return visible.length <= MOST_EXTRA ? visible : "";
}

/** @param {string} text @returns {Payload | Refusal} */
function read(text) {
  if (isEsi(text)) return { code: "esi_not_escn", kind: "number" };
  const number = canonical(text);
  return number === null ? ofAddress(text) : ofNumber(number, []);
}

/** @param {string} escn @param {string[]} warnings @returns {Payload} */
function ofNumber(escn, warnings) {
  return { escn, warnings: isUnusual(escn) ? [...warnings, UNUSUAL_NUMBER] : warnings };
}

/** @param {string} text @returns {Payload | Refusal} */
function ofAddress(text) {
  const repaired = repair(text);
  const found = split(repaired);
  const number = found && canonical(lastSegment(found));
  if (found && poses(found, number, repaired)) return { code: "lookalike_host", kind: "web_address" };
  if (found === null || number === null) return { code: FOREIGN, kind: kindOf(text) };
  return ofNumber(number, warningsOf(found));
}

/**
 * Whether an address wants to be taken for a card's: it shows a number, and its host is made to mislead.
 * No card has an `@` in its address; before the number, or without one at the end, it can only mislead.
 * @param {import("./address.js").Address} found
 * @param {string | null} number
 * @param {string} text
 */
function poses(found, number, text) {
  if (found.host === null || found.path.includes("@") || (number === null && text.includes("@"))) {
    return number !== null || holdsNumber(text);
  }
  return number !== null && isLookalike(found.host);
}
