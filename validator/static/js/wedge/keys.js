// @ts-check
/**
 * Which character a key stands for by its place on the keyboard. Hand-held scanners send the places of a US
 * keyboard, whatever the computer takes them for.
 */

/**
 * A key that went down or up, as plain values; `t` in ms, `field` where it goes to the number field.
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

/** @type {Map<string, string>} plain and shifted character of each place of a US keyboard */
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
 * What a key says by its place, and what the computer takes it for; null where it says no character.
 * @param {Key} event
 * @returns {{physical: string, typed: string} | null}
 */
export function charsOf(event) {
  if (isShortcut(event)) return null;
  const typed = Array.from(event.key).length === 1 ? event.key : "";
  const physical = US.get(event.code)?.[event.shiftKey ? 1 : 0] ?? typed;
  return physical ? { physical, typed } : null;
}

/**
 * The digit of an Alt code, as typed on the number pad with Alt held; null for any other key.
 * @param {Key} event
 */
export function altDigit({ code, altKey, ctrlKey }) {
  return altKey && !ctrlKey && /^Numpad[0-9]$/.test(code) ? code.slice(-1) : null;
}

/**
 * The character of an Alt code, with or without zeros in front. Beyond ASCII the two ways differ, and no card
 * needs it: there a sign stands for "some other character".
 * @param {string} digits
 */
export function charOfAltCode(digits) {
  const code = Number(digits) % 256;
  return code < 127 ? String.fromCharCode(code) : "\ufffd";
}

/**
 * Whether a key ends a scan: Enter, Tab, and Ctrl+J or Ctrl+M, which some scanners send for them.
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

/** Whether a key is one with which a person corrects or moves. @param {Key} event */
export function isEditing({ key }) {
  return EDITING.has(key);
}

/**
 * Whether a key with Ctrl, Alt or Meta is a shortcut; Ctrl and Alt together are how Windows says AltGr.
 * @param {Key} event
 */
export function isShortcut({ altKey, ctrlKey, metaKey }) {
  return Boolean(metaKey) || Boolean(altKey) !== Boolean(ctrlKey);
}
