/** Listens to hand-held scanners that type anywhere on the page, without the focus. */
import { parsePayload } from "../payload/payload.js";
import { now as steadyNow, TIMERS } from "../platform.js";
import { Wedge } from "./wedge.js";

/** @import {Extras} from "../payload/payload.js" */
/** @import {Timers} from "../platform.js" */
/** @import {Payload, Refusal} from "../types.js" */
/** @import {TextField} from "../typing/field.js" */
/** @import {Key} from "./burst.js" */
/** @import {Outcome, Pace} from "./wedge.js" */

/**
 * @typedef {object} Options
 * @property {(payload: Payload, pace: Pace) => void} onCard
 * @property {(refusal: Refusal) => void} onForeign
 * @property {(extras: Extras) => void} [onExtras]  After each number: its prefix and suffix.
 * @property {(event: Event) => boolean} [isTyping]  Whether a key belongs to a text field of the page's own.
 * @property {TextField | null} [numberField]  A scan into this field is read, too, with any keyboard layout.
 * @property {() => number} [now]  On the clock of event.timeStamp.
 * @property {Timers} [timers]
 */

const TEXTUAL = new Set([
  "text", "search", "url", "tel", "email", "password", "number",
  "date", "datetime-local", "month", "time", "week",
]);
/** Milliseconds. A timer later than this was delayed by a blocked thread, so keys may still be queued. */
const LATE_MS = 30;

/**
 * Whether the target of an event takes keys as text. A list box, which only selects by them, does not.
 * @param {Event} event
 */
export function typesText(event) {
  const target = event.composedPath()[0];
  if (target instanceof HTMLInputElement) return TEXTUAL.has(target.type);
  if (target instanceof HTMLTextAreaElement) return true;
  return target instanceof HTMLElement && target.isContentEditable;
}

/**
 * Listen on `target` (the document) until the returned function is called. The page does not receive the keys of a
 * scan. In the number field, a person's Enter is left to the field if its text is a number.
 * @param {EventTarget} target
 * @param {Options} options
 * @returns {() => void}
 */
export function listenForWedge(target, options) {
  const listener = new WedgeListener(target, options);
  return () => listener.stop();
}

class WedgeListener {
  #options;
  #listeners = new AbortController();
  #wedge = new Wedge();
  /** The codes of the keys that are down and were kept from the page. @type {Set<string>} */
  #swallowed = new Set();
  /** @type {any} */
  #timer = null;
  /** Restores a list box in which the first keys of a scan, not yet recognised, selected an option. */
  #restore = () => {};

  /** @param {EventTarget} target @param {Options} options */
  constructor(target, options) {
    const { onCard, onForeign, onExtras = () => {}, isTyping = typesText, numberField = null } = options;
    const { now = steadyNow, timers = TIMERS } = options;
    this.#options = { onCard, onForeign, onExtras, isTyping, numberField, now, timers };
    const { signal } = this.#listeners;
    target.addEventListener("keydown", (event) => this.#onKeyDown(event), { capture: true, signal });
    target.addEventListener("keyup", (event) => this.#onKeyUp(event), { capture: true, signal });
  }

  stop() {
    this.#listeners.abort();
    this.#wedge.forget();
    this.#clearTimer();
  }

  /** @param {Outcome} outcome */
  #deliver({ clear, card, foreign, extras }) {
    const { numberField, onCard, onForeign, onExtras } = this.#options;
    if (clear && numberField) empty(numberField);
    this.#wait(this.#wedge.pauseMs + 1, true);
    if (card) onCard(card.payload, { ms: card.ms, keys: card.keys });
    if (foreign) onForeign(foreign);
    if (extras) onExtras(extras);
  }

  /** @param {number} ms @param {boolean} mayBeLate */
  #wait(ms, mayBeLate) {
    const { now, timers } = this.#options;
    this.#clearTimer();
    const due = now() + ms;
    this.#timer = this.#wedge.isWaiting ? timers.setTimeout(() => this.#onTimer(due, mayBeLate), ms) : null;
  }

  #clearTimer() {
    if (this.#timer !== null) this.#options.timers.clearTimeout(this.#timer);
  }

  /** @param {number} due @param {boolean} mayBeLate */
  #onTimer(due, mayBeLate) {
    this.#timer = null;
    const now = this.#options.now();
    if (mayBeLate && now - due > LATE_MS) this.#wait(LATE_MS, false);
    else this.#deliver(this.#wedge.silence(now));
  }

  /** @param {Event} event */
  #onKeyDown(event) {
    const { isTyping, numberField } = this.#options;
    if (!isKey(event) || event.isComposing) return;
    const isInField = numberField !== null && event.composedPath()[0] === numberField;
    if (!isInField && isTyping(event)) return;
    const isPersonsEnter = isInField && event.key === "Enter" && !this.#wedge.isMachine;
    if (isPersonsEnter && numberField && "escn" in parsePayload(numberField.value)) {
      this.#wedge.forget();
      return;
    }
    if (!this.#wedge.isWaiting) this.#restore = restorerOf(event.composedPath()[0]);
    const outcome = this.#wedge.key(keyOf(event, isInField));
    if (outcome.swallow) {
      this.#restore();
      this.#swallowed.add(event.code);
      keepFromPage(event);
    }
    this.#deliver(outcome);
  }

  /** @param {Event} event */
  #onKeyUp(event) {
    if (!isKey(event)) return;
    const outcome = this.#wedge.release(keyOf(event, false));
    // Firefox presses a focused button when the space bar goes up.
    if (this.#swallowed.delete(event.code) || outcome.swallow) keepFromPage(event);
    this.#deliver(outcome);
  }
}

/**
 * Chrome's autofill sends events of this name without a key.
 * @param {Event} event
 * @returns {event is KeyboardEvent}
 */
function isKey(event) {
  return "key" in event && typeof event.key === "string";
}

/** @param {KeyboardEvent} event @param {boolean} field @returns {Key} */
function keyOf({ code, key, shiftKey, altKey, ctrlKey, metaKey, repeat, timeStamp }, field) {
  return { code, key, shiftKey, altKey, ctrlKey, metaKey, repeat, t: timeStamp, field };
}

/**
 * A function that restores the present selection of a list box; for any other target it does nothing.
 * @param {EventTarget} target
 */
function restorerOf(target) {
  if (typeof HTMLSelectElement === "undefined" || !(target instanceof HTMLSelectElement)) return () => {};
  const { selectedIndex } = target;
  return () => {
    if (target.selectedIndex !== selectedIndex) {
      target.selectedIndex = selectedIndex;
      target.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };
}

/** @param {Event} event */
function keepFromPage(event) {
  event.preventDefault();
  event.stopPropagation();
}

/** @param {TextField} field */
function empty(field) {
  field.value = "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
