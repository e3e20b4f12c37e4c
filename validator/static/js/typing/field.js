// @ts-check
/** The number field with a script: groups while one types, says what is wrong, checks without a new page. */
import { parsePayload } from "../payload/payload.js";
import { trim } from "../payload/written.js";
import { fault } from "./fault.js";
import { grouped } from "./grouping.js";

/**
 * @typedef {import("../types.js").Payload} Payload
 * @typedef {import("../types.js").Refusal} Refusal
 * @typedef {object} Handlers
 * @property {(payload: Payload) => void} onCard the field is empty again when this is called
 * @property {(refusal: Refusal) => void} onRefusal what was no number at all; the field is empty again here, too:
 *   it may be what a slow scanner typed, and the text of foreign codes is not shown
 * @property {HTMLElement} note a `role=status` line for faults and for "complete"
 */

const PASTES = new Set(["insertFromPaste", "insertFromDrop", "insertFromYank", "insertReplacementText"]);
/** Characters. So many at once were pasted, picked above a phone's keyboard, or sent by a scanner app. */
const AT_ONCE = 8;
const COMPLETE = "The number is complete. Check it with Enter or the button.";
const EMPTY = "Type the card number first.";

/**
 * Enhance a text field and its form until `stop`. What is pasted whole is checked at once. What is typed is
 * not, even when it is whole: the number has no check digit, so the person's own last look is the only guard
 * against a slip, and a slip would read as “not registered” at somebody's expense.
 * @param {HTMLInputElement} input
 * @param {Handlers} handlers
 * @returns {{clear: () => void, stop: () => void}}
 */
export function enhanceNumberField(input, { onCard, onRefusal, note }) {
  const { form } = input;
  let before = input.value.length;
  let pasted = false;

  /** @param {string} message @param {boolean} [isFault] */
  function say(message, isFault = false) {
    if (note.textContent !== message) note.textContent = message;
    if (isFault) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  function clear() {
    input.value = "";
    before = 0;
    pasted = false;
    say("");
  }

  function check() {
    const text = input.value;
    if (trim(text) === "") return say(EMPTY);
    const result = parsePayload(text);
    if ("escn" in result) return take(result);
    const found = fault(text);
    if (found) return point(found);
    clear();
    onRefusal(result);
  }

  /** @param {Payload} payload */
  function take(payload) {
    clear();
    onCard(payload);
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
    const found = fault(input.value);
    if (found && found.kind !== "short") say(found.message, true);
    else say("escn" in parsePayload(input.value) ? COMPLETE : "");
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
    pasted ||= PASTES.has(inputType) || input.value.length - before >= AT_ONCE;
    before = input.value.length;
    // Changing the text under an input method would break what it composes.
    if (isComposing) hint();
    else settle(inputType.startsWith("delete") && inputType.endsWith("Forward"));
  }

  function onComposed() {
    settle(false);
  }

  /** @param {KeyboardEvent} event */
  function onKeyDown(event) {
    if (event.key === "Enter" && !event.isComposing && !form) check();
  }

  /** @param {Event} event */
  function onSubmit(event) {
    event.preventDefault();
    check();
  }

  input.addEventListener("input", onInput);
  input.addEventListener("compositionend", onComposed);
  input.addEventListener("keydown", onKeyDown);
  form?.addEventListener("submit", onSubmit);
  // The browser's own bubble would cover the camera's picture; EMPTY says the same in the line.
  if (form) form.noValidate = true;

  return {
    clear,
    stop() {
      input.removeEventListener("input", onInput);
      input.removeEventListener("compositionend", onComposed);
      input.removeEventListener("keydown", onKeyDown);
      form?.removeEventListener("submit", onSubmit);
      if (form) form.noValidate = false;
    },
  };
}
