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
 */
export class Pipeline {
  #reader;
  #now;
  #budget;
  /** @type {Map<string, number>} */
  #costs = new Map();
  #misses = 0;
  #turn = 0; // extra steps since the last reading
  #isStarved = false; // the last frame had no time for an extra step
  #lastCost = 0; // assumed for steps that have not run yet

  /** @param {{reader: Reader, now: () => number, budget?: number}} parts */
  constructor({ reader, now, budget = BUDGET_MS }) {
    this.#reader = reader;
    this.#now = now;
    this.#budget = budget;
  }

  /**
   * @param {Plane} plane @param {number} began @param {boolean} isLively
   * @returns {Result}
   */
  run(plane, began, isLively) {
    const findings = new Findings(plane, this.#misses);
    const before = this.#turn;
    let isInTurn = true; // a cheap step may run before its turn; the next frame still starts with those left out
    for (const [index, step] of this.#stepsInOrder(plane, isLively).entries()) {
      if (index > 0 && !this.#isAffordable(step, began)) {
        isInTurn &&= isPlain(step);
        continue;
      }
      findings.add(this.#read(step, plane, findings.aim(step)), step);
      const content = interpret(findings.texts);
      if (content.seen === "card" || content.seen === "several") {
        this.#misses = this.#turn = 0;
        this.#isStarved = false;
        return { content, located: 0 };
      }
      this.#turn += isInTurn && !isPlain(step) ? 1 : 0;
    }
    this.#misses += 1;
    this.#isStarved = this.#turn === before;
    return { content: interpret(findings.texts), located: findings.located() };
  }

  /** @param {Plane} plane @param {boolean} isLively @returns {Step[]} */
  #stepsInOrder({ width, height }, isLively) {
    const { plain, extra } = stepsFor(this.#misses, width, height, isLively, this.#turn);
    return this.#isStarved ? [extra[0], ...plain, ...extra.slice(1)] : [...plain, ...extra];
  }

  /** @param {Step} step @param {number} began */
  #isAffordable(step, began) {
    return this.#now() - began + (this.#costs.get(step.name) ?? this.#lastCost) <= this.#budget;
  }

  /** @param {Step} step @param {Plane} plane @param {Aim} aim */
  #read(step, plane, aim) {
    const began = this.#now();
    const { grey, toFrame } = pictureFor(step, plane, aim);
    const symbols = this.#reader.read(grey, step.options ?? {}).map(toFrame);
    const cost = this.#now() - began;
    const usual = this.#costs.get(step.name) ?? cost;
    this.#costs.set(step.name, usual + (cost - usual) / 4);
    this.#lastCost = cost;
    return symbols;
  }
}

/** @param {Step} step */
function isPlain({ name }) {
  return name === "whole" || name === "middle";
}

/** What was found in a frame so far, and where the next step looks: not at codes that were read already. */
class Findings {
  /** @type {string[]} */
  texts = [];
  #plane;
  #misses;
  /** @type {Rect[]} */
  #exclude = [];
  /** @type {Symbol | null} */
  #missed = null;
  /** @type {Rect[] | null} */
  #regions = null;

  /** @param {Plane} plane @param {number} misses */
  constructor(plane, misses) {
    this.#plane = plane;
    this.#misses = misses;
  }

  /** @param {Symbol[]} symbols @param {Step} step */
  add(symbols, step) {
    const isOtherKind = step.options?.formats !== undefined;
    for (const symbol of symbols) {
      if (isOtherKind && !isCardText(symbol) && !isLinearCode(symbol.text ?? "")) {
        continue; // stripes of other objects look like a stacked code
      }
      if (symbol.text !== null && !this.texts.includes(symbol.text)) {
        this.texts.push(symbol.text);
        this.#exclude.push(rectOf(symbol));
        this.#regions = null;
      } else if (symbol.text === null && this.#isLargest(symbol, step)) {
        this.#missed = symbol;
      }
    }
  }

  /** @param {Step} step @returns {Aim} */
  aim({ view }) {
    if (view === "whole" || view === "middle") {
      return { target: null, part: null };
    }
    if (view === "close" && this.#missed !== null) {
      return { target: this.#missed.centre, part: null };
    }
    const isMiddle = view === "close" && this.texts.length === 0 && this.#misses % 2 === 0;
    const busy = isMiddle ? null : this.#busyPart();
    return { target: busy && { x: busy.x + busy.width / 2, y: busy.y + busy.height / 2 }, part: busy };
  }

  located() {
    return this.#missed?.side ?? 0;
  }

  /** Of the symbols that could not be read; some errors have no size. @param {Symbol} symbol @param {Step} step */
  #isLargest(symbol, { prepare, view }) {
    return prepare === "plain" && view !== "tiny" && symbol.side > this.located();
  }

  /** The busiest part; another one in every fourth frame that fails. */
  #busyPart() {
    this.#regions ??= busyRegions(this.#plane, this.#exclude);
    const index = this.#misses % 4 === 3 ? 1 + ((this.#misses >> 2) % 2) : 0;
    return this.#regions[index] ?? this.#regions[0] ?? null;
  }
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
