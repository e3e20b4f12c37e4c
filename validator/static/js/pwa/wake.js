/** Keeps the screen awake while the scanner runs, where the browser allows it. */

/**
 * @typedef {"on" | "off" | "unsupported" | "refused"} WakeState
 * @typedef {{wakeLock?: {request(kind: "screen"): Promise<WakeLockSentinel>}}} NavigatorWithLock
 */

/** Browsers differ in which event counts as a touch of the page; one of these counts in each browser. */
export const TOUCHES = Object.freeze(["pointerdown", "pointerup", "click", "keydown"]);

/**
 * Holds a wake lock. It is requested again when the page becomes visible (browsers release it with the page), and at
 * each touch while there is none: Safari grants it only inside a tap. Call `start` before anything else in a tap. `on`
 * is called at each change. iOS home-screen apps have the lock from 18.4 on.
 * @param {{document: Document, navigator: NavigatorWithLock, on?: (state: WakeState) => void}} parts
 * @returns {{start(): Promise<WakeState>, stop(): Promise<void>, state(): WakeState}}
 */
export function keepAwake({ document, navigator, on = () => undefined }) {
  /** @type {WakeLockSentinel | null} */
  let lock = null;
  const idle = navigator.wakeLock ? "off" : "unsupported";
  /** @type {WakeState} */
  let state = idle;
  let isWanted = false;

  const isHeld = () => lock !== null && !lock.released;

  /** @param {WakeState} next */
  function enter(next) {
    if (state !== next) {
      state = next;
      on(state);
    }
  }

  async function request() {
    if (!navigator.wakeLock || !isWanted || document.visibilityState !== "visible" || isHeld()) {
      return state;
    }
    const granted = await navigator.wakeLock.request("screen").catch(() => null);
    if (granted !== null && isWanted && !isHeld()) {
      lock = granted;
    } else {
      // Stopped meanwhile, or another touch got the lock first.
      await granted?.release().catch(() => undefined);
    }
    enter(!isWanted ? idle : isHeld() ? "on" : "refused");
    return state;
  }

  document.addEventListener("visibilitychange", () => void request());
  for (const touch of TOUCHES) {
    document.addEventListener(touch, () => void request(), { capture: true, passive: true });
  }
  return {
    start() {
      isWanted = true;
      return request();
    },
    async stop() {
      isWanted = false;
      await lock?.release().catch(() => undefined);
      enter(idle);
    },
    state: () => state,
  };
}
