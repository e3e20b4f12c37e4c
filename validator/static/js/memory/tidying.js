/** Keep the pack small: old rows go, many small chunks become one, no more cards than the site allows. */

import { toBytes } from "./chunk.js";
import { siteTime } from "./clock.js";
import { isOver, mergeTwo, trimmed } from "./merge.js";
import { nameIssuers } from "./pack.js";
import { count } from "./rows.js";

/**
 * @typedef {import("./rows.js").Chunk} Chunk
 * @typedef {import("./pack.js").Held} Held
 * @typedef {import("./vault.js").Vault} Vault
 * @typedef {import("./database.js").Change} Change
 */

/** So many chunks are kept apart before they are made one. */
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
  const nowS = () => siteTime(held.clock, deviceNow()) / 1000;
  const oldest = () => nowS() - (held.standing?.maxAgeS ?? 0);

  async function dropOld() {
    const over = [...held.chunks].filter(([, each]) => isOver(each, oldest())).map(([id]) => id);
    over.forEach((id) => held.chunks.delete(id));
    if (over.length > 0) {
      await vault.save(over.map(forgotten));
    }
  }

  /** The chunks that are to become one: all where there are far too many rows, the small ones, or none. */
  function toMerge() {
    const all = [...held.chunks];
    const rows = all.reduce((sum, [, each]) => sum + count(each), 0);
    if (rows > (held.standing?.maxCards ?? 0) * SLACK) {
      return all;
    }
    const small = all.filter(([, each]) => count(each) < SMALL);
    return all.length > MOST_CHUNKS && small.length > MOST_CHUNKS / 2 ? small : [];
  }

  /** @param {Chunk[]} chunks  one at least */
  async function asOne(chunks) {
    let level = chunks;
    while (level.length > 1) {
      const above = [];
      for (let place = 0; place < level.length; place += 2) {
        const [one, other] = level.slice(place, place + 2);
        above.push(one && other ? mergeTwo(one, other, nowS()) : /** @type {Chunk} */ (one));
        await breathe();
      }
      level = above;
    }
    return trimmed(/** @type {Chunk} */ (level[0]), oldest(), held.standing?.maxCards ?? 0);
  }

  return async () => {
    await dropOld();
    const merged = toMerge();
    if (merged.length === 0) {
      return;
    }
    const one = await asOne(merged.map(([, each]) => each));
    const id = newId();
    const change = await sealed(vault, id, one);
    if (!vault.isOpen()) {
      return;
    }
    merged.forEach(([old]) => held.chunks.delete(old));
    held.chunks.set(id, one);
    nameIssuers(held);
    await vault.save([...merged.map(([old]) => forgotten(old)), change]);
  };
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
