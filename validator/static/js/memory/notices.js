/**
 * Later answers that contradict what was shown: kept, masked, until a person has seen them or a week is
 * over.
 */

/**
 * @typedef {import("../types.js").Outcome} Outcome
 * @typedef {import("../types.js").Reason} Reason
 * @typedef {import("./vault.js").Vault} Vault
 *
 * @typedef {object} Contradiction
 * @property {string} id
 * @property {string} number  masked
 * @property {{outcome: Outcome, reason: Reason}} shown
 * @property {{outcome: Outcome, reason: Reason}} now
 * @property {number} madeAt  the site's time in milliseconds
 *
 * @typedef {ReturnType<typeof createNotices>} Notices
 */

export const LIFE_MS = 7 * 86_400_000;

/**
 * @param {{vault: Vault, now: () => number, changed: () => void}} parts
 */
export function createNotices({ vault, now, changed }) {
  /** @type {Map<string, Contradiction>} */
  let held = new Map();

  /** @param {string[]} ids */
  async function dismiss(ids) {
    ids.forEach((id) => held.delete(id));
    await vault.save(ids.map((key) => ({ room: "notices", key })));
    changed();
  }

  return Object.freeze({
    /** @param {Contradiction} notice */
    async add(notice) {
      held.set(notice.id, Object.freeze({ ...notice }));
      const value = await vault.sealJson("notices", notice);
      await vault.save([{ room: "notices", key: notice.id, value }]);
      changed();
    },

    /** A person has seen these. @param {string[]} ids */
    dismiss,

    /** All that nobody has seen yet, oldest first. */
    all: () => [...held.values()].sort((one, other) => one.madeAt - other.madeAt),

    async reload() {
      const found = await vault.entries("notices");
      const read = await Promise.all(found.map(([, sealed]) => vault.unsealJson("notices", sealed)));
      if (vault.kind === "disk") {
        const whole = read.filter((notice) => notice !== null);
        held = new Map(whole.map((notice) => [notice.id, Object.freeze(notice)]));
      }
      const over = [...held.values()].filter(({ madeAt }) => now() - madeAt >= LIFE_MS).map(({ id }) => id);
      if (over.length > 0) {
        await dismiss(over);
      }
    },

    drop() {
      held.clear();
    },
  });
}
