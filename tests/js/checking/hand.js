/** Time that a test turns by hand, and the values that checks are made of. */

/**
 * @import {Row} from "../../../validator/static/js/memory/row.js"
 * @import {Verdict} from "../../../validator/static/js/types.js"
 */

export const NOON = Date.parse("2026-11-24T12:00:00Z");
export const ANNA = Object.freeze({
  escn: "3e506370-826a-103d-bf76-001999884762",
  warnings: ["unknown_qr_host"],
});

/** @type {Row} */
export const REMEMBERED = Object.freeze({
  reason: "active",
  checkedAt: NOON / 1000 - 3_600,
  goodUntil: NOON / 1000 + 86_400,
  expiresOn: "2027-09-30",
  issuerPic: null,
  issuerName: null,
  academicLevel: null,
});

/**
 * A verdict as the API gives it.
 * @param {Partial<Verdict>} [changes]
 * @returns {Verdict}
 */
export function verdict(changes = {}) {
  return {
    outcome: "valid",
    reason: "active",
    source: "router",
    checked_at: "2026-11-24T12:00:00.123456Z",
    age_s: 0,
    good_until: "2026-12-01T12:00:00.123456Z",
    stands_in_for: null,
    card: {
      number: "3e50…4762",
      issuer_pic: "999884762",
      issuer_name: "Université de Saint-Valentin",
      issued_at: null,
      expires_at: "2027-09-30",
      academic_level: "Master",
      card_type: "1",
      display_name: null,
    },
    warnings: [],
    ...changes,
  };
}

/** Let everything happen that waits for nothing but its turn. */
export async function settle() {
  for (let turn = 0; turn < 30; turn += 1) {
    await Promise.resolve();
  }
}

export function createHand() {
  /** @type {Array<{at: number, work: () => void}>} */
  let waiting = [];
  const hand = {
    time: 0,
    now: () => hand.time,
    timers: {
      setTimeout(/** @type {() => void} */ work, /** @type {number} */ ms) {
        const timer = { at: hand.time + ms, work };
        waiting.push(timer);
        return timer;
      },
      clearTimeout(/** @type {unknown} */ timer) {
        waiting = waiting.filter((each) => each !== timer);
      },
    },
    waiting: () => waiting.length,
    /** Let so much time go by, and everything happen in its order. @param {number} ms */
    async pass(ms) {
      const end = hand.time + ms;
      await settle();
      for (;;) {
        const next = waiting.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
        if (next === undefined) {
          break;
        }
        hand.timers.clearTimeout(next);
        hand.time = Math.max(hand.time, next.at);
        next.work();
        await settle();
      }
      hand.time = end;
    },
  };
  return hand;
}
