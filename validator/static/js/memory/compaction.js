/** Keeps the pack small: drops ended chunks, merges small ones, and keeps no more cards than the site allows. */

import { countRows, mergeTwo, toBytes, withoutOldest } from "./chunks.js";
import { siteTime } from "./pack.js";

/**
 * @import {Chunk} from "./chunks.js"
 * @import {Change} from "./database.js"
 * @import {PackState} from "./pack.js"
 * @import {Vault} from "./vault.js"
 */

/** @typedef {[string, Chunk]} Named  A chunk with its id. */

/** The most chunks of one kind and salt that stay unmerged. */
const MAX_CHUNKS = 24;
/** A chunk with fewer rows is small: merging it is cheap. */
const SMALL_ROWS = 4_096;
/** Several rows of the same card may exceed `maxCards` by this factor before everything is merged. */
const SLACK = 1.25;

export class Compaction {
  #state;
  #parts;

  /**
   * @param {PackState} state
   * @param {{vault: Vault, deviceNow: () => number, newId: () => string, breathe: () => Promise<void>}} parts
   */
  constructor(state, parts) {
    this.#state = state;
    this.#parts = parts;
  }

  async run() {
    await this.#dropEnded();
    for (const own of [false, true]) {
      const groups = this.#groups(own);
      if (totalRows(groups.flat().map(([, chunk]) => chunk)) > this.#maxCards() * SLACK) {
        await this.#shrink(groups);
        continue;
      }
      for (const group of groups) {
        const small = group.filter(([, chunk]) => countRows(chunk) < SMALL_ROWS);
        if (group.length > MAX_CHUNKS && small.length > MAX_CHUNKS / 2) {
          await this.#replace(small, await this.#merged(small.map(([, chunk]) => chunk)));
        }
      }
    }
  }

  #maxCards() {
    return this.#state.sync?.maxCards ?? 0;
  }

  /** Drop chunks whose salt is unknown or has ended: no row under it counts any more. */
  async #dropEnded() {
    const { sync, clock, chunks } = this.#state;
    const nowS = siteTime(clock, this.#parts.deviceNow()) / 1000;
    const salts = (sync?.salts ?? []).filter(({ endsAt }) => !(endsAt <= nowS)).map(({ id }) => id);
    const ended = [...chunks].filter(([, { salt }]) => !salts.includes(salt)).map(([id]) => id);
    ended.forEach((id) => chunks.delete(id));
    if (ended.length > 0) {
      await this.#parts.vault.save(ended.map(deletion));
    }
  }

  /** The chunks of one kind, grouped by salt, the oldest salt first. @param {boolean} own @returns {Named[][]} */
  #groups(own) {
    const all = [...this.#state.chunks].filter(([, chunk]) => chunk.own === own);
    const salts = [...new Set(all.map(([, { salt }]) => salt))].sort((one, other) => one - other);
    return salts.map((salt) => all.filter(([, chunk]) => chunk.salt === salt));
  }

  /**
   * Merge each group into one chunk; if there are still too many rows, the oldest are left out.
   * @param {Named[][]} groups
   */
  async #shrink(groups) {
    const merged = [];
    for (const group of groups) {
      merged.push(await this.#merged(group.map(([, chunk]) => chunk)));
    }
    let excess = totalRows(merged) - this.#maxCards();
    for (const [index, chunk] of merged.entries()) {
      const group = /** @type {Named[]} */ (groups[index]);
      await this.#replace(group, excess > 0 ? withoutOldest(chunk, excess) : chunk);
      excess -= countRows(chunk);
    }
  }

  /** @param {Chunk[]} chunks  at least one, all of one kind and salt */
  async #merged(chunks) {
    let level = chunks;
    while (level.length > 1) {
      const above = [];
      for (let at = 0; at < level.length; at += 2) {
        const [one, other] = level.slice(at, at + 2);
        above.push(one && other ? mergeTwo(one, other) : /** @type {Chunk} */ (one));
        await this.#parts.breathe();
      }
      level = above;
    }
    return /** @type {Chunk} */ (level[0]);
  }

  /** @param {Named[]} olds @param {Chunk} merged */
  async #replace(olds, merged) {
    const { vault, newId } = this.#parts;
    const id = newId();
    const change = await sealChunk(vault, id, merged);
    if (!vault.isOpen()) {
      return;
    }
    olds.forEach(([old]) => this.#state.chunks.delete(old));
    this.#state.chunks.set(id, merged);
    await vault.save([...olds.map(([old]) => deletion(old)), change]);
  }
}

/** @param {Chunk[]} chunks */
function totalRows(chunks) {
  return chunks.reduce((sum, chunk) => sum + countRows(chunk), 0);
}

/**
 * The change that stores this chunk.
 * @param {Vault} vault
 * @param {string} id
 * @param {Chunk} chunk
 * @returns {Promise<Change>}
 */
export async function sealChunk(vault, id, chunk) {
  return { store: "chunks", key: id, value: { sealed: await vault.seal("chunks", toBytes(chunk)) } };
}

/** @param {string} key @returns {Change} */
function deletion(key) {
  return { store: "chunks", key };
}
