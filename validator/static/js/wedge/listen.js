// @ts-check
/** Hears what hand-held scanners type anywhere on the page, without needing the focus. */
import { parsePayload } from "../payload/payload.js";
import { createWedge } from "./wedge.js";

/**
 * @typedef {import("./wedge.js").Outcome} Outcome
 * @typedef {import("./wedge.js").Scan} Scan
 * @typedef {import("../types.js").Payload} Payload
 * @typedef {import("../types.js").Refusal} Refusal
 *
 * @typedef {object} Listening
 * @property {(payload: Payload, scan: {ms: number, keys: number}) => void} onCard with how long the keys took
 * @property {(refusal: Refusal) => void} onForeign
 * @property {(extras: import("../payload/payload.js").Extras) => void} [onExtras]  After each number: what was around it.
 * @property {(event: Event) => boolean} [isTyping] whether a key belongs to a text field that is none of ours
 * @property {import("../typing/several_lines.js").NumberField | null} [numberField] here a scan is taken too, however wrong its layout
 * @property {() => number} [now] on the clock of event.timeStamp
 * @property {(run: () => void, ms: number) => number} [setTimer]
 * @property {(timer: number) => void} [clearTimer]
 */

const TEXTUAL = new Set([
  "text", "search", "url", "tel", "email", "password", "number",
  "date", "datetime-local", "month", "time", "week",
]);
/** Milliseconds. A timer later than this came out of a blocked thread, with keys perhaps queued behind it. */
const LATE_MS = 30;

/** Whether an event's target takes keys as text; a list box, which only chooses by them, does not. @param {Event} event */
export function typesText(event) {
  const target = event.composedPath()[0];
  if (target instanceof HTMLInputElement) return TEXTUAL.has(target.type);
  if (target instanceof HTMLTextAreaElement) return true;
  return target instanceof HTMLElement && target.isContentEditable;
}

/**
 * Listen on `target` (the document) until the returned function is called. Keys of a scan are seen by nobody
 * else; in the number field a person's Enter is left to the field wherever the field's own text is a number.
 * @param {EventTarget} target
 * @param {Listening} listening
 * @returns {() => void}
 */
export function listenForWedge(target, {
  onCard,
  onForeign,
  onExtras = () => undefined,
  isTyping = typesText,
  numberField = null,
  now = () => performance.now(),
  setTimer = (run, ms) => window.setTimeout(run, ms),
  clearTimer = (timer) => window.clearTimeout(timer),
}) {
  const wedge = createWedge();
  /** @type {Set<string>} */
  const swallowed = new Set();
  /** @type {number | undefined} */
  let timer;
  /** Puts back what the first keys of a scan chose from a list box, before they were known to be a scan's. */
  let restore = () => {};

  /** @param {Outcome} outcome */
  function deliver({ clear, card, foreign, extras }) {
    if (clear && numberField) empty(numberField);
    wait(wedge.pauseMs + 1, true);
    if (card) onCard(card.payload, { ms: card.ms, keys: card.keys });
    if (foreign) onForeign(foreign);
    if (extras) onExtras(extras);
  }

  /** @param {number} ms @param {boolean} mayBeLate */
  function wait(ms, mayBeLate) {
    if (timer !== undefined) clearTimer(timer);
    const due = now() + ms;
    timer = wedge.isWaiting ? setTimer(() => onTimer(due, mayBeLate), ms) : undefined;
  }

  /** @param {number} due @param {boolean} mayBeLate */
  function onTimer(due, mayBeLate) {
    timer = undefined;
    if (mayBeLate && now() - due > LATE_MS) wait(LATE_MS, false);
    else deliver(wedge.silence(now()));
  }

  /** @param {Event} event */
  function onKeyDown(event) {
    if (!isKey(event) || event.isComposing) return;
    const field = numberField !== null && event.composedPath()[0] === numberField;
    if (!field && isTyping(event)) return;
    const isOwn = field && event.key === "Enter" && !wedge.isMachine;
    if (isOwn && numberField && "escn" in parsePayload(numberField.value)) {
      wedge.forget();
      return;
    }
    if (!wedge.isWaiting) restore = choiceOf(event.composedPath()[0]);
    const outcome = wedge.key(plain(event, field));
    if (outcome.swallow) {
      restore();
      swallowed.add(event.code);
      stop(event);
    }
    deliver(outcome);
  }

  /** @param {Event} event */
  function onKeyUp(event) {
    if (!isKey(event)) return;
    const outcome = wedge.release(plain(event, false));
    // Firefox presses a focused button when the space bar comes up.
    if (swallowed.delete(event.code) || outcome.swallow) stop(event);
    deliver(outcome);
  }

  target.addEventListener("keydown", onKeyDown, { capture: true });
  target.addEventListener("keyup", onKeyUp, { capture: true });
  return () => {
    target.removeEventListener("keydown", onKeyDown, { capture: true });
    target.removeEventListener("keyup", onKeyUp, { capture: true });
    wedge.forget();
    if (timer !== undefined) clearTimer(timer);
  };
}

/**
 * Chrome's own filling-in sends events of this name without a key.
 * @param {Event} event
 * @returns {event is KeyboardEvent}
 */
function isKey(event) {
  return "key" in event && typeof event.key === "string";
}

/** @param {KeyboardEvent} event @param {boolean} field @returns {import("./keys.js").Key} */
function plain({ code, key, shiftKey, altKey, ctrlKey, metaKey, repeat, timeStamp }, field) {
  return { code, key, shiftKey, altKey, ctrlKey, metaKey, repeat, t: timeStamp, field };
}

/**
 * Brings a list box back to what is chosen in it now; does nothing for anything else.
 * @param {EventTarget} target
 */
function choiceOf(target) {
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
function stop(event) {
  event.preventDefault();
  event.stopPropagation();
}

/** @param {import("../typing/several_lines.js").NumberField} field */
function empty(field) {
  field.value = "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
