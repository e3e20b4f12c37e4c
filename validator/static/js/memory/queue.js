/**
 * Checks that were decided without the server and wait to be told to it: at most a day, at most 500, sealed for
 * who made them. Those of another person stay where they are, unreadable, until that person signs in here.
 */

import { IV_BYTES } from "./vault.js";

/**
 * @typedef {import("../types.js").Outcome} Outcome
 * @typedef {import("../types.js").Reason} Reason
 * @typedef {import("./vault.js").Vault} Vault
 * @typedef {import("./vault.js").Sealed} Sealed
 *
 * @typedef {object} LateCheck
 * @property {string} id  made once, when the card was shown
 * @property {string} escn
 * @property {number} madeAt  the site's time in milliseconds
 * @property {{outcome: Outcome, reason: Reason}} shown
 *
 * @typedef {{at: number, sealed: Sealed}} Kept
 * @typedef {{escn: string, warnings: string[]}} Card
 * @typedef {ReturnType<typeof createQueue>} Queue
 */

export const LIFE_MS = 86_400_000;
export const MOST = 500;

/**
 * @param {{vault: Vault, now: () => number, changed: () => void}} parts  `now` is the site's likely time
 */
export function createQueue({ vault, now, changed }) {
  /** @type {Map<string, Kept>} */
  let kept = new Map();
  /** Sealed by somebody else. @type {Map<string, Kept>} */
  let others = new Map();
  /** Removed while they were still being sealed. @type {Set<string>} */
  const unwanted = new Set();
  let dropped = 0;

  /** @param {string[]} ids */
  async function remove(ids) {
    ids.forEach((id) => (kept.delete(id) || others.delete(id) ? undefined : unwanted.add(id)));
    await vault.save(ids.map((key) => ({ room: "queue", key })));
    changed();
  }

  /** @param {Map<string, Kept>} [of] @returns {string[]} */
  function oldest(of = kept) {
    return [...of].sort(([, one], [, other]) => one.at - other.at).map(([id]) => id);
  }

  /** Those of these that have waited too long, and the oldest where there are too many. @param {typeof kept} of */
  function tooOld(of) {
    const ids = oldest(of);
    const over = ids.filter((id) => now() - /** @type {Kept} */ (of.get(id)).at >= LIFE_MS);
    return ids.slice(0, Math.max(over.length, ids.length - MOST));
  }

  async function expire() {
    const [own, foreign] = [tooOld(kept), tooOld(others)];
    dropped += own.length;
    if (own.length + foreign.length > 0) {
      await remove([...own, ...foreign]);
    }
  }

  /** Take over what can be opened, and leave the rest. @param {Array<[string, Kept]>} found */
  async function sort(found) {
    const owner = vault.owner();
    const opened = await Promise.all(found.map(([, { sealed }]) => vault.unsealJson("queue", sealed)));
    if (vault.isOpen() && vault.owner() === owner) {
      found.forEach(([id, value], place) => (opened[place] === null ? others : kept).set(id, value));
    }
  }

  return Object.freeze({
    /**
     * Keep this check until it is delivered; false where nothing can be kept.
     * @param {LateCheck} check
     */
    async add(check) {
      if (!vault.isOpen()) {
        return false;
      }
      unwanted.delete(check.id);
      const value = { at: check.madeAt, sealed: await vault.sealJson("queue", check) };
      if (unwanted.delete(check.id) || !vault.isOpen()) {
        return false;
      }
      kept.set(check.id, value);
      await vault.save([{ room: "queue", key: check.id, value }]);
      await expire();
      changed();
      return true;
    },

    /** @param {string[]} ids */
    remove,

    /**
     * The checks that have waited longest, oldest first.
     * @param {number} most
     * @returns {Promise<LateCheck[]>}
     */
    async first(most) {
      await expire();
      /** @type {LateCheck[]} */
      const found = [];
      for (const id of oldest().slice(0, most)) {
        const check = await vault.unsealJson("queue", /** @type {Kept} */ (kept.get(id)).sealed);
        if (check === null) {
          await remove([id]);
        } else {
          found.push(check);
        }
      }
      return found;
    },

    size: () => kept.size,

    /** How many of this person's were dropped undelivered since the page was opened. */
    dropped: () => dropped,

    /** The name of the key that a delivery must name; null until the server has said who is signed in. */
    owner: () => vault.owner(),

    /** What somebody else sealed; a sign-out leaves it. */
    others: () => [...others.keys()],

    /** How long ago the last one was made, in seconds; null where none waits. */
    usedAgoS() {
      const last = Math.max(...[...kept.values()].map(({ at }) => at));
      return kept.size === 0 ? null : Math.max(0, Math.floor((now() - last) / 1000));
    },

    /** After `vault.adopt`: what this person left here earlier is theirs again, and what waits is sealed for them. */
    async claim() {
      const waiting = [...kept];
      const foreign = [...others];
      others = new Map();
      for (const [id, value] of waiting) {
        const check = await vault.unsealJson("queue", value.sealed);
        const sealed = check && (await vault.sealJson("queue", check));
        if (sealed && kept.has(id)) {
          kept.set(id, { at: value.at, sealed });
          await vault.save([{ room: "queue", key: id, value: kept.get(id) }]);
        }
      }
      await sort(foreign);
      await expire();
      changed();
    },

    /**
     * The cards that are being checked, sealed for a page to keep over the sign-in; null where nobody is known.
     * @param {Card[]} cards
     * @returns {Promise<string | null>}
     */
    async hold(cards) {
      if (vault.owner() === null) {
        return null;
      }
      const { iv, data } = await vault.sealJson("queue", cards);
      return JSON.stringify([...iv, ...new Uint8Array(data)]);
    },

    /**
     * The cards that `hold` sealed for this person; none for anybody else.
     * @param {string} held
     * @returns {Promise<Card[]>}
     */
    async heldCards(held) {
      const bytes = Uint8Array.from(JSON.parse(held));
      const sealed = { iv: bytes.slice(0, IV_BYTES), data: bytes.slice(IV_BYTES).buffer };
      return (await vault.unsealJson("queue", sealed)) ?? [];
    },

    /** Read what another tab or the last visit left. */
    async reload() {
      const found = await vault.entries("queue");
      if (vault.kind === "disk" && vault.isOpen()) {
        await sort(found.filter(([id]) => !kept.has(id) && !others.has(id)));
      }
      await expire();
    },

    /** Forget all in memory; `wipe` forgets what is kept. */
    drop() {
      kept.clear();
      others.clear();
    },
  });
}
