// @ts-check
/** Our own engine over one frame: steps in turn until a card is read or the frame's time is over. */

import { stepsFor } from "./schedule.js";
import { sight } from "./sightings.js";
import { view } from "./views.js";

/** @typedef {import("./types.js").Plane} Plane */
/** @typedef {import("./types.js").Reader} Reader */
/** @typedef {import("./types.js").Symbol} Symbol */
/** @typedef {import("./schedule.js").Step} Step */
/** @typedef {import("./sightings.js").Sighting} Sighting */

// A further step begins only where it should end within; the goal is 60 ms a frame on a slow phone.
const BUDGET_MS = 40;

/**
 * @typedef {{sighting: Sighting, located: number}} Tried
 *   `located`: the side of a symbol that could not be read, in pixels of the frame; 0 where none was seen.
 */

/**
 * Keeps count of misses and of what each step usually costs on this device.
 * @param {{reader: Reader, now: () => number, budget?: number}} parts
 * @returns {(plane: Plane, began: number, lively: boolean) => Tried}
 */
export function createSteps({ reader, now, budget = BUDGET_MS }) {
  /** @type {Map<string, number>} */
  const costs = new Map();
  let misses = 0;
  let typical = 0; // what the last step cost, for those that were never tried

  /** @param {Step} step @param {Plane} plane @param {Symbol | null} missed */
  function read(step, plane, missed) {
    const began = now();
    const { grey, toFrame } = view(step, plane, missed === null ? null : missed.centre);
    const symbols = reader.read(grey, step.options ?? {}).map(toFrame);
    const took = now() - began;
    const usual = costs.get(step.name) ?? took;
    costs.set(step.name, usual + (took - usual) / 4);
    typical = took;
    return symbols;
  }

  /** @param {Step} step @param {boolean} isFirst @param {number} began */
  function isAffordable(step, isFirst, began) {
    return isFirst || now() - began + (costs.get(step.name) ?? typical) <= budget;
  }

  return (plane, began, lively) => {
    /** @type {string[]} */
    const texts = [];
    /** @type {Symbol | null} */
    let missed = null;
    for (const [place, step] of stepsFor(misses, plane.width, plane.height, lively).entries()) {
      const isWorthwhile = texts.length === 0 || (step.prepare === "plain" && step.options === undefined);
      if (!isWorthwhile || !isAffordable(step, place === 0, began)) {
        continue;
      }
      for (const symbol of read(step, plane, missed)) {
        if (symbol.text !== null) {
          texts.push(symbol.text);
        } else if (step.prepare === "plain" && symbol.side > (missed?.side ?? 0)) {
          missed = symbol; // the largest; some errors have no place at all
        }
      }
      const sighting = sight(texts);
      if (sighting.seen === "card" || sighting.seen === "several") {
        misses = 0;
        return { sighting, located: 0 };
      }
    }
    misses += 1;
    return { sighting: sight(texts), located: missed === null ? 0 : missed.side };
  };
}
