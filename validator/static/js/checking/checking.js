/** Puts together what a page needs to check cards: server, memory, link, deferred checks, sign-out. */

import { fetchOwn } from "../addresses.js";
import { askToPersist } from "../memory/database.js";
import { oneTab } from "../memory/memory.js";
import { SyncSchedule } from "../memory/sync.js";
import { newId } from "../platform.js";
import { TIMERS, now } from "../platform.js";
import { Api } from "./api.js";
import { createCall } from "./call.js";
import { Checker } from "./checker.js";
import { Delivery } from "./deferred.js";
import { LinkMonitor, Prober } from "./link.js";
import { Session, SignOutFlag } from "./session.js";

/**
 * @import {EndedSession, Memory} from "../memory/memory.js"
 * @import {HeldCard} from "../memory/queue.js"
 * @import {Payload} from "../types.js"
 * @import {OnAnswer} from "./flight.js"
 * @import {Facts} from "../pages/indicators.js"
 */

/**
 * @typedef {object} Parts
 * @property {Memory | null} memory
 * @property {() => void} [changed]  the status line may have changed
 * @property {(left: EndedSession) => void} [signedOut]  the server says that no person is signed in; what is left on the
 *   device cannot be read by anyone else
 * @property {() => Promise<unknown>} [replacing]  waits while the page replaces its session
 * @property {() => void} [personChanged]  the person signed in is not the one whose memory was here
 * @property {number} [patienceMs]
 * @property {boolean} [keepsCards]  keep the cards whose checks are under way until the next sign-in
 * @property {boolean} [keepsPack]  this page brings the pack up to date
 *
 * @typedef {{queue?: {id: string, key: string} | null}} Me  The answer to `api.me`.
 */

/** In place of a memory, on a device without one. */
const NO_PACK = Object.freeze({
  find: async () => null,
  now: () => NaN,
  likelyNow: Date.now,
  issuers: () => ({}),
  facts: () => ({ cards: 0, ageS: null, kept: /** @type {const} */ ("ram") }),
});
const NO_QUEUE = Object.freeze({ add: async () => false, remove: async () => undefined });

/** While it lives, the link is measured, the pack is brought up to date, and deferred checks are delivered. */
export class Checking {
  #parts;
  #memory;
  #flag = new SignOutFlag();
  #checker;
  #delivery;
  #schedule;
  #prober;
  #isEnded = false;
  link = new LinkMonitor();

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#memory = parts.memory;
    this.api = new Api(this.#createCall());
    this.session = this.#createSession();
    this.#checker = this.#createChecker();
    this.#delivery = this.#memory && this.#createDelivery(this.#memory);
    this.#schedule = this.#memory && parts.keepsPack !== false ? this.#createSchedule(this.#memory) : null;
    this.#prober = new Prober({ link: this.link, alive: () => this.#alive(), timers: TIMERS });
    const changed = parts.changed ?? (() => undefined);
    this.link.onChange(changed);
    this.#memory?.onChange((change) => {
      if (change === "queue") {
        this.#delivery?.soon();
      }
      changed();
    });
    this.#delivery?.soon();
  }

  /** @param {Payload} payload @param {OnAnswer} onAnswer */
  check(payload, onAnswer) {
    return this.#checker.check(payload, onAnswer);
  }

  isBusy() {
    return this.#checker.isBusy();
  }

  stop() {
    this.#pause();
    this.#prober.stop();
  }

  syncNow() {
    this.#schedule?.now();
  }

  /** Find out whether another page wiped the memory; call it when this page comes back (`pageshow`). */
  resume() {
    return this.#memory?.recheck() ?? Promise.resolve();
  }

  /** Ask the browser to keep our memory; call it at each start after the sign-in. */
  askToPersist() {
    return askToPersist(globalThis.navigator?.storage);
  }

  /** What the status line shows. @returns {Facts} */
  status() {
    const { cards, ageS } = (this.#memory?.pack ?? NO_PACK).facts();
    return {
      link: this.link.state(),
      slow: this.link.slowPart(),
      packAge: ageS,
      packCards: cards,
      queued: this.#memory?.queue.size() ?? 0,
      dropped: this.#memory?.queue.dropped() ?? 0,
      contradictions: this.#memory?.notices.all().length ?? 0,
    };
  }

  /**
   * Take over the queue's key of the person signed in. False if another person's session was on this device: it has
   * been ended, and the page has to start again.
   * @param {Me} me
   */
  async identify({ queue }) {
    if (this.#memory === null || !queue || (await this.#memory.adopt(queue))) {
      return true;
    }
    this.#pause();
    await this.#memory.endSession();
    this.#parts.personChanged?.();
    return false;
  }

  /**
   * No person is signed in: wipe the memory. Deferred checks stay, sealed for the same person.
   * @param {Payload} [card]  whose check was under way
   */
  endSession(card) {
    if (!this.#isEnded) {
      this.#isEnded = true;
      this.#pause();
      const others = this.#checker.cards().filter((escn) => escn !== card?.escn);
      const cards = others.map((escn) => ({ escn, warnings: /** @type {string[]} */ ([]) }));
      void this.#wipe(card === undefined ? cards : [{ escn: card.escn, warnings: card.warnings }, ...cards]);
    }
  }

  /** @param {HeldCard[]} cards */
  async #wipe(cards) {
    /** @type {EndedSession} */
    let left = { waiting: 0, lost: 0, card: cards.length > 0 ? "lost" : null, held: null };
    try {
      if (this.#flag.isSet()) {
        await this.#memory?.wipe();
      } else {
        left = (await this.#memory?.endSession(this.#parts.keepsCards === false ? [] : cards)) ?? left;
      }
    } finally {
      this.#parts.signedOut?.(left);
    }
  }

  /** Use the memory no more. The link is still measured, and a pending sign-out still delivered. */
  #pause() {
    this.#delivery?.stop();
    this.#schedule?.stop();
  }

  /** A pending sign-out is delivered before any other request. */
  async #alive() {
    await this.session.settle();
    return this.api.alive();
  }

  #createCall() {
    const { replacing } = this.#parts;
    return createCall({
      fetch: fetchOwn,
      now,
      timers: TIMERS,
      isLocked: () => this.#flag.isSet(),
      onSample: (sample) => this.link.record(sample),
      usedAgoS: () => this.#memory?.queue.usedAgoS() ?? null,
      ...(replacing === undefined ? {} : { replacing }),
    });
  }

  #createSession() {
    const { api } = this;
    return new Session({
      flag: this.#flag,
      logout: () => api.logout(),
      me: () => api.me(),
      wipe: async () => {
        this.#pause();
        await this.#memory?.wipe();
      },
    });
  }

  #createChecker() {
    const { patienceMs } = this.#parts;
    return new Checker({
      api: this.api,
      pack: this.#memory?.pack ?? NO_PACK,
      queue: this.#memory?.queue ?? NO_QUEUE,
      link: this.link,
      now,
      timers: TIMERS,
      newId,
      remember: async (escn, verdict) => this.#memory?.remember(escn, verdict),
      signedOut: (payload) => this.endSession(payload),
      ...(patienceMs === undefined ? {} : { patienceMs }),
    });
  }

  /** @param {Memory} memory */
  #createDelivery(memory) {
    return new Delivery({
      api: this.api,
      queue: memory.queue,
      link: this.link,
      timers: TIMERS,
      isBusy: () => this.isBusy(),
      contradicted: (notice) => memory.notices.add(notice),
      remember: (escn, verdict) => memory.remember(escn, verdict),
      signedOut: () => this.endSession(),
      identify: async () => {
        const result = await this.api.me();
        return result.ok && this.identify(/** @type {Me} */ (result.body));
      },
      delivered: () => this.#schedule?.soon(),
      alone: oneTab("escv-deliver", globalThis.navigator?.locks),
    });
  }

  /** @param {Memory} memory */
  #createSchedule(memory) {
    const sync = memory.syncWith((cursor) => this.api.pack(cursor));
    const isBusy = () => this.isBusy();
    const signedOut = () => this.endSession();
    return new SyncSchedule({ run: () => sync.run(), link: this.link, isBusy, timers: TIMERS, signedOut });
  }
}
