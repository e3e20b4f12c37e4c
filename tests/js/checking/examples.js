/** Examples of a card, a remembered row and a verdict. */

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
 * A verdict as the API returns it.
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
