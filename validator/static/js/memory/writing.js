/** How the pack changes: by a sync that landed whole, and by an answer that this device got itself. */

import { HOUR_S, canBeRemembered, writeBody } from "./body.js";
import { synced } from "./clock.js";
import { ID_BYTES, derivedOnce, sealBody } from "./derive.js";
import { drop, load, nameIssuer } from "./pack.js";
import { FORMAT } from "./page.js";
import { ROW_BYTES, SENT_BYTES, chunkOf, orderAt } from "./rows.js";
import { inTurn } from "./serial.js";
import { createTidying, sealed } from "./tidying.js";

/**
 * @typedef {import("./rows.js").Chunk} Chunk
 * @typedef {import("./body.js").Row} Row
 * @typedef {import("./page.js").Page} Page
 * @typedef {import("./pack.js").Held} Held
 * @typedef {import("./vault.js").Vault} Vault
 * @typedef {import("./database.js").Change} Change
 * @typedef {import("../types.js").Verdict} Verdict
 *
 * @typedef {object} Parts
 * @property {Vault} vault
 * @property {Crypto} crypto
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
  const { vault, crypto } = parts;
  const turn = inTurn();
  const tidy = createTidying(held, parts);

  /**
   * @param {Page[]} pages
   * @param {number} order  of the first page
   * @returns {Promise<Array<[string, Chunk]>>}
   */
  async function chunksOf(pages, order) {
    /** @type {Array<[string, Chunk]>} */
    const made = [];
    for (const [place, { sealed: given, maxCards }] of pages.entries()) {
      for (const { salt, rows } of maxCards > 0 ? given : []) {
        made.push([parts.newId(), chunkOf(salt, false, rows, order + place)]);
      }
      await parts.breathe();
    }
    return made;
  }

  /** @param {Page[]} pages @param {number} askedAt */
  async function adopt(pages, askedAt) {
    const last = pages[pages.length - 1];
    if (last === undefined || !vault.isOpen()) {
      return false;
    }
    const anew = pages.some(({ reset }) => reset) || held.standing === null;
    const order = anew ? 0 : (held.standing?.order ?? 0);
    const made = await chunksOf(pages, order);
    const kept = await Promise.all(made.map(([id, each]) => sealed(vault, id, each)));
    if (!vault.isOpen()) {
      return false;
    }
    if (anew) {
      drop(held);
    }
    takeOver(last, order + pages.length, askedAt, made);
    await vault.save([
      ...(anew ? [/** @type {Change} */ ({ room: "chunks" })] : []),
      ...kept,
      { room: "state", key: "pack", value: held.standing },
      { room: "state", key: "clock", value: held.clock },
    ]);
    await tidy();
    parts.changed();
    return vault.isOpen();
  }

  /**
   * @param {Page} last
   * @param {number} order
   * @param {number} askedAt
   * @param {Array<[string, Chunk]>} made
   */
  function takeOver({ cursor, salts, maxCards, maxAgeS, now }, order, askedAt, made) {
    held.clock = synced(askedAt, now);
    held.standing = { format: FORMAT, cursor, salts, order, maxCards, maxAgeS, syncedAt: now };
    made.forEach(([id, each]) => held.chunks.set(id, each));
  }

  /**
   * The answer is sealed as the site's rows are, under the newest salt: it opens with the card's number only.
   * @param {string} escn
   * @param {Verdict} verdict
   */
  async function remember(escn, verdict) {
    const { standing } = held;
    const salt = standing?.salts[standing.salts.length - 1];
    const row = rowOf(verdict);
    if (salt === undefined || !standing?.maxCards || row === null) {
      return;
    }
    const place = await derivedOnce(held.derived, crypto.subtle, escn, salt);
    const body = await sealBody(crypto, place, writeBody(row));
    const sent = new Uint8Array(SENT_BYTES);
    sent.set(place.id);
    sent.set(body, ID_BYTES);
    const each = chunkOf(salt.id, true, sent, nextOwn(held));
    const id = parts.newId();
    const change = await sealed(vault, id, each);
    if (!vault.isOpen() || held.standing !== standing) {
      return;
    }
    nameIssuer(held, row);
    held.chunks.set(id, each);
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
 * What a live answer leaves behind, its times rounded down to the hour; null where it says nothing of the card.
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
 * The order of what this device is told next: after all that it has.
 * @param {Held} held
 */
function nextOwn(held) {
  let latest = -1;
  for (const each of [...held.chunks.values()].filter(({ own }) => own)) {
    for (let at = 0; at < each.bytes.length; at += ROW_BYTES) {
      latest = Math.max(latest, orderAt(each, at));
    }
  }
  return latest + 1;
}

/** @param {string | null} instant */
function hourOf(instant) {
  return Math.floor(Date.parse(instant ?? "") / 1000 / HOUR_S) * HOUR_S;
}
