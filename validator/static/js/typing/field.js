/** The number field: groups the number while it is typed, reports faults, and checks without loading a new page. */
import { _, N_ } from "../messages.js";
import { trim } from "../payload/escn.js";
import { parsePayload } from "../payload/payload.js";
import { findFault, grouped } from "./typed_number.js";

/** @import {Payload, Refusal} from "../types.js" */
/** @import {Fault} from "./typed_number.js" */

/**
 * @typedef {HTMLInputElement | HTMLTextAreaElement} TextField
 *
 * @typedef {object} Handlers
 * @property {(payload: Payload) => void} onCard  The number stays in the field, in groups, until `forget`.
 * @property {(refusal: Refusal) => void} onRefusal  The text was no number. The field is emptied: a slow scanner may
 *   have typed it, and the text of foreign codes is not shown.
 * @property {() => boolean} [onEmpty]  The field is empty and was to be checked. Returns true if the page explains it.
 * @property {HTMLElement} note  A `role=status` line for faults and for "complete".
 */

const PASTES = new Set(["insertFromPaste", "insertFromDrop", "insertFromYank", "insertReplacementText"]);
/** Characters. This many at once were pasted, chosen from a keyboard's suggestions, or sent by a scanner app. */
const PASTE_LENGTH = 8;
const COMPLETE = N_("The number is complete. Check it with Enter or the button.");
const EMPTY = N_("Type the card number first.");
const LINE_BREAKS = /[\r\n]+/g;
const LINE_BREAK_TYPES = new Set(["insertLineBreak", "insertParagraph"]);
const SINGLE_LINE_ATTRIBUTES = new Set(["type", "value", "autofocus"]);

/**
 * Enhances a text field and its form until `stop`. A pasted number is checked at once. A typed number is not, even if
 * it is complete: it has no check digit, so only the person can find a typing error, which would give “not registered”.
 */
export class NumberField {
  #input;
  #handlers;
  #listeners = new AbortController();
  #length;
  #isPasted = false;
  /** The number that was checked last, with the warnings of the typed text. @type {Payload | null} */
  #checked = null;
  #isMultiline;

  /** @param {TextField} input @param {Handlers} handlers */
  constructor(input, handlers) {
    this.#input = input;
    this.#handlers = handlers;
    this.#length = input.value.length;
    this.#isMultiline = !(input instanceof HTMLInputElement);
    const { signal } = this.#listeners;
    input.addEventListener("input", (event) => this.#onInput(event), { signal });
    input.addEventListener("compositionend", () => this.#settle(false), { signal });
    input.addEventListener("keydown", (event) => this.#onKeyDown(event), { signal });
    input.addEventListener("beforeinput", (event) => this.#onBeforeInput(event), { signal });
    input.form?.addEventListener("submit", (event) => this.#checkInstead(event), { signal });
    // The browser's own message would cover the camera picture. EMPTY says the same in the note.
    if (input.form) input.form.noValidate = true;
  }

  /** Empty the field. */
  clear() {
    this.#put("");
  }

  /** Empty the field if it still holds the number that was checked last. */
  forget() {
    if (this.#holdsChecked() || this.#input.value === "") this.clear();
    this.#checked = null;
  }

  /** Select the number that was checked last, so that the next key replaces it. */
  select() {
    const input = this.#input;
    if (input.ownerDocument.activeElement === input && this.#holdsChecked()) input.select();
  }

  /** End the enhancement. */
  stop() {
    this.#listeners.abort();
    if (this.#input.form) this.#input.form.noValidate = false;
  }

  /** @param {string} message @param {boolean} [isFault] */
  #say(message, isFault = false) {
    const { note } = this.#handlers;
    if (note.textContent !== message) note.textContent = message;
    if (isFault) this.#input.setAttribute("aria-invalid", "true");
    else this.#input.removeAttribute("aria-invalid");
  }

  /** @param {string} text */
  #put(text) {
    this.#input.value = text;
    this.#length = text.length;
    this.#isPasted = false;
    fitHeight(this.#input);
    this.#say("");
  }

  #holdsChecked() {
    const held = parsePayload(this.#input.value);
    return this.#checked !== null && "escn" in held && held.escn === this.#checked.escn;
  }

  #check() {
    const { onEmpty = () => false, onRefusal } = this.#handlers;
    const text = this.#input.value;
    if (trim(text) === "") return onEmpty() ? undefined : this.#say(_(EMPTY));
    const result = parsePayload(text);
    if ("escn" in result) return this.#accept(result);
    const fault = findFault(text);
    if (fault) return this.#selectFault(fault);
    this.clear();
    onRefusal(result);
  }

  /** @param {Payload} payload */
  #accept({ escn, warnings }) {
    const known = this.#checked?.escn === escn ? this.#checked.warnings : [];
    const checked = { escn, warnings: [...new Set([...known, ...warnings])] };
    this.#checked = checked;
    this.#put(escn);
    this.#handlers.onCard(checked);
  }

  /** Select the wrong character, so that the next key replaces it. @param {Fault} fault */
  #selectFault({ at, char, message }) {
    this.#say(message, true);
    const start = Array.from(this.#input.value).slice(0, at - 1).join("").length;
    this.#input.setSelectionRange(start, start + char.length);
  }

  /** While a number is typed, report what is wrong, but not what is still missing. */
  #hint() {
    if ("escn" in parsePayload(this.#input.value)) return this.#say(_(COMPLETE));
    const fault = findFault(this.#input.value);
    if (fault && fault.kind !== "short") this.#say(fault.message, true);
    else this.#say("");
  }

  /** @param {boolean} forward */
  #regroup(forward) {
    const { value, selectionStart } = this.#input;
    const next = grouped(value, selectionStart ?? value.length, forward);
    if (next.text !== value) {
      this.#input.value = next.text;
      this.#input.setSelectionRange(next.caret, next.caret);
    }
    this.#length = this.#input.value.length;
    fitHeight(this.#input);
  }

  /** @param {boolean} forward */
  #settle(forward) {
    const isPasted = this.#isPasted;
    this.#isPasted = false;
    this.#regroup(forward);
    if (isPasted && trim(this.#input.value) !== "") this.#check();
    else this.#hint();
  }

  /** @param {Event} event */
  #onInput(event) {
    const { inputType = "", isComposing = false } = /** @type {InputEvent} */ (event);
    const input = this.#input;
    if (!isComposing && /[\r\n]/.test(input.value)) input.value = input.value.replace(LINE_BREAKS, "");
    this.#isPasted ||= PASTES.has(inputType) || input.value.length - this.#length >= PASTE_LENGTH;
    this.#length = input.value.length;
    // A text that an input method is composing must not be changed.
    if (isComposing) this.#hint();
    else this.#settle(inputType.startsWith("delete") && inputType.endsWith("Forward"));
  }

  /** Enter checks if it would begin a new line, or if there is no form. @param {Event} event */
  #onKeyDown(event) {
    const { key, isComposing } = /** @type {KeyboardEvent} */ (event);
    if (key === "Enter" && !isComposing && (this.#isMultiline || !this.#input.form)) this.#checkInstead(event);
  }

  /** On-screen keyboards send no key event for Enter. @param {Event} event */
  #onBeforeInput(event) {
    const { inputType, isComposing } = /** @type {InputEvent} */ (event);
    if (this.#isMultiline && !isComposing && LINE_BREAK_TYPES.has(inputType)) this.#checkInstead(event);
  }

  /** @param {Event} event */
  #checkInstead(event) {
    event.preventDefault();
    this.#check();
  }
}

/**
 * Replace a field by one of several lines, with its text, name and focus: on a narrow phone 36 characters do not fit
 * into one line.
 * @param {HTMLInputElement} input
 * @returns {HTMLTextAreaElement}
 */
export function toMultiline(input) {
  const { ownerDocument: document, selectionStart, selectionEnd } = input;
  const field = document.createElement("textarea");
  for (const { name, value } of input.attributes) {
    if (!SINGLE_LINE_ATTRIBUTES.has(name)) field.setAttribute(name, value);
  }
  field.rows = 1;
  field.enterKeyHint = "go";
  field.value = input.value;
  const hadFocus = document.activeElement === input;
  input.replaceWith(field);
  if (hadFocus) {
    field.focus({ preventScroll: true });
    field.setSelectionRange(selectionStart, selectionEnd);
  }
  document.defaultView?.addEventListener("resize", () => fitHeight(field));
  fitHeight(field);
  return field;
}

/** Make a multi-line field as high as its text. @param {TextField} field */
function fitHeight(field) {
  if (field instanceof HTMLInputElement) return;
  field.style.blockSize = "auto";
  field.style.blockSize = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
}
