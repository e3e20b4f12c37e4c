/** Takes the events of a page, keeps the state of the result, and lets it be drawn, heard and read aloud. */

import { own } from "../addresses.js";
import { DEFAULTS } from "../settings/preferences.js";
import { Drawing } from "./drawing.js";
import { LIVE_S } from "./present.js";
import { initialState, step } from "./result_state.js";
import { nextTick } from "./state_answers.js";

/**
 * @import {Feedback} from "../feedback/feedback.js"
 * @import {Preferences} from "../settings/preferences.js"
 * @import {Timers} from "../platform.js"
 * @import {Payload, Refusal} from "../types.js"
 * @import {Answer, By, Contradiction, Effect, Options, Reading, ResultEvent} from "./types.js"
 * @import {View} from "./view.js"
 */

/**
 * @typedef {object} Parts
 * @property {HTMLElement} root  with the slots of templates/scanner/viewfinder.html
 * @property {string} zone  of the place where cards are checked
 * @property {Preferences} preferences
 * @property {Feedback} feedback
 * @property {(payload: Payload, onAnswer: (answer: Answer) => void) => unknown} check
 * @property {() => number} now  steady milliseconds
 * @property {() => Date} date
 * @property {Timers} timers
 * @property {string} [guide]
 * @property {boolean} [kiosk]  every answer clears itself, and shows only what concerns the visitor
 * @property {(view: View | null) => void} [onView]
 * @property {() => void} [onChange]  a person wants to change the typed number
 */

export class Board {
  #parts;
  #isKiosk;
  #drawing;
  #state;
  /** @type {unknown} */
  #tickTimer = null;
  /** What to do when a notice with this id has been seen. @type {Map<number, () => void>} */
  #whenSeen = new Map();
  #ignorePreferences;
  #onClick = (/** @type {Event} */ event) => this.#click(event);

  /** @param {Parts} parts */
  constructor(parts) {
    const { root, preferences, kiosk = false, guide = own("/guide") } = parts;
    const warns = () => preferences.get("kioskWarnings", true);
    this.#parts = parts;
    this.#isKiosk = kiosk;
    this.#drawing = new Drawing({ ...parts, guide, warns, isKiosk: kiosk });
    this.#state = initialState(optionsOf(preferences, kiosk));
    root.addEventListener("click", this.#onClick);
    for (const kind of ["keydown", "wheel", "pointercancel"]) {
      this.#drawing.slots.result?.addEventListener(kind, () => this.#touch(), { passive: true });
    }
    this.#markQueue();
    this.#ignorePreferences = preferences.onChange(() => {
      this.#markQueue();
      this.#take({ type: "options", options: optionsOf(preferences, kiosk), at: this.#now() });
    });
  }

  /** @param {Payload} payload @param {By} [by] @param {Refusal | null} [beside] */
  card(payload, by = "camera", beside = null) {
    this.#take({ type: "card", payload, by, beside, at: this.#now() });
  }

  /** A code that is no card. @param {Refusal} refusal @param {By} [by] */
  foreign(refusal, by = "camera") {
    this.#take({ type: "foreign", refusal, by, at: this.#now() });
  }

  several() {
    this.foreign({ code: "several_codes", kind: null });
  }

  again() {
    this.#take({ type: "again", at: this.#now() });
  }

  dismiss() {
    this.#take({ type: "dismissed", at: this.#now() });
  }

  /** Whether a result is shown or being asked for: not the moment to change anything. */
  isBusy() {
    const { shown, foreign, notices } = this.#state;
    return shown !== null || foreign !== null || notices.length > 0;
  }

  /** A photo was taken: it ends the answer before it. @returns {Reading} */
  picture() {
    const token = this.#state.next;
    this.#take({ type: "picture", at: this.#now() });
    return {
      read: (verdict) => {
        const answer = /** @type {const} */ ({ phase: "live", verdict, confirming: false, change: null, trouble: null });
        this.#take({ type: "answer", token, answer, at: this.#now() });
      },
      refused: (refusal) => this.#take({ type: "unread", token, refusal, at: this.#now() }),
      failed: () => this.#take({ type: "unread", token, refusal: null, at: this.#now() }),
    };
  }

  /** @param {string | null} kind */
  hint(kind) {
    this.#drawing.hint(kind);
  }

  /** @param {Contradiction} contradiction */
  contradiction({ number, shown, now: later, made_at: madeAt, seen }) {
    if (seen) {
      this.#whenSeen.set(this.#state.next, seen);
    }
    const kind = /** @type {const} */ ("contradiction");
    const notice = { kind, number, was: shown, now: later, madeAt, loud: true };
    this.#take({ type: "notice", notice, at: this.#now() });
  }

  close() {
    const { root, timers } = this.#parts;
    this.#ignorePreferences();
    timers.clearTimeout(this.#tickTimer);
    this.#drawing.close();
    root.removeEventListener("click", this.#onClick);
  }

  #now() {
    return this.#parts.now();
  }

  /** @param {ResultEvent} event */
  #take(event) {
    const before = this.#state;
    const { state, effects } = step(before, event);
    this.#state = state;
    this.#drawing.draw(before, state);
    effects.forEach((effect) => this.#run(effect));
    this.#planTick();
  }

  /** @param {Effect} effect */
  #run(effect) {
    const { feedback, check } = this.#parts;
    if (effect.do === "signal") {
      feedback.signal(effect.signal);
    } else if (effect.do === "say") {
      feedback.say(this.#drawing.spoken(effect.what));
    } else {
      const { token, payload } = effect;
      check(payload, (answer) => this.#take({ type: "answer", token, answer, at: this.#now() }));
    }
  }

  /** Set the timer for the next change of the state. */
  #planTick() {
    const { timers } = this.#parts;
    timers.clearTimeout(this.#tickTimer);
    const next = nextTick(this.#state, this.#now());
    if (next !== null) {
      const tick = () => this.#take({ type: "tick", at: this.#now() });
      this.#tickTimer = timers.setTimeout(tick, Math.max(0, Math.ceil(next - this.#now())));
    }
  }

  /** @param {Event} event */
  #click({ target }) {
    const pressed = target instanceof Element ? target : null;
    const button = pressed?.closest("[data-action], [data-noted]");
    const noted = button?.getAttribute("data-noted");
    if (noted) {
      this.#whenSeen.get(Number(noted))?.();
      this.#whenSeen.delete(Number(noted));
      this.#take({ type: "noted", id: Number(noted), at: this.#now() });
    } else if (button) {
      this.#press(button.getAttribute("data-action"));
    } else if (pressed && this.#drawing.slots.result?.contains(pressed)) {
      this.#touch(pressed.closest(".face") !== null);
    }
  }

  /** @param {string | null} action */
  #press(action) {
    if (action === "change") {
      this.#parts.onChange?.();
    } else if (action === "again") {
      this.again();
    } else {
      this.dismiss();
    }
  }

  /** The first touch holds a result that would clear itself; a second one, on its face, clears it. */
  #touch(isOnFace = false) {
    if (!this.#isKiosk) {
      const isSecond = isOnFace && this.#state.heldAt !== null;
      this.#take({ type: isSecond ? "dismissed" : "touch", at: this.#now() });
    }
  }

  #markQueue() {
    const { root, preferences } = this.#parts;
    root.toggleAttribute("data-queue", !this.#isKiosk && preferences.get("queueMode", false));
  }
}

/** In a queue the next person is waiting. */
const QUEUE_MS = 4_000;

/**
 * The times of results, from the preferences of this device.
 * @param {Preferences} preferences
 * @param {boolean} isKiosk
 * @returns {Options}
 */
function optionsOf(preferences, isKiosk) {
  /** @param {keyof typeof DEFAULTS} name */
  const ms = (name) => 1_000 * preferences.get(name, Number(DEFAULTS[name]));
  const isQueue = preferences.get("queueMode", false);
  return {
    resultMs: isQueue ? Math.min(QUEUE_MS, ms("resultSeconds")) : ms("resultSeconds"),
    sameCodeMs: ms("sameCodeSeconds"),
    liveS: LIVE_S,
    kiosk: isKiosk
      ? {
          valid: ms("kioskValidSeconds"),
          not_valid: ms("kioskNotValidSeconds"),
          could_not_check: ms("kioskCouldNotCheckSeconds"),
        }
      : null,
  };
}
