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
 * @property {(event: Event) => boolean} [isTyping] whether a key belongs to a text field that is none of ours
 * @property {HTMLInputElement | null} [numberField] here a scan is taken too, however wrong its layout
 * @property {() => number} [now] on the clock of event.timeStamp
 * @property {(run: () => void, ms: number) => number} [setTimer]
 * @property {(timer: number) => void} [clearTimer]
 */

const TEXTLESS = new Set([
  "button", "checkbox", "color", "file", "image", "radio", "range", "reset", "submit",
]);
/** Milliseconds. A timer later than this came out of a blocked thread, with keys perhaps queued behind it. */
const LATE_MS = 30;

/** Whether an event's target takes keys as text, or to choose from a list. @param {Event} event */
export function typesText(event) {
  const target = event.composedPath()[0];
  if (target instanceof HTMLInputElement) return !TEXTLESS.has(target.type);
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLElement && target.isContentEditable;
}

/**
 * Listen on `target` (the document) until the returned function is called. Keys of a scan are seen by nobody
 * else; in the number field Enter is left to the field wherever the field's own text is a number.
 * @param {EventTarget} target
 * @param {Listening} listening
 * @returns {() => void}
 */
export function listenForWedge(target, {
  onCard,
  onForeign,
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

  /** @param {Outcome} outcome */
  function deliver({ clear, card, foreign }) {
    if (clear && numberField) empty(numberField);
    wait(wedge.pauseMs + 1, true);
    if (card) onCard(card.payload, { ms: card.ms, keys: card.keys });
    if (foreign) onForeign(foreign);
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
    if (field && event.key === "Enter" && numberField && "escn" in parsePayload(numberField.value)) {
      wedge.forget();
      return;
    }
    const outcome = wedge.key(plain(event, field));
    if (outcome.swallow) {
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

/** @param {Event} event */
function stop(event) {
  event.preventDefault();
  event.stopPropagation();
}

/** @param {HTMLInputElement} field */
function empty(field) {
  field.value = "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
