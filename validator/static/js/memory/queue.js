/**
 * Deferred checks: decided without the server, to be delivered to it. They wait for a day at most, 500 at most, sealed
 * for the person who made them. Those of another person stay, unreadable, until that person signs in here.
 */

import { IV_BYTES } from "./vault.js";

/**
 * @import {Outcome, Reason} from "../types.js"
 * @import {Sealed, Vault} from "./vault.js"
 */

/**
 * @typedef {object} DeferredCheck
 * @property {string} id  made once, when the card was checked
 * @property {string} escn
 * @property {number} madeAt  the site's time in milliseconds
 * @property {{outcome: Outcome, reason: Reason}} shown
 *
 * @typedef {{at: number, sealed: Sealed}} Entry
 * @typedef {{escn: string, warnings: string[]}} HeldCard
 */

export const LIFE_MS = 86_400_000;
export const MAX_CHECKS = 500;

export class Queue {
  #vault;
  #now;
  #changed;
  /** @type {Map<string, Entry>} */
  #own = new Map();
  /** Sealed by another person. @type {Map<string, Entry>} */
  #others = new Map();
  /** Removed while they were being sealed. @type {Set<string>} */
  #removed = new Set();
  #dropped = 0;

  /**
   * @param {{vault: Vault, now: () => number, changed: () => void}} parts  `now` is the site's likely time
   */
  constructor({ vault, now, changed }) {
    this.#vault = vault;
    this.#now = now;
    this.#changed = changed;
  }

  /**
   * Store this check until it is delivered; false if nothing can be stored.
   * @param {DeferredCheck} check
   */
  async add(check) {
    if (!this.#vault.isOpen()) {
      return false;
    }
    this.#removed.delete(check.id);
    const value = { at: check.madeAt, sealed: await this.#vault.sealJson("queue", check) };
    if (this.#removed.delete(check.id) || !this.#vault.isOpen()) {
      return false;
    }
    this.#own.set(check.id, value);
    await this.#vault.save([{ store: "queue", key: check.id, value }]);
    await this.#expire();
    this.#changed();
    return true;
  }

  /** @param {string[]} ids */
  async remove(ids) {
    ids.forEach((id) => (this.#own.delete(id) || this.#others.delete(id) ? undefined : this.#removed.add(id)));
    await this.#vault.save(ids.map((key) => ({ store: "queue", key })));
    this.#changed();
  }

  /**
   * The checks that have waited longest, oldest first.
   * @param {number} max
   * @returns {Promise<DeferredCheck[]>}
   */
  async first(max) {
    await this.#expire();
    /** @type {DeferredCheck[]} */
    const found = [];
    for (const id of oldestFirst(this.#own).slice(0, max)) {
      const check = await this.#vault.unsealJson("queue", /** @type {Entry} */ (this.#own.get(id)).sealed);
      if (check === null) {
        await this.remove([id]);
      } else {
        found.push(check);
      }
    }
    return found;
  }

  size() {
    return this.#own.size;
  }

  /** How many checks of this person were dropped undelivered since the page was opened. */
  dropped() {
    return this.#dropped;
  }

  /** The id of the key that a delivery must name; null until the server has said who is signed in. */
  owner() {
    return this.#vault.owner();
  }

  /** The ids of checks that another person sealed; a sign-out leaves them. */
  others() {
    return [...this.#others.keys()];
  }

  /** Seconds since the latest check was made; null if none waits. */
  usedAgoS() {
    const latest = Math.max(...[...this.#own.values()].map(({ at }) => at));
    return this.#own.size === 0 ? null : Math.max(0, Math.floor((this.#now() - latest) / 1000));
  }

  /** After `vault.adopt`: seal the waiting checks for this person, and open those left by this person earlier. */
  async claim() {
    const waiting = [...this.#own];
    const foreign = [...this.#others];
    this.#others = new Map();
    for (const [id, entry] of waiting) {
      const check = await this.#vault.unsealJson("queue", entry.sealed);
      const sealed = check && (await this.#vault.sealJson("queue", check));
      if (sealed && this.#own.has(id)) {
        this.#own.set(id, { at: entry.at, sealed });
        await this.#vault.save([{ store: "queue", key: id, value: this.#own.get(id) }]);
      }
    }
    await this.#sort(foreign);
    await this.#expire();
    this.#changed();
  }

  /**
   * Cards whose checks are under way, sealed for the page to keep until the next sign-in; null if no person is signed in.
   * @param {HeldCard[]} cards
   * @returns {Promise<string | null>}
   */
  async hold(cards) {
    if (this.#vault.owner() === null) {
      return null;
    }
    const { iv, data } = await this.#vault.sealJson("queue", cards);
    return JSON.stringify([...iv, ...new Uint8Array(data)]);
  }

  /**
   * The cards that `hold` sealed for this person; none for another person.
   * @param {string} held
   * @returns {Promise<HeldCard[]>}
   */
  async heldCards(held) {
    const bytes = Uint8Array.from(JSON.parse(held));
    const sealed = { iv: bytes.slice(0, IV_BYTES), data: bytes.slice(IV_BYTES).buffer };
    return (await this.#vault.unsealJson("queue", sealed)) ?? [];
  }

  /** Read what another tab or an earlier visit stored. */
  async reload() {
    const found = await this.#vault.entries("queue");
    if (this.#vault.kind === "disk" && this.#vault.isOpen()) {
      await this.#sort(found.filter(([id]) => !this.#own.has(id) && !this.#others.has(id)));
    }
    await this.#expire();
  }

  /** Clear the queue in memory; `vault.wipe` clears what is stored. */
  drop() {
    this.#own.clear();
    this.#others.clear();
  }

  async #expire() {
    const [own, others] = [this.#tooOld(this.#own), this.#tooOld(this.#others)];
    this.#dropped += own.length;
    if (own.length + others.length > 0) {
      await this.remove([...own, ...others]);
    }
  }

  /** Entries that have waited too long, and the oldest if there are too many. @param {Map<string, Entry>} entries */
  #tooOld(entries) {
    const ids = oldestFirst(entries);
    const ended = ids.filter((id) => this.#now() - /** @type {Entry} */ (entries.get(id)).at >= LIFE_MS);
    return ids.slice(0, Math.max(ended.length, ids.length - MAX_CHECKS));
  }

  /** Own are those that can be opened. @param {Array<[string, Entry]>} found */
  async #sort(found) {
    const owner = this.#vault.owner();
    const opened = await Promise.all(found.map(([, { sealed }]) => this.#vault.unsealJson("queue", sealed)));
    if (this.#vault.isOpen() && this.#vault.owner() === owner) {
      found.forEach(([id, entry], index) => (opened[index] === null ? this.#others : this.#own).set(id, entry));
    }
  }
}

/** @param {Map<string, Entry>} entries @returns {string[]} */
function oldestFirst(entries) {
  return [...entries].sort(([, one], [, other]) => one.at - other.at).map(([id]) => id);
}
