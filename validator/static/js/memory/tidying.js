/** Keep the pack small: what is over goes, many small chunks become one, no more cards than the site allows. */

import { siteTime } from "./clock.js";
import { mergeTwo, without } from "./merge.js";
import { count, toBytes } from "./rows.js";

/**
 * @typedef {import("./rows.js").Chunk} Chunk
 * @typedef {import("./pack.js").Held} Held
 * @typedef {import("./vault.js").Vault} Vault
 * @typedef {import("./database.js").Change} Change
 * @typedef {[string, Chunk]} Named
 */

/** So many chunks of one kind and salt are kept apart before they are made one. */
const MOST_CHUNKS = 24;
/** Chunks under this many rows are small: making one of them is cheap. */
const SMALL = 4_096;
/** Rows of the same cards may add this share before all is made anew. */
const SLACK = 1.25;

/**
 * @param {Held} held
 * @param {{vault: Vault, deviceNow: () => number, newId: () => string, breathe: () => Promise<void>}} parts
 * @returns {() => Promise<void>}
 */
export function createTidying(held, { vault, deviceNow, newId, breathe }) {
  /** Chunks whose salt is gone or over, since no row under it counts any more. */
  async function dropOld() {
    const nowS = siteTime(held.clock, deviceNow()) / 1000;
    const salts = (held.standing?.salts ?? []).filter(({ endsAt }) => !(endsAt <= nowS)).map(({ id }) => id);
    const over = [...held.chunks].filter(([, { salt }]) => !salts.includes(salt)).map(([id]) => id);
    over.forEach((id) => held.chunks.delete(id));
    if (over.length > 0) {
      await vault.save(over.map(forgotten));
    }
  }

  /** @param {Chunk[]} chunks  one at least, of one kind and salt */
  async function asOne(chunks) {
    let level = chunks;
    while (level.length > 1) {
      const above = [];
      for (let place = 0; place < level.length; place += 2) {
        const [one, other] = level.slice(place, place + 2);
        above.push(one && other ? mergeTwo(one, other) : /** @type {Chunk} */ (one));
        await breathe();
      }
      level = above;
    }
    return /** @type {Chunk} */ (level[0]);
  }

  /** @param {Named[]} olds @param {Chunk} made */
  async function exchange(olds, made) {
    const id = newId();
    const change = await sealed(vault, id, made);
    if (!vault.isOpen()) {
      return;
    }
    olds.forEach(([old]) => held.chunks.delete(old));
    held.chunks.set(id, made);
    await vault.save([...olds.map(([old]) => forgotten(old)), change]);
  }

  /** All of one kind made one chunk a salt, less the rows that came first where there are too many. */
  async function shrink(/** @type {Named[][]} */ groups) {
    const most = held.standing?.maxCards ?? 0;
    const made = [];
    for (const group of groups) {
      made.push(await asOne(group.map(([, each]) => each)));
    }
    let excess = rows(made) - most;
    for (const [place, one] of made.entries()) {
      await exchange(/** @type {Named[]} */ (groups[place]), excess > 0 ? without(one, excess) : one);
      excess -= count(one);
    }
  }

  return async () => {
    await dropOld();
    for (const own of [false, true]) {
      const groups = groupsOf(held, own);
      if (rows(groups.flat().map(([, each]) => each)) > (held.standing?.maxCards ?? 0) * SLACK) {
        await shrink(groups);
        continue;
      }
      for (const group of groups) {
        const small = group.filter(([, each]) => count(each) < SMALL);
        if (group.length > MOST_CHUNKS && small.length > MOST_CHUNKS / 2) {
          await exchange(small, await asOne(small.map(([, each]) => each)));
        }
      }
    }
  };
}

/**
 * The chunks of one kind by their salt, the oldest first.
 * @param {Held} held
 * @param {boolean} own
 * @returns {Named[][]}
 */
function groupsOf(held, own) {
  const all = [...held.chunks].filter(([, each]) => each.own === own);
  const salts = [...new Set(all.map(([, { salt }]) => salt))].sort((one, other) => one - other);
  return salts.map((salt) => all.filter(([, each]) => each.salt === salt));
}

/** @param {Chunk[]} chunks */
function rows(chunks) {
  return chunks.reduce((sum, each) => sum + count(each), 0);
}

/**
 * The chunk as it is kept.
 * @param {Vault} vault
 * @param {string} id
 * @param {Chunk} each
 * @returns {Promise<Change>}
 */
export async function sealed(vault, id, each) {
  return { room: "chunks", key: id, value: { sealed: await vault.seal("chunks", toBytes(each)) } };
}

/** @param {string} key @returns {Change} */
function forgotten(key) {
  return { room: "chunks", key };
}
