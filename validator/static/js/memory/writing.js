/** How the pack changes: by a sync that landed whole, and by an answer that this device got itself. */

import { chunkOf } from "./chunk.js";
import { synced } from "./clock.js";
import { hashOf, importKey } from "./hash.js";
import { drop, load, nameIssuers } from "./pack.js";
import { canBeRemembered } from "./rows.js";
import { inTurn } from "./serial.js";
import { createTidying, sealed } from "./tidying.js";

/**
 * @typedef {import("./rows.js").Chunk} Chunk
 * @typedef {import("./rows.js").Row} Row
 * @typedef {import("./page.js").Page} Page
 * @typedef {import("./pack.js").Held} Held
 * @typedef {import("./vault.js").Vault} Vault
 * @typedef {import("./database.js").Change} Change
 * @typedef {import("../types.js").Verdict} Verdict
 *
 * @typedef {object} Parts
 * @property {Vault} vault
 * @property {SubtleCrypto} subtle
 * @property {() => number} deviceNow
 * @property {() => string} newId
 * @property {() => Promise<void>} breathe  lets the page do something else between two pieces of work
 * @property {() => void} changed
 */

/**
 * @param {Held} held
 * @param {Parts} parts
 */
export function createWriting(held, parts) {
  const { vault, subtle } = parts;
  const turn = inTurn();
  const tidy = createTidying(held, parts);

  /**
   * @param {Page[]} pages
   * @returns {Promise<Array<[string, Chunk]>>}
   */
  async function chunksOf(pages) {
    /** @type {Array<[string, Chunk]>} */
    const made = [];
    for (const { entries, issuers } of pages.filter((page) => page.entries.length > 0 && page.maxCards > 0)) {
      made.push([parts.newId(), chunkOf(entries, issuers)]);
      await parts.breathe();
    }
    return made;
  }

  /** @param {Page[]} pages @param {number} askedAt */
  async function adopt(pages, askedAt) {
    const last = pages.at(-1);
    if (last === undefined || !vault.isOpen()) {
      return false;
    }
    const anew = pages.some(({ reset }) => reset) || last.keyId !== held.standing?.keyId;
    const key = anew || held.key === null ? await importKey(subtle, last.key) : held.key;
    const made = await chunksOf(pages);
    const kept = await Promise.all(made.map(([id, each]) => sealed(vault, id, each)));
    if (!vault.isOpen()) {
      return false;
    }
    if (anew) {
      drop(held);
    }
    takeOver(last, key, askedAt, made);
    await vault.save([
      ...(anew ? [/** @type {Change} */ ({ room: "chunks" })] : []),
      ...kept,
      { room: "keys", key: "pack", value: key },
      { room: "state", key: "pack", value: held.standing },
      { room: "state", key: "clock", value: held.clock },
    ]);
    await tidy();
    parts.changed();
    return vault.isOpen();
  }

  /**
   * @param {Page} last
   * @param {CryptoKey} key
   * @param {number} askedAt
   * @param {Array<[string, Chunk]>} made
   */
  function takeOver({ cursor, keyId, maxCards, maxAgeS, now }, key, askedAt, made) {
    held.key = key;
    held.clock = synced(askedAt, now);
    held.standing = { cursor, keyId, maxCards, maxAgeS, syncedAt: now };
    made.forEach(([id, each]) => held.chunks.set(id, each));
    nameIssuers(held);
  }

  /** @param {string} escn @param {Verdict} verdict */
  async function remember(escn, verdict) {
    const { key, standing } = held;
    const made = rowOf(verdict);
    if (key === null || !standing?.maxCards || made === null) {
      return;
    }
    const each = chunkOf([{ hash: await hashOf(subtle, key, escn), row: made.row }], made.issuers);
    const id = parts.newId();
    const change = await sealed(vault, id, each);
    if (!vault.isOpen() || held.key !== key) {
      return;
    }
    held.chunks.set(id, each);
    nameIssuers(held);
    await vault.save([change]);
    await tidy();
  }

  return Object.freeze({
    /**
     * Take a whole sync over. Where the disk is full the pack is in memory, and the next start asks again.
     * @param {Page[]} pages  in order, the last one without `more`
     * @param {number} askedAt  the device's clock when the last page was asked for
     * @returns {Promise<boolean>}  false where all was wiped meanwhile
     */
    adopt: (pages, askedAt) => turn(() => adopt(pages, askedAt)),

    /**
     * Remember an answer that the server gave this device: no older one may be given after it.
     * @param {string} escn
     * @param {Verdict} verdict
     */
    remember: (escn, verdict) => turn(() => remember(escn, verdict)),

    /** Read what another tab wrote, or what the last visit left. */
    reload: () =>
      turn(async () => {
        await load(held, vault);
        await tidy();
      }),
  });
}

/**
 * What a live answer leaves behind; null where it says nothing of the card.
 * @param {Verdict} verdict
 * @returns {{row: Row, issuers: Record<string, string>} | null}
 */
function rowOf({ reason, checked_at, good_until, card }) {
  const checkedAt = secondsOf(checked_at);
  if (Number.isNaN(checkedAt) || !canBeRemembered(reason)) {
    return null;
  }
  const end = secondsOf(good_until);
  const issuerPic = reason === "unknown_card" ? null : card.issuer_pic;
  const goodUntil = Number.isNaN(end) ? checkedAt : end;
  return {
    row: { reason, checkedAt, goodUntil, expiresOn: card.expires_at, issuerPic },
    issuers: issuerPic !== null && card.issuer_name !== null ? { [issuerPic]: card.issuer_name } : {},
  };
}

/** @param {string | null} instant */
function secondsOf(instant) {
  return Math.floor(Date.parse(instant ?? "") / 1000);
}
