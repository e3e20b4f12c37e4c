/** The site's recent answers on this device: found in milliseconds, in order of time, dead at their end. */

import { fromBytes } from "./chunk.js";
import { likelyTime, seen, siteTime } from "./clock.js";
import { hashOf } from "./hash.js";
import { outranks } from "./merge.js";
import { count, locate, readRow } from "./rows.js";

/**
 * @typedef {import("./rows.js").Chunk} Chunk
 * @typedef {import("./rows.js").Row} Row
 * @typedef {import("./clock.js").Clock} Clock
 * @typedef {import("./vault.js").Vault} Vault
 *
 * @typedef {object} Standing  How far the pack has come; nothing in it is about a card.
 * @property {string} cursor
 * @property {string} keyId
 * @property {number} maxCards
 * @property {number} maxAgeS
 * @property {number} syncedAt  the site's time in milliseconds
 *
 * @typedef {object} Held  The pack in memory; `writing.js` alone changes it.
 * @property {Map<string, Chunk>} chunks
 * @property {Standing | null} standing
 * @property {CryptoKey | null} key
 * @property {Clock | null} clock
 * @property {Record<string, string>} issuers
 */

const SAVE_CLOCK_MS = 60_000;

/** @returns {Held} */
export function nothingHeld() {
  return { chunks: new Map(), standing: null, key: null, clock: null, issuers: {} };
}

/**
 * Read what is kept into memory; what is there already is not read again.
 * @param {Held} held
 * @param {Vault} vault
 */
export async function load(held, vault) {
  const [keys, state, chunks] = await Promise.all([
    vault.entries("keys"),
    vault.entries("state"),
    vault.entries("chunks"),
  ]);
  const states = new Map(state);
  held.key = new Map(keys).get("pack") ?? null;
  held.standing = states.get("pack") ?? null;
  held.clock = states.get("clock") ?? null;
  const known = held.chunks;
  held.chunks = new Map();
  for (const [id, kept] of chunks) {
    const bytes = known.has(id) ? null : await vault.unseal("chunks", kept.sealed);
    const found = known.get(id) ?? (bytes && fromBytes(bytes));
    if (found) {
      held.chunks.set(id, found);
    }
  }
  nameIssuers(held);
}

/**
 * Forget all of it at once.
 * @param {Held} held
 */
export function drop(held) {
  Object.assign(held, nothingHeld());
}

/** @param {Held} held */
export function nameIssuers(held) {
  held.issuers = Object.assign({}, ...[...held.chunks.values()].map(({ issuers }) => issuers));
}

/**
 * What may be asked of the pack; it never rejects and asks nobody.
 * @param {Held} held
 * @param {{vault: Vault, subtle: SubtleCrypto, deviceNow: () => number}} parts
 */
export function createPack(held, { vault, subtle, deviceNow }) {
  let clockSavedAt = -Infinity;

  function noteTime() {
    const now = deviceNow();
    held.clock = seen(held.clock, now);
    if (held.clock !== null && Math.abs(now - clockSavedAt) >= SAVE_CLOCK_MS) {
      clockSavedAt = now;
      void vault.save([{ room: "state", key: "clock", value: held.clock }]);
    }
  }

  return Object.freeze({
    /**
     * What is remembered of this card: the answer that counts, old or not. Whether it may be given says
     * `decideAlone`.
     * @param {string} escn
     * @returns {Promise<Row | null>}
     */
    async find(escn) {
      const { key, standing } = held;
      if (key === null || standing === null || !vault.isOpen()) {
        return null;
      }
      try {
        return newest(held, await hashOf(subtle, key, escn), siteTime(held.clock, deviceNow()) / 1000);
      } catch {
        return null;
      }
    },

    /** The site's time in milliseconds; NaN where no age can be known. */
    now() {
      const time = siteTime(held.clock, deviceNow());
      if (!Number.isNaN(time)) {
        noteTime();
      }
      return time;
    },

    /** The site's time as well as it can be told. */
    likelyNow: () => likelyTime(held.clock, deviceNow()),

    /** @returns {Readonly<Record<string, string>>} */
    issuers: () => held.issuers,

    /** How many cards, counted twice where they were checked again, and the seconds since the last sync. */
    facts() {
      const time = siteTime(held.clock, deviceNow());
      const age = held.standing === null ? NaN : Math.max(0, (time - held.standing.syncedAt) / 1000);
      const cards = [...held.chunks.values()].reduce((sum, each) => sum + count(each), 0);
      return { cards, ageS: Number.isNaN(age) ? null : age, kept: vault.kind };
    },
  });
}

/**
 * Of all rows of this card the one that counts, with its end no later than the pack's own age allows.
 * @param {Held} held
 * @param {Uint8Array} hash
 * @param {number} nowS
 * @returns {Row | null}
 */
function newest(held, hash, nowS) {
  /** @type {Row | null} */
  let best = null;
  for (const each of held.chunks.values()) {
    const at = locate(each, hash);
    const row = at < 0 ? null : readRow(each, at);
    if (row !== null && (best === null || outranks(row, best, nowS))) {
      best = row;
    }
  }
  if (best === null) {
    return null;
  }
  const oldest = best.checkedAt + (held.standing?.maxAgeS ?? 0);
  return { ...best, goodUntil: Math.min(best.goodUntil, oldest) };
}
