/**
 * The link's state as it is now, kept up to date: by every request, and by a probe where nothing else is
 * asked.
 */

import { UNKNOWN, afterAnswer, silent, slowNow } from "./link.js";

/**
 * @import {Sample} from "./call.js"
 * @import {Link, LinkState} from "./link.js"
 * @import {Timers} from "../timers.js"
 */

/**
 * @typedef {ReturnType<typeof createLink>} LinkNow
 */

export const PROBE_MS = 20_000;
/** Where the link is slow or gone, its coming back is looked for more often. */
export const PROBE_GONE_MS = 5_000;

/** The state that requests report to and others look at. */
export function createLink() {
  let link = UNKNOWN;
  /** @type {Set<(state: LinkState) => void>} */
  const listeners = new Set();
  /** @type {Set<() => void>} */
  const hearers = new Set();

  /** @param {Link} next */
  function become(next) {
    const changed = next.state !== link.state || slowNow(next) !== slowNow(link);
    link = next;
    if (changed) {
      listeners.forEach((listener) => listener(next.state));
    }
  }

  return Object.freeze({
    /** @returns {LinkState} */
    state: () => link.state,
    /** The part that is slow; null where none is, or none can be named. */
    slowPart: () => slowNow(link),
    /** @param {Sample} sample */
    heard(sample) {
      become(afterAnswer(link, sample));
      hearers.forEach((hearer) => hearer());
    },
    /** Nothing came for so many milliseconds until now. @param {number} ms @param {number} at */
    overdue: (ms, at) => become(silent(link, ms, at)),
    /** @param {(state: LinkState) => void} listener  told at every change of state, and of the slow part */
    onChange(listener) {
      listeners.add(listener);
    },
    /** @param {() => void} hearer  told after every request */
    onHeard(hearer) {
      hearers.add(hearer);
    },
  });
}

/**
 * Probe while the page is seen: 20 s after the last request of any kind, and at once when the browser says
 * that something about its network or its window changed.
 * @param {{link: LinkNow, alive: () => Promise<unknown>, timers: Timers,
 *   page?: {window: EventTarget, document: EventTarget & {hidden: boolean}}}} parts
 */
export function startProbing({ link, alive, timers, page = globalThis }) {
  /** @type {unknown} */
  let timer = null;
  let isProbing = false;
  let isStopped = false;

  function wait() {
    timers.clearTimeout(timer);
    const ms = link.state() === "live" ? PROBE_MS : PROBE_GONE_MS;
    timer = isStopped ? null : timers.setTimeout(probe, ms);
  }

  function probe() {
    if (!isProbing && !isStopped && !page.document.hidden) {
      isProbing = true;
      void alive().finally(() => {
        isProbing = false;
        wait();
      });
    }
  }

  const events = /** @type {const} */ (["online", "offline", "pageshow", "focus"]);
  events.forEach((name) => page.window.addEventListener(name, probe));
  page.document.addEventListener("visibilitychange", probe);
  link.onHeard(wait);
  probe();

  return Object.freeze({
    probe,
    stop() {
      isStopped = true;
      timers.clearTimeout(timer);
      events.forEach((name) => page.window.removeEventListener(name, probe));
      page.document.removeEventListener("visibilitychange", probe);
    },
  });
}
