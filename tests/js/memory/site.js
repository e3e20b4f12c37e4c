/** A site that speaks the offline pack's shape: salts, sealed rows, cursors and pages as the server's. */

import { createCipheriv, createHash, hkdfSync, pbkdf2Sync, randomBytes } from "node:crypto";
import { writeBody } from "../../../validator/static/js/memory/row.js";

/**
 * @typedef {{escn: string, reason: string, checkedAt: number, goodUntil: number, expiresOn: string | null,
 *   pic: string | null}} Checked  instants in epoch seconds
 * @typedef {ReturnType<typeof createSite>} Site
 */

export const NOON = Date.parse("2026-11-24T12:00:00Z");
export const NOON_S = NOON / 1000;
export const DAY_S = 86_400;

/** @param {number} number */
export function escn(number) {
  return `${number.toString(16).padStart(8, "0")}-826a-103d-bf76-001999884762`;
}

/**
 * @param {number} number
 * @param {string} [reason]
 * @param {number} [checkedAt]
 * @returns {Checked}
 */
export function checked(number, reason = "active", checkedAt = NOON_S) {
  const window = reason === "active" ? 7 * DAY_S : DAY_S;
  const goodUntil = checkedAt + window;
  return { escn: escn(number), reason, checkedAt, goodUntil, expiresOn: "2027-09-30", pic: "999884762" };
}

/** The queue's keys of two people, as the server gives them. */
export const SARA = { id: "sara", key: "A".repeat(43) };
export const BOB = { id: "bob", key: "B".repeat(42) + "A" };

/** Few rounds, so that tests are quick. */
const ROUNDS = 5;

/**
 * The row of this card as the server seals it.
 * @param {Checked} card
 * @param {Buffer} salt
 */
export function sealedRow({ escn: number, reason, checkedAt, goodUntil, expiresOn, pic }, salt) {
  const root = pbkdf2Sync(number, salt, ROUNDS, 32, "sha256");
  const both = Buffer.from(hkdfSync("sha256", root, "", "esc-validator pack row, shape 1", 48));
  const [id, iv] = [both.subarray(0, 16), randomBytes(12)];
  const cipher = createCipheriv("aes-256-gcm", both.subarray(16), iv);
  cipher.setAAD(id);
  const issuerName = pic === null ? null : "Université de Saint-Valentin";
  const row = { reason, checkedAt, goodUntil, expiresOn, issuerPic: pic, issuerName, academicLevel: null };
  const body = writeBody(/** @type {any} */ (row));
  return Buffer.concat([id, iv, cipher.update(body), cipher.final(), cipher.getAuthTag()]);
}

export function createSite() {
  /** @type {Array<Checked & {seq: number, salt: number}>} */
  let log = [];
  let seq = 0;
  const state = {
    secret: "lindenburg",
    generation: "1",
    now: NOON,
    page: 3,
    maxCards: 1_000,
    maxAgeS: 7 * DAY_S,
    asked: 0,
    /** The salts that are given; what is seen stands under the last one. */
    salts: [1],
    endsAt: NOON_S + 10 * DAY_S,
    /** @type {null | ((cursor: string) => unknown)} */
    instead: null,
  };
  /** @param {number} id */
  const saltOf = (id) => createHash("sha256").update(`${state.secret} ${id}`).digest().subarray(0, 16);

  /** @param {string} cursor */
  function page(cursor) {
    const [generation, at] = cursor.split(".");
    const reset = generation !== state.generation;
    const left = log.filter((each) => (reset || each.seq > Number(at)) && state.salts.includes(each.salt));
    const rows = left.slice(0, state.page);
    /** @param {number} id */
    const under = (id) =>
      Buffer.concat(
        rows
          .filter(({ salt }) => salt === id)
          .map((row) => sealedRow(row, saltOf(id)))
          .sort(Buffer.compare),
      ).toString("base64");
    return {
      format: 2,
      cursor: `${state.generation}.${rows.at(-1)?.seq ?? seq}`,
      reset,
      more: left.length > rows.length,
      now: new Date(state.now).toISOString(),
      max_cards: state.maxCards,
      max_age_s: state.maxAgeS,
      row_bytes: 116,
      salts: state.salts.map((id) => ({
        id,
        salt: saltOf(id).toString("base64url"),
        rounds: ROUNDS,
        ends_at: id === state.salts.at(-1) ? state.endsAt : NOON_S + 3 * DAY_S,
      })),
      sealed: state.maxCards === 0 ? {} : Object.fromEntries(state.salts.map((id) => [id, under(id)])),
    };
  }

  return {
    state,
    /** @param {Checked[]} cards */
    saw(...cards) {
      const salt = /** @type {number} */ (state.salts.at(-1));
      for (const card of cards) {
        seq += 1;
        log = [...log.filter((each) => each.escn !== card.escn || each.salt !== salt), { ...card, seq, salt }];
      }
    },
    /** As the API's client returns it: through JSON. @param {string} cursor */
    ask: async (/** @type {string} */ cursor) => {
      state.asked += 1;
      const told = state.instead?.(cursor) ?? { ok: true, body: page(cursor) };
      return JSON.parse(JSON.stringify(told));
    },
    page,
    saltOf,
  };
}
