/**
 * One check under way: it asks, remembers, waits no longer than it may, and tells each change of what is
 * known.
 */

import { decideAlone } from "../memory/decide.js";
import { BEGUN, step } from "./race.js";

/**
 * @import {Row} from "../memory/row.js"
 * @import {DeferredCheck} from "../memory/queue.js"
 * @import {Payload} from "../types.js"
 * @import {Answered} from "./api.js"
 * @import {LinkState} from "./link.js"
 * @import {Decide, Event, Shown} from "./race.js"
 * @import {Timers} from "../timers.js"
 */

/**
 * @typedef {Readonly<Shown & {id: string}>} Answer
 * @typedef {(answer: Answer) => void} OnAnswer
 *
 * @typedef {object} Remembering  What a check takes of the pack.
 * @property {(escn: string) => Promise<Row | null>} find
 * @property {() => number} now
 * @property {() => number} likelyNow
 * @property {() => Readonly<Record<string, string>>} issuers
 *
 * @typedef {object} Parts
 * @property {Remembering} pack
 * @property {{add(check: DeferredCheck): Promise<unknown>, remove(ids: string[]): Promise<unknown>}} queue
 * @property {{state(): LinkState, overdue(ms: number, at: number): void}} link
 * @property {() => number} now  a clock that never goes back, in milliseconds
 * @property {Timers} timers
 * @property {() => string} newId
 * @property {number} [patienceMs]
 *
 * @typedef {ReturnType<typeof createFlight>} Flight
 */

/** A remembered answer is shown after so long at the latest. */
const PATIENCE_MS = 2_000;
/** A named state is reached after so long at the latest; sooner where the link is known to be gone. */
const LAST_MS = 3_600;
const LAST_GONE_MS = 1_500;
/**
 * Looking into the pack takes tens of milliseconds, a hundred and more on a slow phone. No live answer waits for
 * it: what is found then still counts until something else is shown.
 */
const LOOK_MS = 150;

/**
 * @param {Payload} payload
 * @param {Parts} parts
 */
export function createFlight(payload, parts) {
  const { pack, queue, link, now, timers } = parts;
  const id = parts.newId();
  const began = now();
  /** @type {Set<OnAnswer>} */
  const listeners = new Set();
  /** @type {Row | null} */
  let row = null;
  let race = BEGUN;
  let isQueued = false;

  /** @type {Decide} */
  const decide = (why, withoutMemory = false) =>
    decideAlone(payload, withoutMemory ? null : row, pack.now(), pack.issuers(), why);

  /** @param {Event} event */
  function happen(event) {
    const before = race.shown;
    race = step(race, event, decide);
    if (race.shown !== null && race.shown !== before) {
      queueWhatIsUnasked(race.shown, event);
      const answer = Object.freeze({ ...race.shown, id });
      listeners.forEach((listener) => tell(listener, answer));
    }
  }

  /**
   * What the server has not answered is told to it later; what it has answered since is not.
   * @param {Shown} shown
   * @param {Event} event
   */
  function queueWhatIsUnasked({ verdict, trouble }, event) {
    const isAnswered = event.kind === "live" || trouble === "signed_out";
    if (isAnswered && isQueued) {
      void queue.remove([id]);
    } else if (!isAnswered && !isQueued && verdict !== null) {
      isQueued = true;
      const { outcome, reason } = verdict;
      const madeAt = pack.likelyNow() - (now() - began);
      void queue.add({ id, escn: payload.escn, madeAt, shown: { outcome, reason } });
    }
  }

  /** @param {number} ms @param {() => Event} event */
  const after = (ms, event) => timers.setTimeout(() => happen(event()), ms);

  /** The silence so far, told to the link. */
  function overdue() {
    const at = now();
    link.overdue(at - began, at);
  }

  /** What the pack says counts whenever it comes; a pack that cannot be read says nothing. */
  async function look() {
    row = await pack.find(payload.escn).catch(() => null);
    happen({ kind: "found", link: link.state() });
  }

  return Object.freeze({
    id,
    listeners,
    shown: () => race.shown,

    /**
     * The whole check; it ends with the answer, however late, and never rejects.
     * @param {() => Promise<Answered>} ask
     * @param {() => void} landed  called just before the last is told
     */
    async run(ask, landed) {
      const patienceMs = Math.min(parts.patienceMs ?? PATIENCE_MS, PATIENCE_MS);
      const lastMs = link.state() === "offline" ? LAST_GONE_MS : LAST_MS;
      const waiting = [
        after(LOOK_MS, () => ({ kind: "still_looking" })),
        after(patienceMs, () => (overdue(), { kind: "patience" })),
        after(lastMs, () => (overdue(), { kind: "last", link: link.state() })),
      ];
      const answer = ask();
      const looked = look();
      const told = await answer;
      if (!told.ok || told.verdict.outcome === "could_not_check") {
        // What is remembered is all there is now.
        await within(lastMs - (now() - began), looked, timers);
      }
      waiting.forEach((timer) => timers.clearTimeout(timer));
      landed();
      happen(told.ok ? { kind: "live", verdict: told.verdict } : { kind: "failed", why: told.why });
      return told;
    },
  });
}

/**
 * Resolved with the work, or after so long.
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
 * A page that fails at showing must not end the check.
 * @param {OnAnswer} listener
 * @param {Answer} answer
 */
export function tell(listener, answer) {
  try {
    listener(answer);
  } catch (fault) {
    report(fault);
  }
}

/**
 * As an uncaught exception: the page hears of it, and what runs goes on. Chrome has `reportError` from 95 on.
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
