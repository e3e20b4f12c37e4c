/** What the device answers about a card without the server, and which of two answers counts. Pure. */

import { issuerPic, masked } from "../payload/escn.js";

/**
 * @import {Card, Payload, Reason, Verdict} from "../types.js"
 * @import {Row} from "./row.js"
 */

const UNKNOWN_CARD_FIELDS = {
  issued_at: null,
  expires_at: null,
  academic_level: null,
  card_type: null,
  display_name: null,
};

/**
 * The remembered answer if it is still valid, else COULD NOT CHECK with what follows from the number itself.
 * @param {Payload} payload
 * @param {Row | null} row
 * @param {number} now  the site's time in epoch milliseconds; NaN if it is not known: then there are no ages
 * @param {Readonly<Record<string, string>>} issuers  names by PIC
 * @param {Reason} [failure]  why there is no answer of the server
 * @returns {Verdict}
 */
export function decideAlone(payload, row, now, issuers, failure = "device_offline") {
  return row !== null && isUsable(row, now / 1000)
    ? remembered(payload, row, now, failure)
    : unknown(payload, issuers, failure);
}

/** No card ends earlier (FIRST_DAY in validator/router). */
const FIRST_DAY = "2015-01-01";

/**
 * Whether the row is inside its window, not from the future, and has a plausible last day, which a valid one must have.
 * @param {Row} row
 * @param {number} nowS
 */
function isUsable(row, nowS) {
  const dated = row.expiresOn === null ? row.reason !== "active" : row.expiresOn >= FIRST_DAY;
  return dated && nowS < row.goodUntil && row.checkedAt < row.goodUntil && !isAhead(row, nowS);
}

/**
 * @param {Payload} payload
 * @param {Row} row
 * @param {number} now
 * @param {Reason} failure
 * @returns {Verdict}
 */
function remembered(payload, row, now, failure) {
  const pic = row.issuerPic ?? issuerPic(payload.escn);
  return {
    outcome: row.reason === "active" ? "valid" : "not_valid",
    reason: row.reason,
    source: "device",
    checked_at: iso(row.checkedAt),
    age_s: Math.max(0, Math.floor(now / 1000 - row.checkedAt)),
    good_until: iso(row.goodUntil),
    stands_in_for: failure,
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
    ...UNKNOWN_CARD_FIELDS,
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

/** Clocks kept by NTP differ by milliseconds; a larger lead means a wrong clock (offline_cache/policy.py). */
const AHEAD_S = 5;

/**
 * Whether this answer is from the future, so that its age is not known. False if the time is not known.
 * @param {{checkedAt: number}} row
 * @param {number} nowS  the site's time in epoch seconds; NaN if it is not known
 */
function isAhead(row, nowS) {
  return row.checkedAt > nowS + AHEAD_S;
}

/**
 * Whether `one` counts and not `other`: the later one; in the same hour the one that is not valid. An answer from
 * the future counts only if both are. The same as in validator/pack/body.py.
 * @param {Row} one
 * @param {Row} other
 * @param {number} nowS
 */
export function outranks(one, other, nowS) {
  const ahead = isAhead(one, nowS);
  if (ahead !== isAhead(other, nowS)) {
    return !ahead;
  }
  if (one.checkedAt !== other.checkedAt) {
    return one.checkedAt > other.checkedAt;
  }
  // The same answer may come without its end, as that of a deferred check does.
  return one.reason !== "active" && (other.reason === "active" || one.goodUntil > other.goodUntil);
}
