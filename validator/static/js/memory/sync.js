/** Bring the pack up to date: page after page, taken over only when the last one is here. */

import { readPage } from "./page.js";
import { SENT_BYTES, compare } from "./rows.js";

/**
 * @typedef {import("./page.js").Page} Page
 * @typedef {import("./derive.js").Salt} Salt
 * @typedef {import("./pack.js").Held} Held
 * @typedef {{ok: true, body: unknown} | {ok: false, why: string}} Told
 * @typedef {{ok: true, rows: number} | {ok: false, why: string}} Synced
 */

const MOST_PAGES = 500;

/**
 * @param {Held} held
 * @param {{ask: (cursor: string) => Promise<Told>, deviceNow: () => number,
 *   adopt: (pages: Page[], askedAt: number) => Promise<boolean>,
 *   alone?: <T>(work: () => Promise<T>) => Promise<T | null>}} parts
 *   `alone` lets one tab work at a time and gives null where another one does
 */
export function createSync(held, { ask, adopt, deviceNow, alone = (work) => work() }) {
  /**
   * What has come of a sync that a bad connection cut off: the next one goes on from there.
   * @type {Page[]}
   */
  let landed = [];

  /** @returns {Promise<Synced>} */
  async function run() {
    for (let turn = 0; turn < MOST_PAGES; turn += 1) {
      const askedAt = deviceNow();
      const told = await ask(landed[landed.length - 1]?.cursor ?? held.standing?.cursor ?? "");
      if (!told.ok) {
        return told;
      }
      const page = readPage(told.body);
      if (page === null || !fits(page)) {
        landed = [];
        return { ok: false, why: "server_fault" };
      }
      landed = page.reset ? [page] : [...landed, page];
      if (!page.more) {
        return finish(askedAt);
      }
    }
    landed = [];
    return { ok: false, why: "server_fault" };
  }

  /**
   * A pack with another salt of the same number is another pack: it may only begin anew.
   * @param {Page} page
   */
  function fits(page) {
    const before = landed[landed.length - 1];
    const goesOn = !page.more || page.cursor !== before?.cursor;
    const salts = before?.salts ?? held.standing?.salts;
    return goesOn && (page.reset || (salts !== undefined && page.salts.every((salt) => isOf(salts, salt))));
  }

  /** @param {number} askedAt @returns {Promise<Synced>} */
  async function finish(askedAt) {
    const pages = landed;
    landed = [];
    const rows = pages.flatMap(({ sealed }) => sealed).reduce((sum, each) => sum + each.rows.length, 0);
    return (await adopt(pages, askedAt)) ? { ok: true, rows: rows / SENT_BYTES } : { ok: false, why: "signed_out" };
  }

  return Object.freeze({
    /** One sync; it never rejects. @returns {Promise<Synced>} */
    run: async () => (await alone(run)) ?? { ok: true, rows: 0 },
    /** Forget what has come so far. */
    drop() {
      landed = [];
    },
  });
}

/**
 * Whether the pack has this salt, or none of its number.
 * @param {Salt[]} salts
 * @param {Salt} salt
 */
function isOf(salts, salt) {
  const known = salts.find(({ id }) => id === salt.id);
  return known === undefined || compare(known.salt, 0, salt.salt, 0) === 0;
}
