/** Keeps the screen awake while somebody scans, as long as the browser lets us. */

/**
 * @typedef {"on" | "off" | "unsupported" | "refused"} WakeState
 * @typedef {{wakeLock?: {request(kind: "screen"): Promise<WakeLockSentinel>}}} Waker
 */

/** What counts as a touch of the page differs from browser to browser; one of these does everywhere. */
export const TOUCHES = Object.freeze(["pointerdown", "pointerup", "click", "keydown"]);

/**
 * A lock that is asked for again whenever the page comes back into sight, because browsers drop it with the page, and
 * at each touch while there is none: Safari gives it only inside a tap. Call `start` before anything else in a tap.
 * `on` is told each change; iOS home-screen apps know the lock from 18.4 on (peers.md, 5).
 * @param {{document: Document, navigator: Waker, on?: (state: WakeState) => void}} surroundings
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
  function become(next) {
    if (state !== next) {
      state = next;
      on(state);
    }
  }

  async function ask() {
    if (!navigator.wakeLock || !isWanted || document.visibilityState !== "visible" || isHeld()) {
      return state;
    }
    const given = await navigator.wakeLock.request("screen").catch(() => null);
    if (given !== null && isWanted && !isHeld()) {
      lock = given;
    } else {
      // Stopped meanwhile, or another touch was quicker.
      await given?.release().catch(() => undefined);
    }
    become(!isWanted ? idle : isHeld() ? "on" : "refused");
    return state;
  }

  document.addEventListener("visibilitychange", () => void ask());
  for (const touch of TOUCHES) {
    document.addEventListener(touch, () => void ask(), { capture: true, passive: true });
  }
  return {
    start() {
      isWanted = true;
      return ask();
    },
    async stop() {
      isWanted = false;
      await lock?.release().catch(() => undefined);
      become(idle);
    },
    state: () => state,
  };
}
