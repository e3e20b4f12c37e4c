/** The site's recent answers on this device: found in milliseconds, in order of time, dead at their end. */

import { readBody } from "./body.js";
import { likelyTime, seen, siteTime } from "./clock.js";
import { derivedOnce, unsealBody } from "./derive.js";
import { outranks } from "./merge.js";
import { FORMAT } from "./page.js";
import { count, fromBytes, locate, orderAt, sealedAt } from "./rows.js";

/**
 * @typedef {import("./rows.js").Chunk} Chunk
 * @typedef {import("./body.js").Row} Row
 * @typedef {import("./derive.js").Salt} Salt
 * @typedef {import("./derive.js").RowKey} RowKey
 * @typedef {import("./clock.js").Clock} Clock
 * @typedef {import("./vault.js").Vault} Vault
 *
 * @typedef {object} Standing  How far the pack has come; nothing in it is about a card.
 * @property {number} format
 * @property {string} cursor
 * @property {Salt[]} salts  the newest last
 * @property {number} order  how many pages it took
 * @property {number} maxCards
 * @property {number} maxAgeS
 * @property {number} syncedAt  the site's time in milliseconds
 *
 * @typedef {object} Held  The pack in memory; `writing.js` alone changes it.
 * @property {Map<string, Chunk>} chunks
 * @property {Standing | null} standing
 * @property {Clock | null} clock
 * @property {Record<string, string>} issuers  names by PIC, as this page has met them; they are not kept
 * @property {import("./derive.js").Derived} derived
 */

const SAVE_CLOCK_MS = 60_000;

/** @returns {Held} */
export function nothingHeld() {
  return { chunks: new Map(), standing: null, clock: null, issuers: {}, derived: new Map() };
}

/**
 * Read what is kept into memory; what is there already is not read again.
 * @param {Held} held
 * @param {Vault} vault
 */
export async function load(held, vault) {
  const [state, chunks] = await Promise.all([vault.entries("state"), vault.entries("chunks")]);
  const states = new Map(state);
  const standing = states.get("pack");
  held.standing = standing?.format === FORMAT ? standing : null;
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
}

/**
 * Forget all of it at once.
 * @param {Held} held
 */
export function drop(held) {
  Object.assign(held, nothingHeld());
}

/**
 * An issuer's name was met: cards of that issuer that nobody knows are told with it.
 * @param {Held} held
 * @param {{issuerPic: string | null, issuerName: string | null}} named
 */
export function nameIssuer(held, { issuerPic, issuerName }) {
  if (issuerPic !== null && issuerName !== null) {
    held.issuers = { ...held.issuers, [issuerPic]: issuerName };
  }
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
      const { standing } = held;
      if (standing === null || !vault.isOpen()) {
        return null;
      }
      try {
        const under = standing.salts.map((salt) => rowsUnder(held, subtle, escn, salt));
        const found = (await Promise.all(under)).flat();
        found.forEach((row) => nameIssuer(held, row));
        return vault.isOpen() ? newest(held, found, siteTime(held.clock, deviceNow()) / 1000) : null;
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
 * What stands of this card under one salt: the row that the site sent last, and the one that this device was
 * told last itself.
 * @param {Held} held
 * @param {SubtleCrypto} subtle
 * @param {string} escn
 * @param {Salt} salt
 * @returns {Promise<Row[]>}
 */
async function rowsUnder(held, subtle, escn, salt) {
  const row = await derivedOnce(held.derived, subtle, escn, salt);
  const chunks = [...held.chunks.values()].filter((each) => each.salt === salt.id);
  const latest = [false, true].map((own) => last(chunks.filter((each) => each.own === own), row));
  const bodies = await Promise.all(latest.map((sealed) => sealed && unsealBody(subtle, row, sealed)));
  return bodies.map((body) => body && readBody(body)).filter((read) => read !== null);
}

/**
 * The row that came last, sealed; null where there is none.
 * @param {Chunk[]} chunks
 * @param {RowKey} row
 */
function last(chunks, { id }) {
  let [found, order] = [/** @type {Uint8Array | null} */ (null), -1];
  for (const each of chunks) {
    const at = locate(each, id);
    if (at >= 0 && orderAt(each, at) >= order) {
      [found, order] = [sealedAt(each, at), orderAt(each, at)];
    }
  }
  return found;
}

/**
 * Of these rows the one that counts, with its end no later than the pack's own age allows.
 * @param {Held} held
 * @param {Row[]} rows
 * @param {number} nowS
 * @returns {Row | null}
 */
function newest(held, rows, nowS) {
  /** @type {Row | null} */
  let best = null;
  for (const row of rows) {
    best = best === null || outranks(row, best, nowS) ? row : best;
  }
  if (best === null) {
    return null;
  }
  const oldest = best.checkedAt + (held.standing?.maxAgeS ?? 0);
  return { ...best, goodUntil: Math.min(best.goodUntil, oldest) };
}
