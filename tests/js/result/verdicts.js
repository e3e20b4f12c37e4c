/** What is shown, as tests/vectors keeps it, and verdicts to show. */

import { readFileSync } from "node:fs";

/** @import {Verdict} from "../../../validator/static/js/types.js" */

/** @param {string} name */
const vectors = (name) => JSON.parse(readFileSync(new URL(`../../vectors/${name}`, import.meta.url), "utf8"));

/** @type {{verdict: Verdict, now: string, zone: string, shown: object}[]} */
export const SHOWN = vectors("shown.json");

/**
 * A verdict from the Router just now; with changes.
 * @param {Partial<Verdict>} changes
 * @returns {Verdict}
 */
export function verdict(changes = {}) {
  const { verdict: first } = SHOWN[0];
  return { ...first, ...changes };
}
