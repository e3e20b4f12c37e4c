/**
 * The link to our server: live, slow or offline. Only measurements decide; `navigator.onLine` is not used. The functions
 * are pure; `LinkMonitor` holds the current state and `Prober` measures while nothing else does.
 */

/**
 * @import {Timers} from "../platform.js"
 * @import {Sample} from "./call.js"
 */

/**
 * @typedef {"live" | "slow" | "offline"} LinkState
 * @typedef {object} Link
 * @property {LinkState} state
 * @property {readonly number[]} durations  of the last answers, in milliseconds, newest last
 * @property {number} answeredAt  when the last answer came
 * @property {SlowPart | null} part  the part that was slow last, until a measurement refutes it
 * @property {number | null} probeMs  how long the last probe took; it needs the network, and hardly any time of our server
 *
 * @typedef {"network" | "server" | "register"} SlowPart  The way to our server, our server, the card register.
 */

const MAX_DURATIONS = 5;
export const SLOW_MS = 1_500;
/** After this time without an answer the link is at least slow. */
export const OVERDUE_MS = 2_000;
/** After this time without an answer the link is offline. */
export const GONE_MS = 3_500;

/** Until the first measurement the link counts as live. @type {Link} */
export const INITIAL = Object.freeze({
  state: "live",
  durations: Object.freeze([]),
  answeredAt: -Infinity,
  part: null,
  probeMs: null,
});

/**
 * The part that took most of a slow answer; null if the answer was quick.
 * @param {{ms: number, routerMs?: number | null, isProbe?: boolean}} sample  `routerMs`: how long our server waited
 *   for the card register; null if it did not say so or did not ask.
 * @param {number | null} probeMs
 * @returns {SlowPart | null}
 */
export function slowPart({ ms, routerMs = null, isProbe = false }, probeMs) {
  if (ms <= SLOW_MS) {
    return null;
  }
  const register = Math.min(routerMs ?? 0, ms);
  const rest = ms - register;
  if (register >= rest) {
    return "register";
  }
  return isProbe || probeMs === null || probeMs >= rest - probeMs ? "network" : "server";
}

/** The part to show now. @param {Link} link */
export function currentSlowPart({ state, part }) {
  return state === "slow" ? part : null;
}

/**
 * The link after a request ended.
 * @param {Link} link
 * @param {Sample} sample
 * @returns {Link}
 */
export function afterAnswer(link, sample) {
  const { at, ms, measures, why } = sample;
  if (why === "offline") {
    return after(link, "offline", [], link.answeredAt);
  }
  if (why === "slow") {
    return afterSilence(link, ms, at);
  }
  if (why === "server_fault") {
    // An answer, but not a sound one of our server: it is no measure of the link.
    return link;
  }
  if (measures && ms >= GONE_MS && link.state !== "live") {
    // Most of this time was the outage. The link is back; the next answer measures its speed.
    return after(link, "slow", [], at);
  }
  const durations = measures ? [...link.durations, ms].slice(-MAX_DURATIONS) : link.durations;
  const state = median(durations) > SLOW_MS ? "slow" : "live";
  return measures ? withPart(after(link, state, durations, at), sample) : after(link, state, durations, at);
}

/**
 * A quick probe does not refute that our server or the card register is slow; any other quick answer does.
 * @param {Link} link
 * @param {Sample} sample
 */
function withPart(link, sample) {
  const { isProbe = false } = sample;
  const probeMs = isProbe ? sample.ms : link.probeMs;
  const stays = isProbe || link.state === "slow";
  const part = slowPart(sample, probeMs) ?? (stays ? link.part : null);
  return Object.freeze({ ...link, part, probeMs });
}

/**
 * The link while a request has had no answer for `ms`, or has ended without one. A request that was sent before the
 * last answer came is no measure.
 * @param {Link} link
 * @param {number} ms
 * @param {number} at  now
 * @returns {Link}
 */
export function afterSilence(link, ms, at) {
  const isOvertaken = link.answeredAt > at - ms;
  if (isOvertaken || ms < OVERDUE_MS) {
    return link;
  }
  // Earlier measurements no longer count.
  const isGone = ms >= GONE_MS || link.state === "offline";
  return after(link, isGone ? "offline" : "slow", [], link.answeredAt);
}

/**
 * @param {Link} link
 * @param {LinkState} state
 * @param {readonly number[]} durations
 * @param {number} answeredAt
 * @returns {Link}
 */
function after(link, state, durations, answeredAt) {
  return Object.freeze({ ...link, state, durations: Object.freeze([...durations]), answeredAt });
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

/** The current state of the link: requests report to it, others read it. */
export class LinkMonitor {
  #link = INITIAL;
  /** @type {Set<(state: LinkState) => void>} */
  #changeListeners = new Set();
  /** @type {Set<() => void>} */
  #sampleListeners = new Set();

  /** @returns {LinkState} */
  state() {
    return this.#link.state;
  }

  /** The part that is slow; null if none is, or if it is not known. */
  slowPart() {
    return currentSlowPart(this.#link);
  }

  /** @param {Sample} sample */
  record(sample) {
    this.#set(afterAnswer(this.#link, sample));
    this.#sampleListeners.forEach((listener) => listener());
  }

  /** There has been no answer for `ms` until now. @param {number} ms @param {number} at */
  overdue(ms, at) {
    this.#set(afterSilence(this.#link, ms, at));
  }

  /** @param {(state: LinkState) => void} listener  called at each change of the state or of the slow part */
  onChange(listener) {
    this.#changeListeners.add(listener);
  }

  /** @param {() => void} listener  called after each request */
  onSample(listener) {
    this.#sampleListeners.add(listener);
  }

  /** @param {Link} next */
  #set(next) {
    const isChanged = next.state !== this.#link.state || currentSlowPart(next) !== currentSlowPart(this.#link);
    this.#link = next;
    if (isChanged) {
      this.#changeListeners.forEach((listener) => listener(next.state));
    }
  }
}

export const PROBE_MS = 20_000;
/** A slow or lost link is probed more often. */
export const PROBE_GONE_MS = 5_000;
const EVENTS = /** @type {const} */ (["online", "offline", "pageshow", "focus"]);

/**
 * Probes the link while the page is visible: some seconds after the last request of any kind, and at once when the
 * browser reports a change of its network or its window.
 */
export class Prober {
  #parts;
  #page;
  /** @type {unknown} */
  #timer = null;
  #isProbing = false;
  #isStopped = false;

  /**
   * @param {{link: LinkMonitor, alive: () => Promise<unknown>, timers: Timers,
   *   page?: {window: EventTarget, document: EventTarget & {hidden: boolean}}}} parts
   */
  constructor({ page = globalThis, ...parts }) {
    this.#parts = parts;
    this.#page = page;
    EVENTS.forEach((name) => page.window.addEventListener(name, this.probe));
    page.document.addEventListener("visibilitychange", this.probe);
    parts.link.onSample(() => this.#wait());
    this.probe();
  }

  probe = () => {
    if (!this.#isProbing && !this.#isStopped && !this.#page.document.hidden) {
      this.#isProbing = true;
      void this.#parts.alive().finally(() => {
        this.#isProbing = false;
        this.#wait();
      });
    }
  };

  stop() {
    const { window, document } = this.#page;
    this.#isStopped = true;
    this.#parts.timers.clearTimeout(this.#timer);
    EVENTS.forEach((name) => window.removeEventListener(name, this.probe));
    document.removeEventListener("visibilitychange", this.probe);
  }

  #wait() {
    const { link, timers } = this.#parts;
    timers.clearTimeout(this.#timer);
    const ms = link.state() === "live" ? PROBE_MS : PROBE_GONE_MS;
    this.#timer = this.#isStopped ? null : timers.setTimeout(this.probe, ms);
  }
}
