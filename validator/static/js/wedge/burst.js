/**
 * Keys and bursts of keys. A burst has two readings: by the positions of the keys, because hand-held scanners send the
 * keys of a US keyboard, and by the computer's layout, for a scanner that is configured for that layout.
 */
import { groupSeparator, MAX_TEXT_LENGTH } from "../payload/escn.js";
import { extrasOf, parsePayload } from "../payload/payload.js";

/** @import {Payload, Refusal} from "../types.js" */
/** @import {Extras} from "../payload/payload.js" */

/**
 * A key that went down or up, as plain values. `t` is in ms; `field`: it goes to the number field.
 * @typedef {object} Key
 * @property {string} code
 * @property {string} key
 * @property {number} t
 * @property {boolean} [shiftKey]
 * @property {boolean} [altKey]
 * @property {boolean} [ctrlKey]
 * @property {boolean} [metaKey]
 * @property {boolean} [repeat]
 * @property {boolean} [field]
 */

/** The plain and the shifted character of each key of a US keyboard. @type {Map<string, string>} */
const US = new Map([
  ["Backquote", "`~"], ["Minus", "-_"], ["Equal", "=+"], ["BracketLeft", "[{"], ["BracketRight", "]}"],
  ["Backslash", "\\|"], ["Semicolon", ";:"], ["Quote", "'\""], ["Comma", ",<"], ["Period", ".>"],
  ["Slash", "/?"], ["Space", "  "], ["NumpadSubtract", "--"], ["NumpadAdd", "++"], ["NumpadDivide", "//"],
  ["NumpadMultiply", "**"], ["NumpadDecimal", ".."],
]);
for (const [at, shifted] of Array.from(")!@#$%^&*(").entries()) {
  US.set(`Digit${at}`, `${at}${shifted}`);
  US.set(`Numpad${at}`, `${at}${at}`);
}
for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZ") US.set(`Key${letter}`, letter.toLowerCase() + letter);

const MODIFIERS = new Set([
  "Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "NumLock", "ScrollLock", "Fn", "FnLock", "OS",
]);
const EDITING = new Set([
  "Backspace", "Delete", "Escape", "Home", "End", "PageUp", "PageDown",
  "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown",
]);

/**
 * The character of a key by its position, and by the computer's layout; null if it types no character.
 * @param {Key} event
 * @returns {Chars | null}
 */
export function charsOf(event) {
  if (isShortcut(event)) return null;
  const typed = Array.from(event.key).length === 1 ? event.key : "";
  const physical = US.get(event.code)?.[event.shiftKey ? 1 : 0] ?? typed;
  return physical ? { physical, typed } : null;
}

/**
 * The digit of an Alt code, typed on the number pad with Alt held; null for any other key.
 * @param {Key} event
 */
export function altDigit({ code, altKey, ctrlKey }) {
  return altKey && !ctrlKey && /^Numpad[0-9]$/.test(code) ? code.slice(-1) : null;
}

/**
 * The character of an Alt code, with or without leading zeros. Outside ASCII the two ways differ, and no card needs
 * them: the result is U+FFFD.
 * @param {string} digits
 */
export function charOfAltCode(digits) {
  const code = Number(digits) % 256;
  return code < 127 ? String.fromCharCode(code) : "\ufffd";
}

/**
 * Whether a key ends a scan: Enter, Tab, and Ctrl+J or Ctrl+M, which some scanners send instead.
 * @param {Key} event
 */
export function isEnd({ key, code, ctrlKey, altKey, metaKey, shiftKey }) {
  if (altKey || metaKey) return false;
  if (ctrlKey) return code === "KeyJ" || code === "KeyM";
  return key === "Enter" || (key === "Tab" && !shiftKey);
}

/** @param {Key} event */
export function isModifier({ key }) {
  return MODIFIERS.has(key);
}

/** Whether a person corrects text or moves the caret with this key. @param {Key} event */
export function isEditing({ key }) {
  return EDITING.has(key);
}

/**
 * Whether a key with Ctrl, Alt or Meta is a shortcut. Windows reports AltGr as Ctrl and Alt together.
 * @param {Key} event
 */
export function isShortcut({ altKey, ctrlKey, metaKey }) {
  return Boolean(metaKey) || Boolean(altKey) !== Boolean(ctrlKey);
}

/** @typedef {{physical: string, typed: string}} Chars  A key's character by position, and by the computer's layout. */

/**
 * Milliseconds: twenty characters a second. The fastest typists reach eighteen (216 words a minute), and only with
 * practised text. Scanners need 2 to 20 ms a character, a rugged phone in slow mode more.
 */
const FAST_MS = 50;
/** This many characters in a row at that pace come from a scanner: fingers that roll over keys make three or four. */
const MACHINE_RUN = 8;
const FAST_RUN = 3;
/** A shorter code comes from a scanner if all its characters and its Enter come at that pace. */
const SHORT_RUN = 5;
const NUMBER_LENGTH = 36;
// The symbology identifier that scanners send if it is switched on, such as ]Q1 for a QR code.
const SYMBOLOGY = /^\][a-z][0-9a-z]/i;

/** The keys of one burst. */
export class KeyBurst {
  /** @type {string[]} */ #physical = [];
  /** @type {string[]} */ #typed = [];
  #first = 0;
  #last = -Infinity;
  #run = 0;
  #longestRun = 0;

  /** Record the time of a key. A key that follows fast extends the run. @param {number} t */
  beat(t) {
    if (this.#last === -Infinity) this.#first = t;
    this.#run = t - this.#last <= FAST_MS ? this.#run + 1 : 1;
    this.#longestRun = Math.max(this.#longestRun, this.#run);
    this.#last = t;
  }

  /** @param {Chars} chars */
  add(chars) {
    if (this.#physical.length > MAX_TEXT_LENGTH) return;
    this.#physical.push(chars.physical);
    this.#typed.push(chars.typed);
  }

  /** Drop the text and start again. */
  clear() {
    this.#physical = [];
    this.#typed = [];
    this.#last = -Infinity;
    this.#run = 0;
    this.#longestRun = 0;
  }

  get length() { return this.#physical.length; }

  /** Milliseconds from the first key to the last, and the number of keys. */
  get pace() { return { ms: this.#last - this.#first, keys: this.length }; }

  /** Whether no person types like this. */
  get isMachine() { return this.#longestRun >= MACHINE_RUN && this.length >= MACHINE_RUN; }

  /** Whether the last keys came at a scanner's pace, or there are more than a person types outside a field. */
  get isProbablyMachine() { return this.#run >= FAST_RUN || this.length >= MACHINE_RUN; }

  /** Whether the last two keys came at a scanner's pace. */
  get isFast() { return this.#run >= 2; }

  /** The characters by the positions of their keys. */
  get text() { return this.#physical.join(""); }

  /** Whether an Enter at `t` ends a short scan: all keys and the Enter came at a scanner's pace. @param {number} t */
  endsAsScan(t) {
    return this.length >= SHORT_RUN && this.#run === this.length && t - this.#last <= FAST_MS;
  }

  /** The number that is complete with the last key, if its form cannot continue; else null. */
  complete() {
    return [this.#physical, this.#typed].some(endsInNumber) ? numberOf(this.#readings()) : null;
  }

  /** The prefix and suffix around the number of the burst. @returns {Extras} */
  extras() {
    const text = textOfNumber(this.#readings());
    return text === null ? { before: "", after: "" } : extrasOf(text);
  }

  /** The number or refusal for the whole burst. @returns {Payload | Refusal} */
  read() {
    const texts = this.#readings();
    return numberOf(texts) ?? refusalOf(texts);
  }

  #readings() {
    return [this.#physical, this.#typed].map((chars) => chars.join("").replace(SYMBOLOGY, ""));
  }
}

/** @param {string[]} chars */
function endsInNumber(chars) {
  return chars.length >= NUMBER_LENGTH && groupSeparator(chars.slice(-NUMBER_LENGTH).join("")) !== null;
}

/** The number in one of the readings. @param {string[]} texts @returns {Payload | null} */
function numberOf(texts) {
  const result = parsePayload(textOfNumber(texts) ?? "");
  return "escn" in result ? result : null;
}

/**
 * The reading that holds a number. If both do (a layout like Dvorak moves the letters a to f), the one with real
 * hyphens is right.
 * @param {string[]} texts
 */
function textOfNumber(texts) {
  const ordered = [...texts].sort((a, b) => Number(b.includes("-")) - Number(a.includes("-")));
  return ordered.find((text) => "escn" in parsePayload(text)) ?? null;
}

/** The more specific refusal of the readings. @param {string[]} texts @returns {Refusal} */
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
