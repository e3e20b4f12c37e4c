/** Reads one frame with our own engine, in several steps, and interprets the texts that it finds. */

/** @import {Plane, Reader, Rect, Symbol} from "./types.js" */
/** @import {Aim, Step} from "./schedule.js" */
/** @import {Payload, Refusal} from "../types.js" */

import { isLinearCode, parsePayload } from "../payload/payload.js";
import { busyRegions } from "./regions.js";
import { pictureFor, stepsFor } from "./schedule.js";

// A further step starts only if it is expected to end within this time; the goal is 60 ms a frame on a slow phone.
const BUDGET_MS = 40;

/**
 * @typedef {{seen: "card", payload: Payload, beside: Refusal | null} | {seen: "several"} | {seen: "nothing"}
 *   | {seen: "foreign", code: string, kind: string | null}} Content  What the codes of a frame are.
 *
 * @typedef {{content: Content, located: number}} Result
 *   `located`: the side of a symbol that could not be read, in pixels of the frame; 0 where none was located.
 */

/** Of several foreign codes the first of these is reported. */
const MOST_IMPORTANT = ["lookalike_host", "esi_not_escn"];

/**
 * Runs the steps of schedule.js on a frame until a card is read or the time is over. Counts the misses, and measures
 * what each step usually costs on this device.
 * @param {{reader: Reader, now: () => number, budget?: number}} parts
 * @returns {(plane: Plane, began: number, isLively: boolean) => Result}
 */
export function createPipeline({ reader, now, budget = BUDGET_MS }) {
  /** @type {Map<string, number>} */
  const costs = new Map();
  let misses = 0;
  let turn = 0; // extra steps since the last reading
  let isStarved = false; // the last frame had no time for an extra step
  let typical = 0; // the cost of the last step, used for steps that have not run yet

  /** @param {Step} step @param {Plane} plane @param {Aim} aim */
  function read(step, plane, aim) {
    const began = now();
    const { grey, toFrame } = pictureFor(step, plane, aim);
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

  /** @param {Plane} plane @param {boolean} isLively @returns {Step[]} */
  function stepsInOrder({ width, height }, isLively) {
    const { plain, extra } = stepsFor(misses, width, height, isLively, turn);
    return isStarved ? [extra[0], ...plain, ...extra.slice(1)] : [...plain, ...extra];
  }

  return (plane, began, isLively) => {
    const findings = createFindings(plane, misses);
    const before = turn;
    let isInTurn = true; // a cheap step may run before its turn; the next frame still starts with those left out
    for (const [index, step] of stepsInOrder(plane, isLively).entries()) {
      if (!isAffordable(step, index === 0, began)) {
        isInTurn &&= isPlain(step);
        continue;
      }
      findings.add(read(step, plane, findings.aim(step)), step);
      const content = interpret(findings.texts);
      if (content.seen === "card" || content.seen === "several") {
        misses = turn = 0;
        isStarved = false;
        return { content, located: 0 };
      }
      turn += isInTurn && !isPlain(step) ? 1 : 0;
    }
    misses += 1;
    isStarved = turn === before;
    return { content: interpret(findings.texts), located: findings.located() };
  };
}

/** @param {Step} step */
function isPlain({ name }) {
  return name === "whole" || name === "middle";
}

/**
 * What was found in a frame so far, and where the next step looks: not at codes that were read already.
 * @param {Plane} plane @param {number} misses
 */
function createFindings(plane, misses) {
  /** @type {string[]} */
  const texts = [];
  /** @type {Rect[]} */
  const exclude = [];
  /** @type {Symbol | null} */
  let missed = null;
  /** @type {Rect[] | null} */
  let regions = null;

  /** @param {Symbol[]} symbols @param {Step} step */
  function add(symbols, step) {
    const isOtherKind = step.options?.formats !== undefined;
    for (const symbol of symbols) {
      if (isOtherKind && !isCardText(symbol) && !isLinearCode(symbol.text ?? "")) {
        continue; // stripes of other objects look like a stacked code
      }
      if (symbol.text !== null && !texts.includes(symbol.text)) {
        texts.push(symbol.text);
        exclude.push(rectOf(symbol));
        regions = null;
      } else if (symbol.text === null && isLocated(symbol, step)) {
        missed = symbol;
      }
    }
  }

  /** Whether it is the largest unread one; some errors have no size. @param {Symbol} symbol @param {Step} step */
  function isLocated(symbol, { prepare, view }) {
    return prepare === "plain" && view !== "tiny" && symbol.side > (missed?.side ?? 0);
  }

  /** The busiest part; another one in every fourth frame that fails. */
  function busyPart() {
    regions ??= busyRegions(plane, exclude);
    const index = misses % 4 === 3 ? 1 + ((misses >> 2) % 2) : 0;
    return regions[index] ?? regions[0] ?? null;
  }

  /** @param {Step} step @returns {Aim} */
  function aim({ view }) {
    if (view === "whole" || view === "middle") {
      return { target: null, part: null };
    }
    if (view === "close" && missed !== null) {
      return { target: missed.centre, part: null };
    }
    const busy = view === "close" && texts.length === 0 && misses % 2 === 0 ? null : busyPart();
    return { target: busy && { x: busy.x + busy.width / 2, y: busy.y + busy.height / 2 }, part: busy };
  }

  return { texts, add, aim, located: () => missed?.side ?? 0 };
}

/** @param {Symbol} symbol */
function isCardText({ text }) {
  return text !== null && interpret([text]).seen === "card";
}

/** The symbol with a margin. @param {Symbol} symbol @returns {Rect} */
function rectOf({ centre, side }) {
  const reach = 0.6 * side;
  return { x: centre.x - reach, y: centre.y - reach, width: 2 * reach, height: 2 * reach };
}

/**
 * What the texts of a frame are: one card among foreign codes counts, two different cards do not. Of foreign codes the
 * most important one counts, first of all a code that imitates a card's. The text of a foreign code ends here: only its
 * kind is passed on.
 * @param {string[]} texts
 * @returns {Content}
 */
export function interpret(texts) {
  /** @type {Map<string, Payload>} */
  const cards = new Map();
  /** @type {Refusal | null} */
  let foreign = null;
  for (const text of texts) {
    const read = parsePayload(text);
    if ("escn" in read) {
      cards.set(read.escn, { escn: read.escn, warnings: [...read.warnings] });
    } else {
      foreign = foreign === null || importance(read.code) > importance(foreign.code) ? read : foreign;
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
function importance(code) {
  const index = MOST_IMPORTANT.indexOf(code);
  return index < 0 ? 0 : MOST_IMPORTANT.length - index;
}
