/** A site that speaks the offline pack's shape: hashes, cursors and pages as the server's. */

import { createHash, createHmac } from "node:crypto";

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

export function createSite() {
  /** @type {Array<Checked & {seq: number}>} */
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
    /** @type {null | ((cursor: string) => unknown)} */
    instead: null,
  };
  const key = () => createHash("sha256").update(state.secret).digest();

  /** @param {Checked} row */
  function row({ escn: number, reason, checkedAt, goodUntil, expiresOn, pic }) {
    const hash = createHmac("sha256", key()).update(number).digest().subarray(0, 16).toString("base64url");
    return [hash, reason, checkedAt, goodUntil, expiresOn, pic];
  }

  /** @param {string} cursor */
  function page(cursor) {
    const [generation, at] = cursor.split(".");
    const reset = generation !== state.generation;
    const left = log.filter((each) => reset || each.seq > Number(at));
    const rows = left.slice(0, state.page);
    return {
      cursor: `${state.generation}.${rows.at(-1)?.seq ?? seq}`,
      reset,
      more: left.length > rows.length,
      now: new Date(state.now).toISOString(),
      key_id: createHash("sha256").update(key()).digest("hex").slice(0, 16),
      key: key().toString("base64url"),
      max_cards: state.maxCards,
      max_age_s: state.maxAgeS,
      issuers: { 999884762: "Université de Saint-Valentin" },
      rows: state.maxCards === 0 ? [] : rows.map(row),
    };
  }

  return {
    state,
    /** @param {Checked[]} cards */
    saw(...cards) {
      for (const card of cards) {
        seq += 1;
        log = [...log.filter(({ escn: number }) => number !== card.escn), { ...card, seq }];
      }
    },
    /** As the API's client tells it: through JSON. @param {string} cursor */
    ask: async (cursor) => {
      state.asked += 1;
      const told = state.instead?.(cursor) ?? { ok: true, body: page(cursor) };
      return JSON.parse(JSON.stringify(told));
    },
    page,
  };
}
