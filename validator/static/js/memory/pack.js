/** The site's recent answers on this device, found in milliseconds, and the site's time on it. */

import { countRows, fromBytes, locate, orderAt, sealedAt } from "./chunks.js";
import { outranks } from "./decide.js";
import { FORMAT } from "./pack_page.js";
import { deriveOnce, readBody, unsealBody } from "./row.js";

/**
 * @import {Chunk} from "./chunks.js"
 * @import {Derived, Row, RowKey, Salt} from "./row.js"
 * @import {Vault} from "./vault.js"
 */

/**
 * @typedef {object} Clock  What is stored about the time; in milliseconds. The device's own clock may be wrong.
 * @property {number} offset  to be added to the device's clock
 * @property {number} highest  the latest site time ever seen
 *
 * @typedef {object} SyncState  The result of the last sync; nothing in it is about a card.
 * @property {number} format
 * @property {string} cursor
 * @property {Salt[]} salts  the newest last
 * @property {number} order  how many pages were taken over since the last reset
 * @property {number} maxCards
 * @property {number} maxAgeS
 * @property {number} syncedAt  the site's time in milliseconds
 *
 * @typedef {object} PackState  The pack in memory; only `PackWriter` and `Compaction` change it.
 * @property {Map<string, Chunk>} chunks
 * @property {SyncState | null} sync
 * @property {Clock | null} clock
 * @property {Record<string, string>} issuers  names by PIC, as this page has met them; they are not stored
 * @property {Derived} derived
 */

/** If the device's clock goes back by more than this, ages are no longer known. */
export const TOLERANCE_MS = 300_000;
const SAVE_CLOCK_MS = 60_000;

/** @returns {PackState} */
export function emptyState() {
  return { chunks: new Map(), sync: null, clock: null, issuers: {}, derived: new Map() };
}

/**
 * Read the stored pack into memory. Chunks that are in memory are not read again.
 * @param {PackState} state
 * @param {Vault} vault
 */
export async function load(state, vault) {
  const [stored, chunks] = await Promise.all([vault.entries("state"), vault.entries("chunks")]);
  const states = new Map(stored);
  const sync = states.get("pack");
  state.sync = sync?.format === FORMAT ? sync : null;
  state.clock = states.get("clock") ?? null;
  const known = state.chunks;
  state.chunks = new Map();
  for (const [id, { sealed }] of chunks) {
    const bytes = known.has(id) ? null : await vault.unseal("chunks", sealed);
    const chunk = known.get(id) ?? (bytes && fromBytes(bytes));
    if (chunk) {
      state.chunks.set(id, chunk);
    }
  }
}

/**
 * Clear the pack in memory at once.
 * @param {PackState} state
 */
export function clear(state) {
  Object.assign(state, emptyState());
}

/**
 * Remember an issuer's name: it is shown for cards of this issuer that have no answer.
 * @param {PackState} state
 * @param {{issuerPic: string | null, issuerName: string | null}} named
 */
export function nameIssuer(state, { issuerPic, issuerName }) {
  if (issuerPic !== null && issuerName !== null) {
    state.issuers = { ...state.issuers, [issuerPic]: issuerName };
  }
}

/** Reads the pack. It never rejects and uses no network. */
export class Pack {
  #state;
  #vault;
  #subtle;
  #deviceNow;
  #clockSavedAt = -Infinity;

  /**
   * @param {PackState} state
   * @param {{vault: Vault, subtle: SubtleCrypto, deviceNow: () => number}} parts
   */
  constructor(state, { vault, subtle, deviceNow }) {
    this.#state = state;
    this.#vault = vault;
    this.#subtle = subtle;
    this.#deviceNow = deviceNow;
  }

  /**
   * The remembered answer about this card that counts, however old. `decideAlone` decides whether it may be shown.
   * @param {string} escn
   * @returns {Promise<Row | null>}
   */
  async find(escn) {
    const { sync } = this.#state;
    if (sync === null || !this.#vault.isOpen()) {
      return null;
    }
    try {
      const found = (await Promise.all(sync.salts.map((salt) => this.#rowsOf(escn, salt)))).flat();
      found.forEach((row) => nameIssuer(this.#state, row));
      return this.#vault.isOpen() ? newest(this.#state, found, this.#siteTime() / 1000) : null;
    } catch {
      return null;
    }
  }

  /** The site's time in milliseconds; NaN if no age can be known. */
  now() {
    const time = this.#siteTime();
    if (!Number.isNaN(time)) {
      this.#noteTime();
    }
    return time;
  }

  /** The site's time, or the device's if that is not known. */
  likelyNow() {
    return likelyTime(this.#state.clock, this.#deviceNow());
  }

  /** @returns {Readonly<Record<string, string>>} */
  issuers() {
    return this.#state.issuers;
  }

  /** How many rows there are (a card that was checked again may have several), and seconds since the last sync. */
  facts() {
    const { sync, chunks } = this.#state;
    const age = sync === null ? NaN : Math.max(0, (this.#siteTime() - sync.syncedAt) / 1000);
    const cards = [...chunks.values()].reduce((sum, chunk) => sum + countRows(chunk), 0);
    return { cards, ageS: Number.isNaN(age) ? null : age, kept: this.#vault.kind };
  }

  #siteTime() {
    return siteTime(this.#state.clock, this.#deviceNow());
  }

  #noteTime() {
    const now = this.#deviceNow();
    this.#state.clock = seen(this.#state.clock, now);
    if (Math.abs(now - this.#clockSavedAt) >= SAVE_CLOCK_MS) {
      this.#clockSavedAt = now;
      void this.#vault.save([{ store: "state", key: "clock", value: this.#state.clock }]);
    }
  }

  /**
   * The rows of this card under one salt: the last one of the site and the last one of this device itself.
   * @param {string} escn
   * @param {Salt} salt
   * @returns {Promise<Row[]>}
   */
  async #rowsOf(escn, salt) {
    const row = await deriveOnce(this.#state.derived, this.#subtle, escn, salt);
    const chunks = [...this.#state.chunks.values()].filter((chunk) => chunk.salt === salt.id);
    const latest = [false, true].map((own) => lastRow(chunks.filter((chunk) => chunk.own === own), row));
    const bodies = await Promise.all(latest.map((sealed) => sealed && unsealBody(this.#subtle, row, sealed)));
    return bodies.map((body) => body && readBody(body)).filter((read) => read !== null);
  }
}

/**
 * The latest row of these chunks, sealed; null if there is none.
 * @param {Chunk[]} chunks
 * @param {RowKey} row
 */
function lastRow(chunks, { id }) {
  let [found, order] = [/** @type {Uint8Array | null} */ (null), -1];
  for (const chunk of chunks) {
    const at = locate(chunk, id);
    if (at >= 0 && orderAt(chunk, at) >= order) {
      [found, order] = [sealedAt(chunk, at), orderAt(chunk, at)];
    }
  }
  return found;
}

/**
 * The row that counts. It ends no later than the pack's maximum age allows.
 * @param {PackState} state
 * @param {Row[]} rows
 * @param {number} nowS
 * @returns {Row | null}
 */
function newest({ sync }, rows, nowS) {
  /** @type {Row | null} */
  let best = null;
  for (const row of rows) {
    best = best === null || outranks(row, best, nowS) ? row : best;
  }
  return best && { ...best, goodUntil: Math.min(best.goodUntil, best.checkedAt + (sync?.maxAgeS ?? 0)) };
}

/**
 * The clock after the server sent its time. It counts from the request, so that no age is too young.
 * @param {number} askedAt  the device's clock at the request
 * @param {number} serverNow
 * @returns {Clock}
 */
export function synced(askedAt, serverNow) {
  return { offset: serverNow - askedAt, highest: serverNow };
}

/**
 * The site's time; NaN before the first sync and after the device's clock went back.
 * @param {Clock | null} clock
 * @param {number} deviceNow
 */
export function siteTime(clock, deviceNow) {
  const time = clock === null ? NaN : deviceNow + clock.offset;
  return clock !== null && time < clock.highest - TOLERANCE_MS ? NaN : time;
}

/**
 * The best guess of the site's time, for instants that are not ages.
 * @param {Clock | null} clock
 * @param {number} deviceNow
 */
export function likelyTime(clock, deviceNow) {
  return deviceNow + (clock?.offset ?? 0);
}

/**
 * The clock after this instant was seen.
 * @param {Clock | null} clock
 * @param {number} deviceNow
 * @returns {Clock | null}
 */
export function seen(clock, deviceNow) {
  return clock === null ? null : { ...clock, highest: Math.max(clock.highest, deviceNow + clock.offset) };
}
