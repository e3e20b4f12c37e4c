/** Checks cards: each check ends in a named state in under 4 s, and none waits for another. */

import { Flight, notify, report } from "./flight.js";

/**
 * @import {Payload, Verdict} from "../types.js"
 * @import {VerdictResult} from "./api.js"
 * @import {OnAnswer, Parts} from "./flight.js"
 */

/**
 * @typedef {object} Asking
 * @property {{validate(payload: Payload, timeoutMs: number): Promise<VerdictResult>}} api
 * @property {(escn: string, verdict: Verdict) => Promise<unknown>} [remember]  called with each live answer
 * @property {(payload: Payload) => void} [signedOut]  called when the server says that no person is signed in
 */

/** The timeout of a live answer. */
const TIMEOUT_MS = 8_000;
const OFFLINE_TIMEOUT_MS = 4_000;
/** Requests that hang keep others from being sent: no more than these are sent at a time over a link that is not live. */
const MAX_ASKED = 4;

export class Checker {
  #parts;
  /** @type {Map<string, Flight>} */
  #underWay = new Map();
  #asked = 0;

  /** @param {Asking & Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * Check this card; `onAnswer` is called at each change of the answer. While a check of the same card is under way, it
   * is shared. `stop` ends the calls, not the check.
   * @param {Payload} payload
   * @param {OnAnswer} onAnswer
   * @returns {Readonly<{id: string, stop(): void}>}
   */
  check(payload, onAnswer) {
    const running = this.#underWay.get(payload.escn);
    const flight = running ?? new Flight(payload, this.#parts);
    flight.listeners.add(onAnswer);
    if (running === undefined) {
      void this.#run(payload, flight).catch(report);
    } else {
      const shown = flight.shown();
      if (shown !== null) {
        notify(onAnswer, Object.freeze({ ...shown, id: flight.id }));
      }
    }
    return Object.freeze({ id: flight.id, stop: () => void flight.listeners.delete(onAnswer) });
  }

  /** The numbers of the cards whose checks are under way. */
  cards() {
    return [...this.#underWay.keys()];
  }

  isBusy() {
    return this.#underWay.size > 0;
  }

  /** @param {Payload} payload @param {Flight} flight */
  async #run(payload, flight) {
    this.#underWay.set(payload.escn, flight);
    const result = await flight.run(
      () => this.#ask(payload),
      () => void this.#underWay.delete(payload.escn),
    );
    if (result.ok) {
      await this.#parts.remember?.(payload.escn, result.verdict);
    } else if (result.why === "signed_out") {
      this.#parts.signedOut?.(payload);
    }
  }

  /** @param {Payload} payload @returns {Promise<VerdictResult>} */
  async #ask(payload) {
    const state = this.#parts.link.state();
    if (state !== "live" && this.#asked >= MAX_ASKED) {
      return { ok: false, why: state };
    }
    this.#asked += 1;
    try {
      return await this.#parts.api.validate(payload, state === "offline" ? OFFLINE_TIMEOUT_MS : TIMEOUT_MS);
    } finally {
      this.#asked -= 1;
    }
  }
}
