// @ts-check
/** How often the same sight is told: often enough to feel alive, never a flood. */

const PAUSE_MS = 250;

/**
 * @param {() => number} now
 * @returns {{isDue: (kind: "card" | "foreign" | "several", what: string) => boolean}}
 */
export function createReports(now) {
  /** @type {Map<string, {what: string, at: number}>}
   * The last of each kind; of a card its number, in memory only. */
  const last = new Map();
  return {
    isDue(kind, what) {
      const at = now();
      const before = last.get(kind);
      if (before !== undefined && before.what === what && at - before.at < PAUSE_MS) {
        return false;
      }
      last.set(kind, { what, at });
      return true;
    },
  };
}
