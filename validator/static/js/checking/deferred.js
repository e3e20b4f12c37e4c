/** Delivers deferred checks to the server: each one once, while no card is being checked, oldest first. */

import { masked } from "../payload/escn.js";
import { belongTogether, verdictOf } from "./api.js";

/**
 * @import {Contradiction} from "../memory/notices.js"
 * @import {DeferredCheck, Queue} from "../memory/queue.js"
 * @import {Timers} from "../platform.js"
 * @import {Verdict} from "../types.js"
 * @import {ApiResult} from "./call.js"
 */

/**
 * @typedef {object} Parts
 * @property {{deferredChecks(queue: string, checks: DeferredCheck[]): Promise<ApiResult>}} api
 * @property {Pick<Queue, "first" | "remove" | "size" | "reload" | "owner">} queue
 * @property {{state(): string, onChange(listener: () => void): void}} link
 * @property {Timers} timers
 * @property {() => boolean} isBusy  whether a card is being checked now
 * @property {(notice: Contradiction) => unknown} contradicted
 * @property {(escn: string, verdict: Verdict) => Promise<unknown>} remember
 * @property {() => void} signedOut
 * @property {() => Promise<unknown>} [identify]  asks who is signed in, if that is not known
 * @property {() => void} [delivered]  called when the queue is empty: the site now has answers that the pack lacks
 * @property {<T>(work: () => Promise<T>) => Promise<T | null>} [alone]  one tab at a time, else null
 *
 * @typedef {{check: DeferredCheck, state: string, verdict: Verdict | null, contradicts: boolean}} Result
 */

export const MAX_BATCH = 50;
const QUIET_MS = 1_000;
const MIN_BACK_OFF_MS = 5_000;
const MAX_BACK_OFF_MS = 300_000;
/** Another person has signed in on this device: the session in which these checks were made has ended. */
const ANOTHER_ACCOUNT = "another_account";
const STATES = ["answered", "expired", "try_again", "refused"];

export class Delivery {
  #parts;
  /** @type {unknown} */
  #timer = null;
  #backOffMs = MIN_BACK_OFF_MS;
  #maxBatch = MAX_BATCH;
  #isStopped = false;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    parts.link.onChange(() => this.soon());
  }

  /** Deliver at the next quiet moment. */
  soon() {
    this.#runAfter(QUIET_MS);
  }

  stop() {
    this.#isStopped = true;
    this.#parts.timers.clearTimeout(this.#timer);
  }

  /** @param {number} ms */
  #runAfter(ms) {
    const { timers } = this.#parts;
    timers.clearTimeout(this.#timer);
    this.#timer = this.#isStopped ? null : timers.setTimeout(() => void this.#run(), ms);
  }

  async #run() {
    const { queue, link, isBusy, alone = (/** @type {() => Promise<boolean>} */ work) => work() } = this.#parts;
    if (this.#isStopped || queue.size() === 0 || link.state() !== "live") {
      return;
    }
    if (isBusy()) {
      this.#runAfter(QUIET_MS);
      return;
    }
    const hasProgress = (await alone(() => this.#deliver())) ?? false;
    if (queue.size() > 0) {
      this.#runAfter(hasProgress ? QUIET_MS : this.#backOffMs);
    }
    this.#backOffMs = hasProgress ? MIN_BACK_OFF_MS : Math.min(this.#backOffMs * 2, MAX_BACK_OFF_MS);
  }

  /** Deliver one batch; true if at least one check of it is done, so that the next batch may follow soon. */
  async #deliver() {
    const { queue, api, identify, delivered } = this.#parts;
    if (queue.owner() === null) {
      await identify?.();
    }
    await queue.reload();
    const checks = await queue.first(this.#maxBatch);
    const owner = queue.owner();
    if (checks.length === 0 || owner === null) {
      return owner !== null;
    }
    const response = await api.deferredChecks(owner, checks);
    if (!response.ok) {
      return this.#failed(response.problem === ANOTHER_ACCOUNT ? "signed_out" : response.why, checks);
    }
    const results = resultsOf(response.body, checks);
    if (results === null) {
      return false;
    }
    this.#maxBatch = MAX_BATCH;
    const done = results.filter(({ state }) => state !== "try_again");
    await queue.remove(done.map(({ check }) => check.id));
    for (const result of done) {
      await this.#take(result);
    }
    if (done.length > 0 && queue.size() === 0) {
      delivered?.();
    }
    return done.length > 0;
  }

  /**
   * If the server refuses a batch, one check in it is the cause: halve the batch until it is alone, then drop it.
   * @param {string} why
   * @param {DeferredCheck[]} checks
   */
  async #failed(why, checks) {
    if (why === "signed_out") {
      this.#parts.signedOut();
      return false;
    }
    if (why !== "refused") {
      return false;
    }
    if (checks.length === 1) {
      await this.#parts.queue.remove(checks.map(({ id }) => id));
      this.#maxBatch = MAX_BATCH;
    } else {
      this.#maxBatch = Math.ceil(checks.length / 2);
    }
    return true;
  }

  /** @param {Result} result */
  async #take({ check, verdict, contradicts }) {
    const complete = verdictOf(verdict, masked(check.escn));
    if (complete !== null) {
      await this.#parts.remember(check.escn, complete);
    }
    if (contradicts && verdict !== null) {
      const { id, escn, madeAt, shown } = check;
      const { outcome, reason } = verdict;
      await this.#parts.contradicted({ id, number: masked(escn), shown, now: { outcome, reason }, madeAt });
    }
  }
}

/**
 * The results in order; null if they are not exactly those of these checks.
 * @param {any} body
 * @param {DeferredCheck[]} checks
 * @returns {Result[] | null}
 */
export function resultsOf(body, checks) {
  const given = body?.results;
  if (!Array.isArray(given) || given.length !== checks.length) {
    return null;
  }
  const results = checks.map((check, index) => ({ ...given[index], check }));
  const fits = results.every(
    ({ id, check, state, contradicts, verdict }) =>
      id === check.id &&
      STATES.includes(state) &&
      typeof contradicts === "boolean" &&
      (verdict === null || belongTogether(verdict?.outcome, verdict?.reason)),
  );
  return fits ? results : null;
}
