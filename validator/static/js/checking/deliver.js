/** Tell the server the checks that were decided without it: once each, in quiet moments, oldest first. */

import { masked } from "../payload/escn.js";
import { belongTogether, verdictOf } from "./shape.js";

/**
 * @import {Contradiction} from "../memory/notices.js"
 * @import {DeferredCheck, Queue} from "../memory/queue.js"
 * @import {Verdict} from "../types.js"
 * @import {Told} from "./call.js"
 * @import {Timers} from "../timers.js"
 */

/**
 * @typedef {object} Parts
 * @property {{lateChecks(queue: string, checks: DeferredCheck[]): Promise<Told>}} api
 * @property {Pick<Queue, "first" | "remove" | "size" | "reload" | "owner">} queue
 * @property {{state(): string, onChange(listener: () => void): void}} link
 * @property {Timers} timers
 * @property {() => boolean} isBusy  whether cards are being checked now
 * @property {(notice: Contradiction) => unknown} contradicted
 * @property {(escn: string, verdict: Verdict) => Promise<unknown>} remember
 * @property {() => void} signedOut
 * @property {() => Promise<unknown>} [identify]  ask who is signed in, where that is not known
 * @property {() => void} [delivered]  nothing waits any more: the site knows more than the pack does
 * @property {<T>(work: () => Promise<T>) => Promise<T | null>} [alone]  one tab at a time, else null
 */

export const MOST = 50;
const QUIET_MS = 1_000;
const FIRST_BACK_OFF_MS = 5_000;
const LONGEST_BACK_OFF_MS = 300_000;
/** Somebody else signed in on this device: the session that these checks were made in has ended. */
const ANOTHER_ACCOUNT = "another_account";
const STATES = ["answered", "expired", "try_again", "refused"];

/** @param {Parts} parts */
export function createDelivery(parts) {
  const { api, queue, link, timers, alone = (work) => work() } = parts;
  /** @type {unknown} */
  let timer = null;
  let backOffMs = FIRST_BACK_OFF_MS;
  let most = MOST;
  let isStopped = false;

  /** @param {number} ms */
  function later(ms) {
    timers.clearTimeout(timer);
    timer = isStopped ? null : timers.setTimeout(() => void look(), ms);
  }

  async function look() {
    if (isStopped || queue.size() === 0 || link.state() !== "live") {
      return;
    }
    if (parts.isBusy()) {
      later(QUIET_MS);
      return;
    }
    const isOnItsWay = (await alone(deliver)) ?? false;
    if (queue.size() > 0) {
      later(isOnItsWay ? QUIET_MS : backOffMs);
    }
    backOffMs = isOnItsWay ? FIRST_BACK_OFF_MS : Math.min(backOffMs * 2, LONGEST_BACK_OFF_MS);
  }

  /** One batch; whether anything of it is done with, so that the next may follow soon. */
  async function deliver() {
    if (queue.owner() === null) {
      await parts.identify?.();
    }
    await queue.reload();
    const checks = await queue.first(most);
    const owner = queue.owner();
    if (checks.length === 0 || owner === null) {
      return owner !== null;
    }
    const told = await api.lateChecks(owner, checks);
    if (!told.ok) {
      return failed(told.problem === ANOTHER_ACCOUNT ? "signed_out" : told.why, checks);
    }
    const results = resultsOf(told.body, checks);
    if (results === null) {
      return false;
    }
    most = MOST;
    const done = results.filter(({ state }) => state !== "try_again");
    await queue.remove(done.map(({ check }) => check.id));
    for (const result of done) {
      await take(result);
    }
    if (done.length > 0 && queue.size() === 0) {
      parts.delivered?.();
    }
    return done.length > 0;
  }

  /**
   * A batch that is refused as a whole has one in it that is: found by halving, and dropped alone.
   * @param {string} why
   * @param {DeferredCheck[]} checks
   */
  async function failed(why, checks) {
    if (why === "signed_out") {
      parts.signedOut();
      return false;
    }
    if (why !== "refused") {
      return false;
    }
    if (checks.length === 1) {
      await queue.remove(checks.map(({ id }) => id));
      most = MOST;
      return true;
    }
    most = Math.ceil(checks.length / 2);
    return true;
  }

  /** @param {Result} result */
  async function take({ check, verdict, contradicts }) {
    const whole = verdictOf(verdict, masked(check.escn));
    if (whole !== null) {
      await parts.remember(check.escn, whole);
    }
    if (contradicts && verdict !== null) {
      const { id, escn, madeAt, shown } = check;
      const { outcome, reason } = verdict;
      await parts.contradicted({ id, number: masked(escn), shown, now: { outcome, reason }, madeAt });
    }
  }

  link.onChange(() => later(QUIET_MS));

  return Object.freeze({
    /** Look for something to deliver in the next quiet moment. */
    soon: () => later(QUIET_MS),
    stop() {
      isStopped = true;
      timers.clearTimeout(timer);
    },
  });
}

/** @typedef {{check: DeferredCheck, state: string, verdict: Verdict | null, contradicts: boolean}} Result */

/**
 * The results in order; null where they are not exactly those of these checks.
 * @param {any} body
 * @param {DeferredCheck[]} checks
 * @returns {Result[] | null}
 */
export function resultsOf(body, checks) {
  const given = body?.results;
  if (!Array.isArray(given) || given.length !== checks.length) {
    return null;
  }
  const results = checks.map((check, place) => ({ ...given[place], check }));
  const fits = results.every(
    ({ id, check, state, contradicts, verdict }) =>
      id === check.id &&
      STATES.includes(state) &&
      typeof contradicts === "boolean" &&
      (verdict === null || belongTogether(verdict?.outcome, verdict?.reason)),
  );
  return fits ? results : null;
}
