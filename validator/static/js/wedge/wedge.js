// @ts-check
/**
 * Tells a hand-held scanner that types from a person who types, and takes the number out of what it typed.
 * A state machine over plain values: no DOM, no timers; silence is told to it.
 */
import { createBurst } from "./burst.js";
import { altDigit, charOfAltCode, charsOf, isEditing, isEnd, isModifier, isShortcut } from "./keys.js";

/**
 * @typedef {import("./keys.js").Key} Key
 * @typedef {import("../types.js").Payload} Payload
 * @typedef {import("../types.js").Refusal} Refusal
 * @typedef {import("../payload/payload.js").Extras} Extras
 * @typedef {{payload: Payload, ms: number, keys: number}} Scan  A number, and how long how many keys took.
 *
 * @typedef {object} Outcome  What a key led to. `swallow`: nobody else may see this key. `clear`: the number
 * field holds what a scanner typed and must be emptied.
 * @property {boolean} swallow
 * @property {boolean} clear
 * @property {Scan} [card]
 * @property {Refusal} [foreign]
 * @property {Extras} [extras]  A scan that gave a number is over: what the scanner sent before and after it.
 */

/** Milliseconds that a gap may be late: timers of rugged phones are. */
const JITTER_MS = 50;
/** What a scanner may be set to send after each code; a slash may be an address's own. */
const SUFFIX = /^[!-.:-@[-`{-~]{1,4}$/;
/** @type {Readonly<Outcome>} */
const NOTHING = Object.freeze({ swallow: false, clear: false });

/**
 * Begin to watch keys. A pause longer than `gapMs` (and some jitter) between keys ends a burst.
 * @param {{gapMs?: number}} [options]
 */
export function createWedge({ gapMs = 300 } = {}) {
  const burst = createBurst();
  const pauseMs = gapMs + JITTER_MS;
  let last = -Infinity; // when the last key came
  let ended = -Infinity; // when a scanner's Enter or Tab came
  let scanned = -Infinity; // when the last key came of a scan that silence ended
  let rest = false; // what comes now follows a number that was taken before its end
  let told = false; // one refusal is enough for a code of many lines
  let field = false; // whether the last key went to the number field
  let alt = ""; // the digits of an Alt code so far
  /** @type {Extras | null} */
  let extras = null; // of a number that was taken before the end of its scan

  function forget() {
    burst.clear();
    alt = "";
    rest = false;
    told = false;
    extras = null;
  }

  /**
   * Take what the burst says, and drop it.
   * @param {boolean} byEnter whether Enter was pressed, which a person does too
   * @param {boolean} [isShort] whether it is a short scan, as its end shows
   * @returns {Outcome}
   */
  function judge(byEnter, isShort = false) {
    const machine = burst.isMachine || isShort;
    const scanner = machine && !rest && !told;
    const result = burst.length > 0 && (machine || byEnter || !field) ? burst.read() : null;
    const pace = { ms: burst.duration, keys: burst.length };
    const around = result && "escn" in result ? burst.extras() : overBy(burst.text);
    burst.clear();
    if (result && "escn" in result) return { ...taken(result, pace), ...(machine && around ? { extras: around } : {}) };
    told ||= scanner;
    if (result && scanner) return { swallow: true, clear: field, foreign: result };
    return { swallow: machine, clear: machine && field, ...(around ? { extras: around } : {}) };
  }

  /** What stood around the number that was taken before the scan's end. @param {string} rest @returns {Extras | null} */
  function overBy(rest) {
    const before = extras;
    extras = null;
    return before && { ...before, after: SUFFIX.test(rest) ? rest : "" };
  }

  /** @param {Payload} payload @param {{ms: number, keys: number}} pace @returns {Outcome} */
  function taken(payload, pace) {
    return { swallow: true, clear: field, card: { payload, ...pace } };
  }

  /** @param {{physical: string, typed: string}} chars @returns {Outcome} */
  function add(chars) {
    burst.add(chars);
    // A blank among fast keys would press the button that has the focus.
    const isBlank = chars.physical === " " && burst.isFast;
    const swallow = rest || (!field && (burst.isHasty || isBlank));
    const payload = field && !burst.isMachine ? null : burst.complete();
    if (payload === null) return { swallow, clear: false };
    const pace = { ms: burst.duration, keys: burst.length };
    extras = burst.extras();
    burst.clear();
    rest = true;
    return taken(payload, pace);
  }

  /** @param {number} t @param {boolean} byEnter @returns {Outcome} */
  function end(t, byEnter) {
    // A busy system may hand over the end of a scan after the timer for silence: when it was sent counts.
    const again = burst.length === 0 && t - Math.max(ended, scanned) <= pauseMs;
    const hasty = rest || (!field && burst.isHasty);
    const outcome = judge(byEnter, burst.endsAsScan(t));
    const scanners = hasty || outcome.swallow;
    if (scanners) ended = t;
    rest = false;
    return { ...outcome, swallow: scanners || again };
  }

  /** The character of an Alt code that is over. @param {number} t @returns {Outcome} */
  function endAltCode(t) {
    const char = charOfAltCode(alt);
    alt = "";
    return "\r\n\t".includes(char) ? end(t, false) : add({ physical: char, typed: char });
  }

  /** A person's key between: what was typed is no scan. @returns {Outcome} */
  function interrupted() {
    const swallow = rest;
    if (!rest) burst.clear();
    return { swallow, clear: false };
  }

  /** @param {Key} event @returns {Outcome} */
  function press(event) {
    const digit = altDigit(event);
    if (digit !== null) {
      alt = (alt + digit).slice(0, 5);
      burst.beat(event.t);
      return { swallow: !field || rest, clear: false };
    }
    const before = alt ? endAltCode(event.t) : NOTHING;
    if (isModifier(event)) return { ...before, swallow: false };
    return merged(before, pressPlain(event));
  }

  /** @param {Key} event @returns {Outcome} */
  function pressPlain(event) {
    if (isEnd(event)) return end(event.t, event.key === "Enter");
    const chars = charsOf(event);
    if (chars !== null) return pressChar(chars, event.t);
    if (isEditing(event)) return burst.isMachine ? end(event.t, false) : interrupted();
    // Scanners send control characters as shortcuts, and function keys as a prefix or suffix.
    if (isShortcut(event) && !burst.isMachine) return interrupted();
    return { swallow: rest || (!field && burst.isMachine), clear: false };
  }

  /** @param {{physical: string, typed: string}} chars @param {number} t @returns {Outcome} */
  function pressChar(chars, t) {
    // No code begins with a blank; a person who presses a button over and over with the space bar does.
    if (chars.physical === " " && burst.length === 0) return { swallow: rest, clear: false };
    burst.beat(t);
    return add(chars);
  }

  return {
    /** A key went down. @param {Key} event @returns {Outcome} */
    key(event) {
      if (event.repeat) return { swallow: rest, clear: false };
      const before = this.silence(event.t);
      field = event.field ?? false;
      last = event.t;
      return merged(before, press(event));
    },
    /** A key went up: that of Alt ends an Alt code. @param {Key} event @returns {Outcome} */
    release(event) {
      if (event.key !== "Alt" || alt === "") return NOTHING;
      last = event.t;
      return merged(endAltCode(event.t), { swallow: !field, clear: false });
    },
    /**
     * Nothing came until `t`: after a long enough pause the burst is over.
     * @param {number} t
     * @returns {Outcome}
     */
    silence(t) {
      if (t - last <= pauseMs) return NOTHING;
      const before = alt ? endAltCode(last) : NOTHING;
      if (rest || burst.isMachine) scanned = last;
      const outcome = merged(before, burst.length > 0 || extras ? judge(false) : NOTHING);
      forget();
      return { ...outcome, swallow: false };
    },
    /** Whether something waits for more keys, or for silence. */
    get isWaiting() { return burst.length > 0 || alt !== "" || rest || told; },
    /** Whether what waits was typed by a machine. */
    get isMachine() { return burst.isMachine; },
    /** Milliseconds without a key after which silence should be told. */
    pauseMs,
    /** Drop everything: what was typed belongs to somebody else. */
    forget,
  };
}

/** @param {Outcome} first @param {Outcome} second @returns {Outcome} */
function merged(first, second) {
  return { ...first, ...second, swallow: second.swallow, clear: first.clear || second.clear };
}
