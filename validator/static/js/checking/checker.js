/** Check cards: every check ends in a named state in under 4 s, and none waits for another. */

import { createFlight, report, tell } from "./flight.js";

/**
 * @import {Payload, Verdict} from "../types.js"
 * @import {Answered} from "./api.js"
 * @import {Flight, OnAnswer, Parts} from "./flight.js"
 */

/**
 * @typedef {object} Asking
 * @property {{validate(payload: Payload, limitMs: number): Promise<Answered>}} api
 * @property {(escn: string, verdict: Verdict) => Promise<unknown>} [remember]  told each live answer
 * @property {(payload: Payload) => void} [signedOut]  called when the server says that nobody is signed in
 */

/** A live answer that comes later than this is not waited for. */
const ASK_MS = 8_000;
const ASK_GONE_MS = 4_000;
/**
 * Requests that hang keep others from being sent: over a link that is not live there are no more than
 * these.
 */
const MOST_ASKED = 4;

/**
 * @param {Asking & Parts} parts
 */
export function createChecker(parts) {
  const { api, link, remember, signedOut } = parts;
  /** @type {Map<string, Flight>} */
  const underWay = new Map();
  let asked = 0;

  /** @param {Payload} payload @returns {Promise<Answered>} */
  async function ask(payload) {
    const state = link.state();
    if (state !== "live" && asked >= MOST_ASKED) {
      return { ok: false, why: state };
    }
    asked += 1;
    try {
      return await api.validate(payload, state === "offline" ? ASK_GONE_MS : ASK_MS);
    } finally {
      asked -= 1;
    }
  }

  /** @param {Payload} payload @param {Flight} flight */
  async function run(payload, flight) {
    underWay.set(payload.escn, flight);
    const told = await flight.run(
      () => ask(payload),
      () => void underWay.delete(payload.escn),
    );
    if (told.ok) {
      await remember?.(payload.escn, told.verdict);
    } else if (told.why === "signed_out") {
      signedOut?.(payload);
    }
  }

  return Object.freeze({
    /**
     * Check this card; `onAnswer` is told each change of what is known. While the same card's check is under
     * way, it is shared. `stop` ends the telling, not the check.
     * @param {Payload} payload
     * @param {OnAnswer} onAnswer
     * @returns {Readonly<{id: string, stop(): void}>}
     */
    check(payload, onAnswer) {
      const running = underWay.get(payload.escn);
      const flight = running ?? createFlight(payload, parts);
      flight.listeners.add(onAnswer);
      if (running === undefined) {
        void run(payload, flight).catch(report);
      } else {
        const shown = flight.shown();
        if (shown !== null) {
          tell(onAnswer, Object.freeze({ ...shown, id: flight.id }));
        }
      }
      return Object.freeze({ id: flight.id, stop: () => void flight.listeners.delete(onAnswer) });
    },

    /** The numbers of the cards whose checks are under way. */
    cards: () => [...underWay.keys()],

    /** How many checks are under way. */
    underWay: () => underWay.size,
  });
}
