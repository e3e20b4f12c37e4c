// @ts-check
/** What the texts of a frame's symbols amount to. Here foreign text ends: only its kind goes on. */

import { parsePayload } from "../payload/payload.js";

/** @typedef {import("../types.js").Payload} Payload */
/** @typedef {import("../types.js").Refusal} Refusal */

/**
 * @typedef {{seen: "card", payload: Payload, beside: Refusal | null} | {seen: "foreign", code: string, kind: string | null}
 *   | {seen: "several"} | {seen: "nothing"}} Sighting
 */

const WEIGHTS = ["lookalike_host", "esi_not_escn"];

/**
 * All texts of a frame weighed: one card among foreign codes counts, two different cards do not; of foreign codes
 * the one that matters most is told, a code that imitates a card's before all others.
 * @param {string[]} texts
 * @returns {Sighting}
 */
export function sight(texts) {
  /** @type {Map<string, Payload>} */
  const cards = new Map();
  /** @type {Refusal | null} */
  let foreign = null;
  for (const text of texts) {
    const read = parsePayload(text);
    if ("escn" in read) {
      cards.set(read.escn, { escn: read.escn, warnings: [...read.warnings] });
    } else {
      foreign = foreign === null || weight(read.code) > weight(foreign.code) ? read : foreign;
    }
  }
  const [payload] = cards.values();
  if (cards.size > 1) {
    return { seen: "several" };
  }
  if (payload !== undefined) {
    return { seen: "card", payload, beside: foreign && { code: foreign.code, kind: foreign.kind } };
  }
  return foreign === null ? { seen: "nothing" } : { seen: "foreign", code: foreign.code, kind: foreign.kind };
}

/** @param {string} code */
function weight(code) {
  const place = WEIGHTS.indexOf(code);
  return place < 0 ? 0 : WEIGHTS.length - place;
}
