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
