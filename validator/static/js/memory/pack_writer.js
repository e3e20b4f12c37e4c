/** Writes the pack: a complete sync, or an answer that this device got itself. */

import { ROW_BYTES, SENT_BYTES, chunkOf, orderAt } from "./chunks.js";
import { Compaction, sealChunk } from "./compaction.js";
import { clear, load, nameIssuer, synced } from "./pack.js";
import { FORMAT } from "./pack_page.js";
import { HOUR_S, ID_BYTES, canBeRemembered, deriveOnce, sealBody, writeBody } from "./row.js";

/**
 * @import {Verdict} from "../types.js"
 * @import {Chunk} from "./chunks.js"
 * @import {Change} from "./database.js"
 * @import {PackState} from "./pack.js"
 * @import {Page} from "./pack_page.js"
 * @import {Row} from "./row.js"
 * @import {Vault} from "./vault.js"
 */

/**
 * @typedef {object} Parts
 * @property {Vault} vault
 * @property {Crypto} crypto
 * @property {() => number} deviceNow
 * @property {() => string} newId
 * @property {() => Promise<void>} breathe  lets the page do other work between two steps
 * @property {() => void} changed
 */

export class PackWriter {
  #state;
  #parts;
  #compaction;
  #inTurn = oneAfterAnother();

  /**
   * @param {PackState} state
   * @param {Parts} parts
   */
  constructor(state, parts) {
    this.#state = state;
    this.#parts = parts;
    this.#compaction = new Compaction(state, parts);
  }

  /**
   * Take over a complete sync. If the disk is full, the pack is in memory only, and the next start syncs again.
   * @param {Page[]} pages  in order, the last one without `more`
   * @param {number} askedAt  the device's clock when the last page was requested
   * @returns {Promise<boolean>}  false if everything was wiped meanwhile
   */
  adopt(pages, askedAt) {
    return this.#inTurn(() => this.#adopt(pages, askedAt));
  }

  /**
   * Remember an answer that the server gave this device, so that no older one is shown after it.
   * @param {string} escn
   * @param {Verdict} verdict
   */
  remember(escn, verdict) {
    return this.#inTurn(() => this.#remember(escn, verdict));
  }

  /** Read what another tab or an earlier visit stored. */
  reload() {
    return this.#inTurn(async () => {
      await load(this.#state, this.#parts.vault);
      await this.#compaction.run();
    });
  }

  /** @param {Page[]} pages @param {number} askedAt */
  async #adopt(pages, askedAt) {
    const { vault } = this.#parts;
    const state = this.#state;
    const last = pages[pages.length - 1];
    if (last === undefined || !vault.isOpen()) {
      return false;
    }
    const isReset = pages.some(({ reset }) => reset) || state.sync === null;
    const order = isReset ? 0 : (state.sync?.order ?? 0);
    const made = await this.#chunksOf(pages, order);
    const sealed = await Promise.all(made.map(([id, chunk]) => sealChunk(vault, id, chunk)));
    if (!vault.isOpen()) {
      return false;
    }
    if (isReset) {
      clear(state);
    }
    this.#takeOver(last, order + pages.length, askedAt, made);
    await vault.save([
      ...(isReset ? [/** @type {Change} */ ({ store: "chunks" })] : []),
      ...sealed,
      { store: "state", key: "pack", value: state.sync },
      { store: "state", key: "clock", value: state.clock },
    ]);
    await this.#compaction.run();
    this.#parts.changed();
    return vault.isOpen();
  }

  /**
   * @param {Page[]} pages
   * @param {number} order  of the first page
   * @returns {Promise<Array<[string, Chunk]>>}
   */
  async #chunksOf(pages, order) {
    /** @type {Array<[string, Chunk]>} */
    const made = [];
    for (const [index, { sealed, maxCards }] of pages.entries()) {
      for (const { salt, rows } of maxCards > 0 ? sealed : []) {
        made.push([this.#parts.newId(), chunkOf(salt, false, rows, order + index)]);
      }
      await this.#parts.breathe();
    }
    return made;
  }

  /**
   * @param {Page} last
   * @param {number} order
   * @param {number} askedAt
   * @param {Array<[string, Chunk]>} made
   */
  #takeOver({ cursor, salts, maxCards, maxAgeS, now }, order, askedAt, made) {
    this.#state.clock = synced(askedAt, now);
    this.#state.sync = { format: FORMAT, cursor, salts, order, maxCards, maxAgeS, syncedAt: now };
    made.forEach(([id, chunk]) => this.#state.chunks.set(id, chunk));
  }

  /**
   * Seal the answer as the site's rows are, under the newest salt: only the card's number opens it.
   * @param {string} escn
   * @param {Verdict} verdict
   */
  async #remember(escn, verdict) {
    const { vault, crypto, newId } = this.#parts;
    const { sync, derived } = this.#state;
    const salt = sync?.salts[sync.salts.length - 1];
    const row = rowOf(verdict);
    if (salt === undefined || !sync?.maxCards || row === null) {
      return;
    }
    const key = await deriveOnce(derived, crypto.subtle, escn, salt);
    const sent = new Uint8Array(SENT_BYTES);
    sent.set(key.id);
    sent.set(await sealBody(crypto, key, writeBody(row)), ID_BYTES);
    const chunk = chunkOf(salt.id, true, sent, nextOwnOrder(this.#state));
    const id = newId();
    const change = await sealChunk(vault, id, chunk);
    if (!vault.isOpen() || this.#state.sync !== sync) {
      return;
    }
    nameIssuer(this.#state, row);
    this.#state.chunks.set(id, chunk);
    await vault.save([change]);
    await this.#compaction.run();
  }
}

/**
 * The row of a live answer, its times rounded down to the hour; null for an answer that says nothing about the card.
 * @param {Verdict} verdict
 * @returns {Row | null}
 */
function rowOf({ reason, checked_at, good_until, card }) {
  const checkedAt = hourOf(checked_at);
  if (Number.isNaN(checkedAt) || !canBeRemembered(reason)) {
    return null;
  }
  const end = hourOf(good_until);
  const isKnown = reason !== "unknown_card";
  return {
    reason,
    checkedAt,
    goodUntil: Number.isNaN(end) ? checkedAt : end,
    expiresOn: card.expires_at,
    issuerPic: isKnown ? card.issuer_pic : null,
    issuerName: isKnown ? card.issuer_name : null,
    academicLevel: card.academic_level,
  };
}

/**
 * The order of this device's next own row: higher than that of all its own rows.
 * @param {PackState} state
 */
function nextOwnOrder({ chunks }) {
  let latest = -1;
  for (const chunk of [...chunks.values()].filter(({ own }) => own)) {
    for (let at = 0; at < chunk.bytes.length; at += ROW_BYTES) {
      latest = Math.max(latest, orderAt(chunk, at));
    }
  }
  return latest + 1;
}

/** @param {string | null} instant */
function hourOf(instant) {
  return Math.floor(Date.parse(instant ?? "") / 1000 / HOUR_S) * HOUR_S;
}

/**
 * Runs one task at a time: a task begins when all before it have ended, also those that failed.
 * @returns {<T>(task: () => Promise<T>) => Promise<T>}
 */
function oneAfterAnother() {
  /** @type {Promise<unknown>} */
  let last = Promise.resolve();
  return (task) => {
    const mine = last.then(task, task);
    last = mine.catch(() => undefined);
    return mine;
  };
}
