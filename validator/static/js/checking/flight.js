/** One check under way: it asks the server, looks in the pack, keeps its time limits, and reports each change. */

import { decideAlone } from "../memory/decide.js";
import { BEGUN, step } from "./race.js";

/**
 * @import {DeferredCheck} from "../memory/queue.js"
 * @import {Row} from "../memory/row.js"
 * @import {Timers} from "../platform.js"
 * @import {Payload, Reason} from "../types.js"
 * @import {VerdictResult} from "./api.js"
 * @import {LinkState} from "./link.js"
 * @import {Event, Shown} from "./race.js"
 */

/**
 * @typedef {Readonly<Shown & {id: string}>} Answer
 * @typedef {(answer: Answer) => void} OnAnswer
 *
 * @typedef {object} PackReader  The part of the pack that a check uses.
 * @property {(escn: string) => Promise<Row | null>} find
 * @property {() => number} now
 * @property {() => number} likelyNow
 * @property {() => Readonly<Record<string, string>>} issuers
 *
 * @typedef {object} Parts
 * @property {PackReader} pack
 * @property {{add(check: DeferredCheck): Promise<unknown>, remove(ids: string[]): Promise<unknown>}} queue
 * @property {{state(): LinkState, overdue(ms: number, at: number): void}} link
 * @property {() => number} now  a steady clock in milliseconds
 * @property {Timers} timers
 * @property {() => string} newId
 * @property {number} [patienceMs]
 */

/** A remembered answer is shown after this time at the latest. */
const PATIENCE_MS = 2_000;
/** A named state is reached after this time at the latest; sooner if the link is known to be offline. */
const LAST_MS = 3_600;
const LAST_OFFLINE_MS = 1_500;
/**
 * A look in the pack takes tens of milliseconds, over a hundred on a slow phone. "Asking" is shown after this time; a
 * row that is found later still counts until an answer is shown.
 */
const LOOK_MS = 150;

export class Flight {
  #payload;
  #parts;
  #began;
  /** @type {Row | null} */
  #row = null;
  #race = BEGUN;
  #isQueued = false;
  /** @type {Set<OnAnswer>} */
  listeners = new Set();

  /**
   * @param {Payload} payload
   * @param {Parts} parts
   */
  constructor(payload, parts) {
    this.#payload = payload;
    this.#parts = parts;
    this.id = parts.newId();
    this.#began = parts.now();
  }

  shown() {
    return this.#race.shown;
  }

  /**
   * The whole check; it ends with the server's answer, however late, and never rejects.
   * @param {() => Promise<VerdictResult>} ask
   * @param {() => void} ended  called just before the last change is reported
   */
  async run(ask, ended) {
    const { link, timers } = this.#parts;
    const patienceMs = Math.min(this.#parts.patienceMs ?? PATIENCE_MS, PATIENCE_MS);
    const lastMs = link.state() === "offline" ? LAST_OFFLINE_MS : LAST_MS;
    const waiting = [
      this.#after(LOOK_MS, () => ({ kind: "still_looking" })),
      this.#after(patienceMs, () => (this.#reportOverdue(), { kind: "patience" })),
      this.#after(lastMs, () => (this.#reportOverdue(), { kind: "last", link: link.state() })),
    ];
    const asked = ask();
    const looked = this.#look();
    const result = await asked;
    if (!result.ok || result.verdict.outcome === "could_not_check") {
      // Only a remembered answer can help now.
      await within(lastMs - this.#elapsedMs(), looked, timers);
    }
    waiting.forEach((timer) => timers.clearTimeout(timer));
    ended();
    this.#happen(result.ok ? { kind: "live", verdict: result.verdict } : { kind: "failed", why: result.why });
    return result;
  }

  #elapsedMs() {
    return this.#parts.now() - this.#began;
  }

  /** @param {number} ms @param {() => Event} event */
  #after(ms, event) {
    return this.#parts.timers.setTimeout(() => this.#happen(event()), ms);
  }

  #reportOverdue() {
    const at = this.#parts.now();
    this.#parts.link.overdue(at - this.#began, at);
  }

  /** The pack's answer counts whenever it arrives; a pack that cannot be read has none. */
  async #look() {
    this.#row = await this.#parts.pack.find(this.#payload.escn).catch(() => null);
    this.#happen({ kind: "found", link: this.#parts.link.state() });
  }

  /** @param {Reason} [failure] @param {boolean} [withoutMemory] */
  #decide(failure, withoutMemory = false) {
    const { pack } = this.#parts;
    return decideAlone(this.#payload, withoutMemory ? null : this.#row, pack.now(), pack.issuers(), failure);
  }

  /** @param {Event} event */
  #happen(event) {
    const before = this.#race.shown;
    this.#race = step(this.#race, event, (failure, withoutMemory) => this.#decide(failure, withoutMemory));
    const { shown } = this.#race;
    if (shown !== null && shown !== before) {
      this.#defer(shown, event);
      const answer = Object.freeze({ ...shown, id: this.id });
      this.listeners.forEach((listener) => notify(listener, answer));
    }
  }

  /**
   * Queue a check that the server has not answered; take it out of the queue once the server has.
   * @param {Shown} shown
   * @param {Event} event
   */
  #defer({ verdict, trouble }, event) {
    const { queue, pack } = this.#parts;
    const isAnswered = event.kind === "live" || trouble === "signed_out";
    if (isAnswered && this.#isQueued) {
      void queue.remove([this.id]);
    } else if (!isAnswered && !this.#isQueued && verdict !== null) {
      this.#isQueued = true;
      const { outcome, reason } = verdict;
      const madeAt = pack.likelyNow() - this.#elapsedMs();
      void queue.add({ id: this.id, escn: this.#payload.escn, madeAt, shown: { outcome, reason } });
    }
  }
}

/**
 * Resolves with the work, or after `ms`.
 * @param {number} ms
 * @param {Promise<void>} work
 * @param {Timers} timers
 * @returns {Promise<void>}
 */
function within(ms, work, timers) {
  return new Promise((resolve) => {
    const timer = timers.setTimeout(resolve, ms);
    void work.finally(() => {
      timers.clearTimeout(timer);
      resolve();
    });
  });
}

/**
 * Call the listener; a page that fails to show an answer must not end the check.
 * @param {OnAnswer} listener
 * @param {Answer} answer
 */
export function notify(listener, answer) {
  try {
    listener(answer);
  } catch (fault) {
    report(fault);
  }
}

/**
 * Report a fault as an uncaught exception, without ending the caller. Chrome has `reportError` since version 95.
 * @param {unknown} fault
 */
export function report(fault) {
  if (globalThis.reportError) {
    globalThis.reportError(fault);
  } else {
    setTimeout(() => {
      throw fault;
    });
  }
}
