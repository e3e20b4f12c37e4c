/** The modes of a kiosk page, the long press that leaves it, and the dimming of its screen. */

/** @import {Timers} from "../platform.js" */

/**
 * @typedef {"locked" | "setup" | "over" | "sign_in"} Mode
 *   over: it was a kiosk, and its session has ended; sign_in: no person is signed in who could set it up.
 * @typedef {{ok: true, body: unknown} | {ok: false, why: string}} MeResult  The answer of /api/v1/me.
 */

/**
 * The server decides. If it cannot be asked, a locked tablet stays a kiosk: after a power cut the network may come back
 * later than the visitors. Pure.
 * @param {boolean} wasLocked
 * @param {MeResult} me
 * @returns {Mode}
 */
export function modeOf(wasLocked, me) {
  if (me.ok) {
    const { kind } = /** @type {{kind?: unknown}} */ (me.body ?? {});
    return kind === "kiosk" ? "locked" : "setup";
  }
  if (me.why === "signed_out") {
    return wasLocked ? "over" : "sign_in";
  }
  return wasLocked ? "locked" : "setup";
}

export const HOLD_MS = 3_000;

/**
 * Call `act` when the element has been held for three seconds, by finger, mouse or key. The hold continues if the
 * element moves away under the pointer.
 * @param {HTMLElement} element
 * @param {() => void} act
 * @param {Timers} timers
 */
export function onHold(element, act, timers) {
  /** @type {unknown} */
  let timer = null;

  function begin() {
    end();
    element.toggleAttribute("data-held", true);
    timer = timers.setTimeout(() => {
      end();
      act();
    }, HOLD_MS);
  }

  function end() {
    timers.clearTimeout(timer);
    element.toggleAttribute("data-held", false);
  }

  element.addEventListener("pointerdown", (event) => {
    keepPointer(element, event.pointerId);
    begin();
  });
  element.addEventListener("keydown", (event) => {
    if (!event.repeat && (event.key === "Enter" || event.key === " ")) {
      begin();
    }
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave", "lostpointercapture", "keyup", "blur"]) {
    element.addEventListener(name, end);
  }
  // A long press opens a menu on some tablets, which would end the hold.
  element.addEventListener("contextmenu", (event) => event.preventDefault());
}

/**
 * Direct all events of this pointer to the element until it is released.
 * @param {HTMLElement} element
 * @param {number} pointerId
 */
function keepPointer(element, pointerId) {
  try {
    element.setPointerCapture(pointerId);
  } catch {
    // The pointer has been released already.
  }
}

export const DIM_MS = 60_000;

/** Dims the screen after a minute without a card or a touch. It never switches the screen off. */
export class Dimmer {
  #parts;
  /** @type {unknown} */
  #timer = null;
  #isDimmed = false;

  /** @param {{on: (isDimmed: boolean) => void, mayDim: () => boolean, timers: Timers}} parts */
  constructor(parts) {
    this.#parts = parts;
    this.wake();
  }

  isDimmed() {
    return this.#isDimmed;
  }

  /** To be called for everything that shows a person. */
  wake() {
    const { timers, mayDim } = this.#parts;
    this.#set(false);
    timers.clearTimeout(this.#timer);
    this.#timer = timers.setTimeout(() => this.#set(mayDim()), DIM_MS);
  }

  /** @param {boolean} next */
  #set(next) {
    if (this.#isDimmed !== next) {
      this.#isDimmed = next;
      this.#parts.on(next);
    }
  }
}
