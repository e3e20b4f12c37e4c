// @ts-check
/** Our own engine over one frame: steps in turn until a card is read or the frame's time is over. */

import { isLinearCode } from "../payload/payload.js";
import { busyParts } from "./busy.js";
import { stepsFor } from "./schedule.js";
import { sight } from "./sightings.js";
import { view } from "./views.js";

/** @typedef {import("./types.js").Plane} Plane */
/** @typedef {import("./types.js").Rect} Rect */
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
  let turn = 0; // costlier steps since the last reading
  let isStarved = false; // the last frame had no time for a costlier step
  let typical = 0; // what the last step cost, for those that were never tried

  /** @param {Step} step @param {Plane} plane @param {import("./views.js").Aim} aim */
  function read(step, plane, aim) {
    const began = now();
    const { grey, toFrame } = view(step, plane, aim);
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

  /** @param {Plane} plane @param {boolean} lively @returns {Step[]} */
  function inOrder({ width, height }, lively) {
    const { plain, extra } = stepsFor(misses, width, height, lively, turn);
    return isStarved ? [extra[0], ...plain, ...extra.slice(1)] : [...plain, ...extra];
  }

  return (plane, began, lively) => {
    const found = createFound(plane, misses);
    const before = turn;
    let isInTurn = true; // a cheap step may run before its turn; the next frame still begins with those left out
    for (const [place, step] of inOrder(plane, lively).entries()) {
      if (!isAffordable(step, place === 0, began)) {
        isInTurn &&= isPlain(step);
        continue;
      }
      found.add(read(step, plane, found.aim(step)), step);
      const sighting = sight(found.texts);
      if (sighting.seen === "card" || sighting.seen === "several") {
        misses = turn = 0;
        isStarved = false;
        return { sighting, located: 0 };
      }
      turn += isInTurn && !isPlain(step) ? 1 : 0;
    }
    misses += 1;
    isStarved = turn === before;
    return { sighting: sight(found.texts), located: found.located() };
  };
}

/** @param {Step} step */
function isPlain({ name }) {
  return name === "whole" || name === "middle";
}

/**
 * What was found in a frame so far, and where the next step looks: apart from what was read.
 * @param {Plane} plane @param {number} misses
 */
function createFound(plane, misses) {
  /** @type {string[]} */
  const texts = [];
  /** @type {Rect[]} */
  const apart = [];
  /** @type {Symbol | null} */
  let missed = null;
  /** @type {Rect[] | null} */
  let parts = null;

  /** @param {Symbol[]} symbols @param {Step} step */
  function add(symbols, step) {
    const isOtherKind = step.options?.formats !== undefined;
    for (const symbol of symbols) {
      if (isOtherKind && !isCardText(symbol) && !isLinearCode(symbol.text ?? "")) {
        continue; // stripes of other things look like a stacked code's
      }
      if (symbol.text !== null && !texts.includes(symbol.text)) {
        texts.push(symbol.text);
        apart.push(rectOf(symbol));
        parts = null;
      } else if (symbol.text === null && isLocated(symbol, step)) {
        missed = symbol;
      }
    }
  }

  /** The largest that could not be read; some errors have no place at all. @param {Symbol} symbol @param {Step} step */
  function isLocated(symbol, { prepare, view: seen }) {
    return prepare === "plain" && seen !== "tiny" && symbol.side > (missed?.side ?? 0);
  }

  /** The busiest part; in every fourth frame that fails another one. */
  function part() {
    parts ??= busyParts(plane, apart);
    const place = misses % 4 === 3 ? 1 + ((misses >> 2) % 2) : 0;
    return parts[place] ?? parts[0] ?? null;
  }

  /** @param {Step} step @returns {import("./views.js").Aim} */
  function aim({ view: seen }) {
    if (seen === "whole" || seen === "middle") {
      return { target: null, part: null };
    }
    if (seen === "close" && missed !== null) {
      return { target: missed.centre, part: null };
    }
    const busy = seen === "close" && texts.length === 0 && misses % 2 === 0 ? null : part();
    return { target: busy && { x: busy.x + busy.width / 2, y: busy.y + busy.height / 2 }, part: busy };
  }

  return { texts, add, aim, located: () => missed?.side ?? 0 };
}

/** @param {Symbol} symbol */
function isCardText({ text }) {
  return text !== null && sight([text]).seen === "card";
}

/** A little more than the symbol. @param {Symbol} symbol @returns {Rect} */
function rectOf({ centre, side }) {
  const reach = 0.6 * side;
  return { x: centre.x - reach, y: centre.y - reach, width: 2 * reach, height: 2 * reach };
}
