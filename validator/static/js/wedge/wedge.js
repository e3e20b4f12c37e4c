/**
 * Distinguishes a hand-held scanner that types from a person who types, and extracts the number from its text. A state
 * machine over plain values without DOM or timers: the caller reports silence.
 */
import { altDigit, charOfAltCode, charsOf, isEditing, isEnd, isModifier, isShortcut, KeyBurst } from "./burst.js";

/** @import {Payload, Refusal} from "../types.js" */
/** @import {Extras} from "../payload/payload.js" */
/** @import {Chars, Key} from "./burst.js" */

/**
 * @typedef {{ms: number, keys: number}} Pace  The number of keys, and how long they took.
 * @typedef {{payload: Payload} & Pace} Scan
 *
 * @typedef {object} Outcome  The result of a key. `swallow`: the page must not receive this key. `clear`: the number
 *   field holds what a scanner typed and must be emptied.
 * @property {boolean} swallow
 * @property {boolean} clear
 * @property {Scan} [card]
 * @property {Refusal} [foreign]
 * @property {Extras} [extras]  The prefix and suffix of a scan that gave a number and is over.
 */

/** Milliseconds that a gap may be late, as timers of rugged phones are. */
const JITTER_MS = 50;
const MAX_ALT_DIGITS = 5;
/** A suffix that a scanner may be configured to send. A slash may be part of the address. */
const SUFFIX = /^[!-.:-@[-`{-~]{1,4}$/;
/** @type {Readonly<Outcome>} */
const NOTHING = Object.freeze({ swallow: false, clear: false });

/** Watches keys. A pause longer than `gapMs` (plus jitter) between keys ends a burst. */
export class Wedge {
  /** Milliseconds without a key after which the caller reports silence. */
  pauseMs;
  #burst = new KeyBurst();
  /** When the last key came. */
  #lastAt = -Infinity;
  /** When the Enter or Tab of a scanner came. */
  #endedAt = -Infinity;
  /** When the last key came of a scan that silence ended. */
  #silentSince = -Infinity;
  /** A number was taken before the end of its scan: the following keys belong to the scan. */
  #isDraining = false;
  /** A code of many lines is refused once. */
  #isRefused = false;
  /** The last key went to the number field. */
  #isInField = false;
  /** The digits of an Alt code so far. */
  #altCode = "";
  /** Of a number that was taken before the end of its scan. @type {Extras | null} */
  #extras = null;

  /** @param {{gapMs?: number}} [options] */
  constructor({ gapMs = 300 } = {}) {
    this.pauseMs = gapMs + JITTER_MS;
  }

  /** Whether more keys or silence are awaited. */
  get isWaiting() { return this.#burst.length > 0 || this.#altCode !== "" || this.#isDraining || this.#isRefused; }

  /** Whether the burst was typed by a machine. */
  get isMachine() { return this.#burst.isMachine; }

  /** A key went down. @param {Key} event @returns {Outcome} */
  key(event) {
    if (event.repeat) return { swallow: this.#isDraining, clear: false };
    const before = this.silence(event.t);
    this.#isInField = event.field ?? false;
    this.#lastAt = event.t;
    return merged(before, this.#press(event));
  }

  /** A key went up; the Alt key ends an Alt code. @param {Key} event @returns {Outcome} */
  release(event) {
    if (event.key !== "Alt" || this.#altCode === "") return NOTHING;
    this.#lastAt = event.t;
    return merged(this.#endAltCode(event.t), { swallow: !this.#isInField, clear: false });
  }

  /** No key came until `t`: after a long enough pause the burst is over. @param {number} t @returns {Outcome} */
  silence(t) {
    if (t - this.#lastAt <= this.pauseMs) return NOTHING;
    const before = this.#altCode ? this.#endAltCode(this.#lastAt) : NOTHING;
    if (this.#isDraining || this.#burst.isMachine) this.#silentSince = this.#lastAt;
    const outcome = merged(before, this.#burst.length > 0 || this.#extras ? this.#judge(false) : NOTHING);
    this.forget();
    return { ...outcome, swallow: false };
  }

  /** Drop everything: the keys were meant for something else. */
  forget() {
    this.#burst.clear();
    this.#altCode = "";
    this.#isDraining = false;
    this.#isRefused = false;
    this.#extras = null;
  }

  /**
   * Read the burst and drop it.
   * @param {boolean} byEnter  Enter was pressed, which a person does, too.
   * @param {boolean} [isShort]  It is a short scan, as its end shows.
   * @returns {Outcome}
   */
  #judge(byEnter, isShort = false) {
    const burst = this.#burst;
    const isMachine = burst.isMachine || isShort;
    const refuses = isMachine && !this.#isDraining && !this.#isRefused;
    const result = burst.length > 0 && (isMachine || byEnter || !this.#isInField) ? burst.read() : null;
    const { pace } = burst;
    const extras = result && "escn" in result ? burst.extras() : this.#takeExtras(burst.text);
    burst.clear();
    if (result && "escn" in result) return { ...this.#taken(result, pace), ...(isMachine && extras ? { extras } : {}) };
    this.#isRefused ||= refuses;
    if (result && refuses) return { swallow: true, clear: this.#isInField, foreign: result };
    return { swallow: isMachine, clear: isMachine && this.#isInField, ...(extras ? { extras } : {}) };
  }

  /** Of the number that was taken before the end of its scan. @param {string} rest @returns {Extras | null} */
  #takeExtras(rest) {
    const extras = this.#extras;
    this.#extras = null;
    return extras && { ...extras, after: SUFFIX.test(rest) ? rest : "" };
  }

  /** @param {Payload} payload @param {Pace} pace @returns {Outcome} */
  #taken(payload, pace) {
    return { swallow: true, clear: this.#isInField, card: { payload, ...pace } };
  }

  /** @param {Key} event @returns {Outcome} */
  #press(event) {
    const digit = altDigit(event);
    if (digit !== null) {
      this.#altCode = (this.#altCode + digit).slice(0, MAX_ALT_DIGITS);
      this.#burst.beat(event.t);
      return { swallow: !this.#isInField || this.#isDraining, clear: false };
    }
    const before = this.#altCode ? this.#endAltCode(event.t) : NOTHING;
    if (isModifier(event)) return { ...before, swallow: false };
    return merged(before, this.#pressPlain(event));
  }

  /** @param {Key} event @returns {Outcome} */
  #pressPlain(event) {
    const { isMachine } = this.#burst;
    if (isEnd(event)) return this.#end(event.t, event.key === "Enter");
    const chars = charsOf(event);
    if (chars !== null) return this.#pressChar(chars, event.t);
    if (isEditing(event)) return isMachine ? this.#end(event.t, false) : this.#interrupt();
    // Scanners send control characters as shortcuts, and function keys as a prefix or suffix.
    if (isShortcut(event) && !isMachine) return this.#interrupt();
    return { swallow: this.#isDraining || (!this.#isInField && isMachine), clear: false };
  }

  /** @param {Chars} chars @param {number} t @returns {Outcome} */
  #pressChar(chars, t) {
    // No code begins with a blank, but a person may press a button repeatedly with the space bar.
    if (chars.physical === " " && this.#burst.length === 0) return { swallow: this.#isDraining, clear: false };
    this.#burst.beat(t);
    return this.#add(chars);
  }

  /** @param {Chars} chars @returns {Outcome} */
  #add(chars) {
    const burst = this.#burst;
    burst.add(chars);
    // A blank among fast keys would press the button that has the focus.
    const isBlank = chars.physical === " " && burst.isFast;
    const swallow = this.#isDraining || (!this.#isInField && (burst.isProbablyMachine || isBlank));
    const payload = this.#isInField && !burst.isMachine ? null : burst.complete();
    if (payload === null) return { swallow, clear: false };
    const { pace } = burst;
    this.#extras = burst.extras();
    burst.clear();
    this.#isDraining = true;
    return this.#taken(payload, pace);
  }

  /** @param {number} t @param {boolean} byEnter @returns {Outcome} */
  #end(t, byEnter) {
    // A busy system may deliver the end of a scan after the timer for silence: the time of the key counts.
    const isLate = this.#burst.length === 0 && t - Math.max(this.#endedAt, this.#silentSince) <= this.pauseMs;
    const isProbablyMachine = this.#isDraining || (!this.#isInField && this.#burst.isProbablyMachine);
    const outcome = this.#judge(byEnter, this.#burst.endsAsScan(t));
    const isScanners = isProbablyMachine || outcome.swallow;
    if (isScanners) this.#endedAt = t;
    this.#isDraining = false;
    return { ...outcome, swallow: isScanners || isLate };
  }

  /** Read the character of an Alt code that is complete. @param {number} t @returns {Outcome} */
  #endAltCode(t) {
    const char = charOfAltCode(this.#altCode);
    this.#altCode = "";
    return "\r\n\t".includes(char) ? this.#end(t, false) : this.#add({ physical: char, typed: char });
  }

  /** A person pressed a key in between, so the burst is no scan. @returns {Outcome} */
  #interrupt() {
    const swallow = this.#isDraining;
    if (!swallow) this.#burst.clear();
    return { swallow, clear: false };
  }
}

/** @param {Outcome} first @param {Outcome} second @returns {Outcome} */
function merged(first, second) {
  return { ...first, ...second, swallow: second.swallow, clear: first.clear || second.clear };
}
