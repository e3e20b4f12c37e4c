/** Later answers that contradict what was shown: kept, masked, until a person has seen them, for a week at most. */

/**
 * @import {Outcome, Reason} from "../types.js"
 * @import {Vault} from "./vault.js"
 */

/**
 * @typedef {object} Contradiction
 * @property {string} id
 * @property {string} number  masked
 * @property {{outcome: Outcome, reason: Reason}} shown
 * @property {{outcome: Outcome, reason: Reason}} now
 * @property {number} madeAt  the site's time in milliseconds
 */

export const LIFE_MS = 7 * 86_400_000;

export class Notices {
  #vault;
  #now;
  #changed;
  /** @type {Map<string, Contradiction>} */
  #notices = new Map();

  /**
   * @param {{vault: Vault, now: () => number, changed: () => void}} parts
   */
  constructor({ vault, now, changed }) {
    this.#vault = vault;
    this.#now = now;
    this.#changed = changed;
  }

  /** @param {Contradiction} notice */
  async add(notice) {
    this.#notices.set(notice.id, Object.freeze({ ...notice }));
    const value = await this.#vault.sealJson("notices", notice);
    await this.#vault.save([{ store: "notices", key: notice.id, value }]);
    this.#changed();
  }

  /** A person has seen these. @param {string[]} ids */
  async dismiss(ids) {
    ids.forEach((id) => this.#notices.delete(id));
    await this.#vault.save(ids.map((key) => ({ store: "notices", key })));
    this.#changed();
  }

  /** All that no person has seen yet, oldest first. */
  all() {
    return [...this.#notices.values()].sort((one, other) => one.madeAt - other.madeAt);
  }

  async reload() {
    const found = await this.#vault.entries("notices");
    const read = await Promise.all(found.map(([, sealed]) => this.#vault.unsealJson("notices", sealed)));
    if (this.#vault.kind === "disk") {
      const opened = read.filter((notice) => notice !== null);
      this.#notices = new Map(opened.map((notice) => [notice.id, Object.freeze(notice)]));
    }
    const ended = [...this.#notices.values()].filter(({ madeAt }) => this.#now() - madeAt >= LIFE_MS);
    if (ended.length > 0) {
      await this.dismiss(ended.map(({ id }) => id));
    }
  }

  drop() {
    this.#notices.clear();
  }
}
