/** Timers as a value, so that tests can turn them by hand. */

/**
 * @typedef {object} Timers
 * @property {(work: () => void, ms: number) => unknown} set
 * @property {(timer: any) => void} clear
 */

/** The browser's own. @type {Timers} */
export const BROWSER_TIMERS = Object.freeze({
  set: (work, ms) => setTimeout(work, ms),
  clear: (timer) => clearTimeout(timer),
});

/**
 * A signal that aborts after so long, and how to end its timer; `AbortSignal.timeout` is newer than our oldest browsers.
 * @param {number} ms
 * @param {Timers} [timers]
 * @returns {{signal: AbortSignal, clear: () => void}}
 */
export function abortAfter(ms, timers = BROWSER_TIMERS) {
  const stop = new AbortController();
  const timer = timers.set(() => stop.abort(), ms);
  return { signal: stop.signal, clear: () => timers.clear(timer) };
}
