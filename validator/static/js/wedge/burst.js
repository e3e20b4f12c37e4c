// @ts-check
/**
 * The characters of one burst of keys, in two readings: by the keys' places, as most scanners mean them, and
 * as the computer took them, which is right for a scanner that is set to the computer's layout.
 */
import { extrasOf, parsePayload } from "../payload/payload.js";
import { hyphenOf, LONGEST_TEXT } from "../payload/written.js";

/**
 * @typedef {import("../types.js").Payload} Payload
 * @typedef {import("../types.js").Refusal} Refusal
 * @typedef {import("../payload/payload.js").Extras} Extras
 */

/**
 * Milliseconds. Twenty characters a second: the fastest typists reach eighteen (216 words a minute), and
 * only on practised text. Scanners need 2 to 20 a character, a rugged phone in slow steps more.
 */
const FAST_MS = 50;
/**
 * So many characters in a row at that pace are a scanner's: fingers that roll over keys manage three or four.
 */
const MACHINE_RUN = 8;
const HASTY_RUN = 3;
/** A short code is a scanner's where its Enter comes at the same pace as all of its characters. */
const SHORT_RUN = 5;
const NUMBER_LENGTH = 36;
// The symbology identifier that scanners put in front where it is switched on, as ]Q1 for a QR code.
const SYMBOLOGY = /^\][a-z][0-9a-z]/i;

/** Begin an empty burst. */
export function createBurst() {
  /** @type {string[]} */ let physical = [];
  /** @type {string[]} */ let typed = [];
  let first = 0;
  let last = -Infinity;
  let run = 0;
  let longestRun = 0;

  const readings = () => [physical, typed].map((chars) => chars.join("").replace(SYMBOLOGY, ""));

  return {
    /** Count a key's moment; one that follows fast lengthens the run. @param {number} t */
    beat(t) {
      if (last === -Infinity) first = t;
      run = t - last <= FAST_MS ? run + 1 : 1;
      longestRun = Math.max(longestRun, run);
      last = t;
    },
    /** @param {{physical: string, typed: string}} chars */
    add(chars) {
      if (physical.length > LONGEST_TEXT) return;
      physical.push(chars.physical);
      typed.push(chars.typed);
    },
    /** Drop the text and begin anew. */
    clear() {
      physical = [];
      typed = [];
      last = -Infinity;
      run = 0;
      longestRun = 0;
    },
    get length() { return physical.length; },
    /** Milliseconds from the first key to the last. */
    get duration() { return last - first; },
    /** Whether no person types like this. */
    get isMachine() { return longestRun >= MACHINE_RUN && physical.length >= MACHINE_RUN; },
    /** Whether the last keys came as a scanner's do, or so many came that nobody typed them into nowhere. */
    get isHasty() { return run >= HASTY_RUN || physical.length >= MACHINE_RUN; },
    /** Whether the last two keys came at a scanner's pace. */
    get isFast() { return run >= 2; },
    /** Whether an Enter at `t` ends a short scan: every key and the Enter came at that pace. @param {number} t */
    endsAsScan(t) {
      return physical.length >= SHORT_RUN && run === physical.length && t - last <= FAST_MS;
    },
    /** The number that is whole with the last key, in the form that cannot become longer; else null. */
    complete() {
      return [physical, typed].some(endsInNumber) ? numberOf(readings()) : null;
    },
    /** What stands around the number that the burst says. @returns {Extras} */
    extras() {
      const text = textOfNumber(readings());
      return text === null ? { before: "", after: "" } : extrasOf(text);
    },
    /** What the keys say by their places. */
    get text() { return physical.join(""); },
    /** What the whole burst says. @returns {Payload | Refusal} */
    read() {
      const texts = readings();
      return numberOf(texts) ?? refusalOf(texts);
    },
  };
}

/** @param {string[]} chars */
function endsInNumber(chars) {
  return chars.length >= NUMBER_LENGTH && hyphenOf(chars.slice(-NUMBER_LENGTH).join("")) !== null;
}

/** The number that one of the readings gives. @param {string[]} texts @returns {Payload | null} */
function numberOf(texts) {
  const result = parsePayload(textOfNumber(texts) ?? "");
  return "escn" in result ? result : null;
}

/**
 * The reading that gives a number. Where both do (a layout like Dvorak moves the letters a to f), the one with
 * real hyphens is the true one.
 * @param {string[]} texts
 */
function textOfNumber(texts) {
  const ordered = [...texts].sort((a, b) => Number(b.includes("-")) - Number(a.includes("-")));
  return ordered.find((text) => "escn" in parsePayload(text)) ?? null;
}

/** The more telling of the readings' refusals. @param {string[]} texts @returns {Refusal} */
function refusalOf(texts) {
  const refusals = texts.flatMap((text) => {
    const result = parsePayload(text);
    return "code" in result ? [result] : [];
  });
  return (
    refusals.find(({ code }) => code !== "not_an_esc_code") ??
    refusals.find(({ kind }) => kind !== "other") ??
    { code: "not_an_esc_code", kind: "other" }
  );
}
