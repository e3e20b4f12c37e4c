/** What this device can say of a card without anybody's help. Pure. */

import { issuerPic, masked } from "../payload/escn.js";
import { isAhead } from "./merge.js";

/**
 * @typedef {import("../types.js").Payload} Payload
 * @typedef {import("../types.js").Reason} Reason
 * @typedef {import("../types.js").Card} Card
 * @typedef {import("../types.js").Verdict} Verdict
 * @typedef {import("./body.js").Row} Row
 */

const NOTHING = {
  issued_at: null,
  expires_at: null,
  academic_level: null,
  card_type: null,
  display_name: null,
};

/**
 * The remembered answer where it may still be given, else COULD NOT CHECK with what the number itself tells.
 * @param {Payload} payload
 * @param {Row | null} row
 * @param {number} now  the site's time in epoch milliseconds; NaN where nobody knows it: no ages then
 * @param {Readonly<Record<string, string>>} issuers  names by PIC
 * @param {Reason} [standsInFor]  why nobody answers
 * @returns {Verdict}
 */
export function decideAlone(payload, row, now, issuers, standsInFor = "device_offline") {
  return row !== null && mayBeGiven(row, now / 1000)
    ? remembered(payload, row, now, standsInFor)
    : unknown(payload, issuers, standsInFor);
}

/** No card is older (FIRST_DAY in validator/router/answers.py). */
const FIRST_DAY = "2015-01-01";

/**
 * Inside its window, not of the future, with a last day that can be true, and a valid one only with a last day.
 * @param {Row} row
 * @param {number} nowS
 */
function mayBeGiven(row, nowS) {
  const dated = row.expiresOn === null ? row.reason !== "active" : row.expiresOn >= FIRST_DAY;
  return dated && nowS < row.goodUntil && row.checkedAt < row.goodUntil && !isAhead(row, nowS);
}

/**
 * @param {Payload} payload
 * @param {Row} row
 * @param {number} now
 * @param {Reason} standsInFor
 * @returns {Verdict}
 */
function remembered(payload, row, now, standsInFor) {
  const pic = row.issuerPic ?? issuerPic(payload.escn);
  return {
    outcome: row.reason === "active" ? "valid" : "not_valid",
    reason: row.reason,
    source: "device",
    checked_at: iso(row.checkedAt),
    age_s: Math.max(0, Math.floor(now / 1000 - row.checkedAt)),
    good_until: iso(row.goodUntil),
    stands_in_for: standsInFor,
    card: { ...card(payload, pic, row.issuerName, row.expiresOn), academic_level: row.academicLevel },
    warnings: [...payload.warnings, "stale"],
  };
}

/**
 * @param {Payload} payload
 * @param {Readonly<Record<string, string>>} issuers
 * @param {Reason} reason
 * @returns {Verdict}
 */
function unknown(payload, issuers, reason) {
  const pic = issuerPic(payload.escn);
  return {
    outcome: "could_not_check",
    reason,
    source: "device",
    checked_at: null,
    age_s: 0,
    good_until: null,
    stands_in_for: null,
    card: card(payload, pic, nameOf(pic, issuers), null),
    warnings: [...payload.warnings],
  };
}

/**
 * @param {Payload} payload
 * @param {string | null} pic
 * @param {string | null} name
 * @param {string | null} expiresOn
 * @returns {Card}
 */
function card(payload, pic, name, expiresOn) {
  return {
    ...NOTHING,
    number: masked(payload.escn),
    issuer_pic: pic,
    issuer_name: name,
    expires_at: expiresOn,
  };
}

/** @param {string | null} pic @param {Readonly<Record<string, string>>} issuers */
function nameOf(pic, issuers) {
  return pic !== null && Object.keys(issuers).includes(pic) ? (issuers[pic] ?? null) : null;
}

/** @param {number} seconds */
function iso(seconds) {
  return new Date(seconds * 1000).toISOString();
}
