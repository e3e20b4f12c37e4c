/**
 * Checks that were decided without the server and wait to be told to it: at most a day, at most 500,
 * sealed.
 */

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
 * @typedef {ReturnType<typeof createQueue>} Queue
 */

export const LIFE_MS = 86_400_000;
export const MOST = 500;

/**
 * @param {{vault: Vault, now: () => number, changed: () => void}} parts  `now` is the site's likely time
 */
export function createQueue({ vault, now, changed }) {
  /** @type {Map<string, {at: number, sealed: Sealed}>} */
  let kept = new Map();
  /** Removed while they were still being sealed. @type {Set<string>} */
  const unwanted = new Set();

  /** @param {string[]} ids */
  async function remove(ids) {
    ids.forEach((id) => (kept.delete(id) ? undefined : unwanted.add(id)));
    await vault.save(ids.map((key) => ({ room: "queue", key })));
    changed();
  }

  /** @returns {string[]} */
  function oldest() {
    return [...kept].sort(([, one], [, other]) => one.at - other.at).map(([id]) => id);
  }

  async function expire() {
    const over = [...kept].filter(([, { at }]) => now() - at >= LIFE_MS).map(([id]) => id);
    const tooMany = kept.size - over.length - MOST;
    const dropped = [...over, ...oldest().filter((id) => !over.includes(id)).slice(0, Math.max(0, tooMany))];
    if (dropped.length > 0) {
      await remove(dropped);
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
        const check = await vault.unsealJson("queue", /** @type {{sealed: Sealed}} */ (kept.get(id)).sealed);
        if (check === null) {
          await remove([id]);
        } else {
          found.push(check);
        }
      }
      return found;
    },

    size: () => kept.size,

    /** Read what another tab or the last visit left. */
    async reload() {
      const found = await vault.entries("queue");
      kept = vault.kind === "disk" && vault.isOpen() ? new Map([...kept, ...found]) : kept;
      await expire();
    },

    /** Forget all in memory; `wipe` forgets what is kept. */
    drop() {
      kept.clear();
    },
  });
}
