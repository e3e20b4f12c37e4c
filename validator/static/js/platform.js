/** Timers, a steady clock and random identifiers as values, so that tests can pass their own. */

/**
 * @typedef {object} Timers
 * @property {(work: () => void, ms: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 *
 * @typedef {object} Intervals
 * @property {(work: () => void, ms: number) => any} setInterval
 * @property {(timer: any) => void} clearInterval
 */

/** The browser's own. @type {Readonly<Timers & Intervals>} */
export const TIMERS = Object.freeze({
  setTimeout: (work, ms) => setTimeout(work, ms),
  clearTimeout: (timer) => clearTimeout(timer),
  setInterval: (work, ms) => setInterval(work, ms),
  clearInterval: (timer) => clearInterval(timer),
});

/** Steady milliseconds: a change of the device's clock does not move them. */
export const now = () => performance.now();

/**
 * A signal that aborts after `ms`, and a function that ends its timer. `AbortSignal.timeout` is newer than the oldest
 * supported browsers.
 * @param {number} ms
 * @param {Timers} [timers]
 * @returns {{signal: AbortSignal, clear: () => void}}
 */
export function abortAfter(ms, timers = TIMERS) {
  const stop = new AbortController();
  const timer = timers.setTimeout(() => stop.abort(), ms);
  return { signal: stop.signal, clear: () => timers.clearTimeout(timer) };
}

/**
 * A random identifier (UUID version 4), also in browsers without `crypto.randomUUID`.
 * @param {Pick<Crypto, "getRandomValues"> & {randomUUID?: () => string}} [crypto]
 * @returns {string}
 */
export function newId(crypto = globalThis.crypto) {
  if (crypto.randomUUID) {
    return crypto.randomUUID();
  }
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = 0x40 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
