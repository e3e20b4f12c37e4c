/** The window's timers and steady clock as values, for what takes them as parameters. */

export const WINDOW_TIMERS = Object.freeze({
  setTimeout: (/** @type {() => void} */ work, /** @type {number} */ ms) => window.setTimeout(work, ms),
  clearTimeout: (/** @type {number} */ id) => window.clearTimeout(id),
});

/** Steady milliseconds. */
export const now = () => performance.now();
