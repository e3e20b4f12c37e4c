/** Keeps the screen awake while somebody scans, as long as the browser lets us. */

/**
 * @typedef {"on" | "off" | "unsupported" | "refused"} WakeState
 * @typedef {{wakeLock?: {request(kind: "screen"): Promise<WakeLockSentinel>}}} Waker
 */

/**
 * A lock that is asked for again whenever the page comes back into sight: browsers drop it with the page.
 * `state()` tells how it stands; iOS home-screen apps know it from 18.4 on (peers.md, 5).
 * @param {{document: Document, navigator: Waker}} surroundings
 * @returns {{start(): Promise<WakeState>, stop(): Promise<void>, state(): WakeState}}
 */
export function keepAwake({ document, navigator }) {
  /** @type {WakeLockSentinel | null} */
  let lock = null;
  /** @type {WakeState} */
  let state = navigator.wakeLock ? "off" : "unsupported";
  let isWanted = false;

  async function ask() {
    if (!navigator.wakeLock || !isWanted || document.visibilityState !== "visible" || (lock && !lock.released)) {
      return state;
    }
    try {
      lock = await navigator.wakeLock.request("screen");
      state = "on";
    } catch {
      state = "refused";
    }
    return state;
  }

  document.addEventListener("visibilitychange", () => void ask());
  return {
    start() {
      isWanted = true;
      return ask();
    },
    async stop() {
      isWanted = false;
      await lock?.release().catch(() => {});
      state = navigator.wakeLock ? "off" : "unsupported";
    },
    state: () => state,
  };
}
