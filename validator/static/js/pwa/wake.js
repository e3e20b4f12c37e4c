/** Keeps the screen awake while the scanner runs, where the browser allows it. */

import { _, N_ } from "../messages.js";

/**
 * @typedef {"on" | "off" | "unsupported" | "refused"} WakeState
 * @typedef {{wakeLock?: {request(kind: "screen"): Promise<WakeLockSentinel>}}} NavigatorWithLock
 */

/** @type {Record<WakeState, string>} */
const TEXTS = {
  on: N_("The screen stays on while you scan."),
  off: N_("The screen stays on once the camera runs."),
  refused: N_("The screen may go dark: this device is saving power at the moment."),
  unsupported: N_("The screen may go dark: set it to stay on in the device’s own settings."),
};

/** Whether the screen stays on, for the settings. @param {WakeState} state */
export const wakeText = (state) => _(TEXTS[state]);

/** Browsers differ in which event counts as a touch of the page; one of these counts in each browser. */
export const TOUCHES = Object.freeze(["pointerdown", "pointerup", "click", "keydown"]);

/**
 * A wake lock. It is requested again when the page becomes visible (browsers release it with the page), and at each
 * touch while there is none: Safari grants it only inside a tap. iOS home-screen apps have the lock from 18.4 on.
 */
export class ScreenWakeLock {
  #document;
  #navigator;
  #on;
  /** @type {WakeLockSentinel | null} */
  #lock = null;
  /** @type {WakeState} */
  #state;
  #isWanted = false;

  /**
   * @param {{document: Document, navigator: NavigatorWithLock, on?: (state: WakeState) => void}} parts
   *   `on` is called at each change.
   */
  constructor({ document, navigator, on = () => undefined }) {
    this.#document = document;
    this.#navigator = navigator;
    this.#on = on;
    this.#state = this.#idleState();
    const request = () => void this.#request();
    document.addEventListener("visibilitychange", request);
    TOUCHES.forEach((touch) => document.addEventListener(touch, request, { capture: true, passive: true }));
  }

  /** Call it before anything else in a tap. */
  start() {
    this.#isWanted = true;
    return this.#request();
  }

  async stop() {
    this.#isWanted = false;
    await this.#lock?.release().catch(() => undefined);
    this.#enter(this.#idleState());
  }

  state() {
    return this.#state;
  }

  /** @returns {WakeState} */
  #idleState() {
    return this.#navigator.wakeLock ? "off" : "unsupported";
  }

  #isHeld() {
    return this.#lock !== null && !this.#lock.released;
  }

  /** @param {WakeState} next */
  #enter(next) {
    if (this.#state !== next) {
      this.#state = next;
      this.#on(next);
    }
  }

  async #request() {
    const { wakeLock } = this.#navigator;
    if (!wakeLock || !this.#isWanted || this.#document.visibilityState !== "visible" || this.#isHeld()) {
      return this.#state;
    }
    const granted = await wakeLock.request("screen").catch(() => null);
    if (granted !== null && this.#isWanted && !this.#isHeld()) {
      this.#lock = granted;
    } else {
      // Stopped meanwhile, or another touch got the lock first.
      await granted?.release().catch(() => undefined);
    }
    this.#enter(!this.#isWanted ? this.#idleState() : this.#isHeld() ? "on" : "refused");
    return this.#state;
  }
}
