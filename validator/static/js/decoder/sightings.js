// @ts-check
/** What the texts of a frame's symbols amount to. Here foreign text ends: only its kind goes on. */

import { parsePayload } from "../payload/payload.js";

/** @typedef {import("../types.js").Payload} Payload */
/** @typedef {import("../types.js").Refusal} Refusal */

/**
 * @typedef {{seen: "card", payload: Payload, beside: Refusal | null} | {seen: "foreign", code: string, kind: string | null}
 *   | {seen: "several"} | {seen: "nothing"}} Sighting
 */

/**
 * One card among foreign codes counts; two different cards do not.
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
      foreign ??= { code: read.code, kind: read.kind };
    }
  }
  const [payload] = cards.values();
  if (cards.size > 1) {
    return { seen: "several" };
  }
  if (payload !== undefined) {
    return { seen: "card", payload, beside: foreign };
  }
  return foreign === null ? { seen: "nothing" } : { seen: "foreign", code: foreign.code, kind: foreign.kind };
}
