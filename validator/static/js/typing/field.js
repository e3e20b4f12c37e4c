// @ts-check
/** The number field with a script: groups while one types, says what is wrong, checks without a new page. */
import { parsePayload } from "../payload/payload.js";
import { trim } from "../payload/written.js";
import { fault } from "./fault.js";
import { grouped } from "./grouping.js";
import { fit } from "./several_lines.js";

/**
 * @typedef {import("../types.js").Payload} Payload
 * @typedef {import("../types.js").Refusal} Refusal
 * @typedef {object} Handlers
 * @property {(payload: Payload) => void} onCard the number stands in the field, in groups, until `forget`
 * @property {(refusal: Refusal) => void} onRefusal what was no number at all; the field is empty again here, too:
 *   it may be what a slow scanner typed, and the text of foreign codes is not shown
 * @property {() => boolean} [onEmpty] the field is empty and was to be checked; true where that is explained
 * @property {HTMLElement} note a `role=status` line for faults and for "complete"
 */

const PASTES = new Set(["insertFromPaste", "insertFromDrop", "insertFromYank", "insertReplacementText"]);
/** Characters. So many at once were pasted, picked above a phone's keyboard, or sent by a scanner app. */
const AT_ONCE = 8;
const COMPLETE = "The number is complete. Check it with Enter or the button.";
const EMPTY = "Type the card number first.";
const LINE_BREAKS = /[\r\n]+/g;
const BREAKS_LINES = new Set(["insertLineBreak", "insertParagraph"]);

/**
 * Enhance a text field and its form until `stop`. What is pasted whole is checked at once. What is typed is
 * not, even when it is whole: the number has no check digit, so the person's own last look is the only guard
 * against a slip, and a slip would read as “not registered” at somebody's expense.
 * @param {import("./several_lines.js").NumberField} input
 * @param {Handlers} handlers
 * @returns {{clear: () => void, forget: () => void, select: () => void, stop: () => void}} `forget` empties the
 *   field where it still holds the number that was checked last; `select` makes the next key replace that number.
 */
export function enhanceNumberField(input, { onCard, onRefusal, onEmpty = () => false, note }) {
  const { form } = input;
  let before = input.value.length;
  let pasted = false;
  /** What was checked last, and what was odd about it as it was typed. @type {Payload | null} */
  let checked = null;

  /** @param {string} message @param {boolean} [isFault] */
  function say(message, isFault = false) {
    if (note.textContent !== message) note.textContent = message;
    if (isFault) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  /** @param {string} text */
  function put(text) {
    input.value = text;
    before = text.length;
    pasted = false;
    fit(input);
    say("");
  }

  const clear = () => put("");

  function holdsChecked() {
    const held = parsePayload(input.value);
    return checked !== null && "escn" in held && held.escn === checked.escn;
  }

  function forget() {
    if (holdsChecked() || input.value === "") clear();
    checked = null;
  }

  function select() {
    if (input.ownerDocument.activeElement === input && holdsChecked()) input.select();
  }

  function check() {
    const text = input.value;
    if (trim(text) === "") return onEmpty() ? undefined : say(EMPTY);
    const result = parsePayload(text);
    if ("escn" in result) return take(result);
    const found = fault(text);
    if (found) return point(found);
    clear();
    onRefusal(result);
  }

  /** @param {Payload} payload */
  function take({ escn, warnings }) {
    const known = checked?.escn === escn ? checked.warnings : [];
    checked = { escn, warnings: [...new Set([...known, ...warnings])] };
    put(escn);
    onCard(checked);
  }

  /**
   * Show the wrong character selected, so that the next key replaces it.
   * @param {import("./fault.js").Fault} found
   */
  function point({ at, char, message }) {
    say(message, true);
    const start = Array.from(input.value).slice(0, at - 1).join("").length;
    input.setSelectionRange(start, start + char.length);
  }

  /** While one types: what is wrong by now, not what is still to come. */
  function hint() {
    if ("escn" in parsePayload(input.value)) return say(COMPLETE);
    const found = fault(input.value);
    if (found && found.kind !== "short") say(found.message, true);
    else say("");
  }

  /** @param {boolean} forward */
  function regroup(forward) {
    const { value, selectionStart } = input;
    const next = grouped(value, selectionStart ?? value.length, forward);
    if (next.text !== value) {
      input.value = next.text;
      input.setSelectionRange(next.caret, next.caret);
    }
    before = input.value.length;
    fit(input);
  }

  /** @param {boolean} forward */
  function settle(forward) {
    const whole = pasted;
    pasted = false;
    regroup(forward);
    if (whole && trim(input.value) !== "") check();
    else hint();
  }

  /** @param {Event} event */
  function onInput(event) {
    const { inputType = "", isComposing = false } = /** @type {InputEvent} */ (event);
    if (!isComposing && /[\r\n]/.test(input.value)) input.value = input.value.replace(LINE_BREAKS, "");
    pasted ||= PASTES.has(inputType) || input.value.length - before >= AT_ONCE;
    before = input.value.length;
    // Changing the text under an input method would break what it composes.
    if (isComposing) hint();
    else settle(inputType.startsWith("delete") && inputType.endsWith("Forward"));
  }

  function onComposed() {
    settle(false);
  }

  const hasLines = !(input instanceof HTMLInputElement);

  /** Where Enter would begin a line, or sends no form, it checks. @param {Event} event */
  function onKeyDown(event) {
    const { key, isComposing } = /** @type {KeyboardEvent} */ (event);
    if (key === "Enter" && !isComposing && (hasLines || !form)) checkInstead(event);
  }

  /** Keyboards on screens send no key for Enter. @param {Event} event */
  function onBeforeInput(event) {
    const { inputType, isComposing } = /** @type {InputEvent} */ (event);
    if (hasLines && !isComposing && BREAKS_LINES.has(inputType)) checkInstead(event);
  }

  /** @param {Event} event */
  function checkInstead(event) {
    event.preventDefault();
    check();
  }

  input.addEventListener("input", onInput);
  input.addEventListener("compositionend", onComposed);
  input.addEventListener("keydown", onKeyDown);
  input.addEventListener("beforeinput", onBeforeInput);
  form?.addEventListener("submit", checkInstead);
  // The browser's own bubble would cover the camera's picture; EMPTY says the same in the line.
  if (form) form.noValidate = true;

  return {
    clear,
    forget,
    select,
    stop() {
      input.removeEventListener("input", onInput);
      input.removeEventListener("compositionend", onComposed);
      input.removeEventListener("keydown", onKeyDown);
      input.removeEventListener("beforeinput", onBeforeInput);
      form?.removeEventListener("submit", checkInstead);
      if (form) form.noValidate = false;
    },
  };
}
