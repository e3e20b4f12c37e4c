/** A counter under test: the checker with a server, a pack and a link that a test controls. */

import { Checker } from "../../../validator/static/js/checking/checker.js";
import { LinkMonitor } from "../../../validator/static/js/checking/link.js";
import { createClock, settled } from "../fake_clock.js";
import { ANNA, NOON } from "./examples.js";

/**
 * @import {VerdictResult} from "../../../validator/static/js/checking/api.js"
 * @import {Answer} from "../../../validator/static/js/checking/flight.js"
 * @import {Row} from "../../../validator/static/js/memory/row.js"
 * @import {DeferredCheck} from "../../../validator/static/js/memory/queue.js"
 */

/**
 * @param {{row?: Row | null, state?: "live" | "slow" | "offline", find?: () => Promise<Row | null>,
 *   patienceMs?: number}} [options]
 */
export function createCounter({ row = null, state = "live", find, patienceMs } = {}) {
  const clock = createClock();
  const link = new LinkMonitor();
  /** @type {Array<{escn: string, answer(told: VerdictResult): Promise<void>, timeoutMs: number}>} */
  const asked = [];
  /** @type {Map<string, DeferredCheck>} */
  const queued = new Map();
  /** @type {string[]} */
  const remembered = [];
  let signedOut = 0;
  let made = 0;

  if (state !== "live") {
    const why = state === "slow" ? null : "offline";
    link.record({ at: 0, ms: 1_900, measures: true, why });
  }
  const checker = new Checker({
    api: {
      validate: ({ escn }, timeoutMs) =>
        new Promise((resolve) => {
          const answer = async (/** @type {VerdictResult} */ told) => {
            const why = told.ok ? null : told.why;
            link.record({ at: clock.now(), ms: 100, measures: true, why });
            resolve(told);
            await settled();
          };
          asked.push({ escn, answer, timeoutMs });
          clock.timers.setTimeout(() => void answer({ ok: false, why: "slow" }), timeoutMs);
        }),
    },
    pack: {
      find: find ?? (async () => row),
      now: () => NOON + clock.now(),
      likelyNow: () => NOON + clock.now(),
      issuers: () => ({}),
    },
    queue: {
      add: async (check) => void queued.set(check.id, check),
      remove: async (ids) => ids.forEach((id) => queued.delete(id)),
    },
    link,
    now: clock.now,
    timers: clock.timers,
    newId: () => `check-${(made += 1)}`,
    remember: async (escn) => void remembered.push(escn),
    signedOut: () => void (signedOut += 1),
    ...(patienceMs === undefined ? {} : { patienceMs }),
  });

  return {
    clock,
    link,
    asked,
    queued,
    remembered,
    checker,
    signedOut: () => signedOut,
    /** Show Anna's card, or another; its answers are added to the list. @param {string} [escn] */
    show(escn = ANNA.escn) {
      /** @type {Answer[]} */
      const told = [];
      const handle = checker.check({ ...ANNA, escn }, (answer) => told.push(answer));
      return { handle, told, last: () => told.at(-1), phases: () => told.map(({ phase }) => phase) };
    },
  };
}
