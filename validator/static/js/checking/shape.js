/** Is this JSON a verdict of our API, about this card? Strict: what is not exactly one is none. Pure. */

/** @import {Outcome, Reason, Verdict} from "../types.js" */

/**
 * The one outcome each reason can stand under (validator/verdict.py).
 * @type {Readonly<Record<Reason, Outcome>>}
 */
const OUTCOMES = Object.freeze({
  active: "valid",
  expired: "not_valid",
  inactive: "not_valid",
  unknown_card: "not_valid",
  router_timeout: "could_not_check",
  router_unreachable: "could_not_check",
  router_refused: "could_not_check",
  router_busy: "could_not_check",
  router_error: "could_not_check",
  router_answer_unusable: "could_not_check",
  device_offline: "could_not_check",
  too_many_checks: "could_not_check",
});
const CARD = /** @type {const} */ ([
  "issuer_pic",
  "issuer_name",
  "issued_at",
  "expires_at",
  "academic_level",
  "card_type",
  "display_name",
]);
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const INSTANT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,18}(?:Z|[+-][0-9]{2}:[0-9]{2})$/;
const NUMBER = /^[0-9a-f]{4}…[0-9a-f]{4}$/;
const CODE = /^[a-z_]{1,40}$/;
const LONGEST_TEXT = 500;
const MOST_WARNINGS = 20;

/**
 * The verdict in this JSON, frozen, with nothing else in it; null where it is not one of exactly this card.
 * @param {unknown} body
 * @param {string | null} number  the masked number that was asked for; null where a picture was sent
 * @returns {Verdict | null}
 */
export function verdictOf(body, number) {
  if (!isObject(body) || !isAnswer(body) || !isCard(body["card"], number) || !hasItsTimes(body)) {
    return null;
  }
  const { outcome, reason, source, checked_at, age_s, good_until, stands_in_for, warnings } = body;
  const given = body["card"];
  const card = Object.fromEntries(["number", ...CARD].map((name) => [name, given[name]]));
  return /** @type {Verdict} */ (
    Object.freeze({
      ...{ outcome, reason, source, checked_at, age_s, good_until, stands_in_for },
      card: Object.freeze(card),
      warnings: Object.freeze([.../** @type {string[]} */ (warnings)]),
    })
  );
}

/**
 * Whether these two can stand together.
 * @param {unknown} outcome
 * @param {unknown} reason
 * @returns {boolean}
 */
export function belongTogether(outcome, reason) {
  const isReason = typeof reason === "string" && Object.keys(OUTCOMES).includes(reason);
  return isReason && OUTCOMES[/** @type {Reason} */ (reason)] === outcome;
}

/** @param {Record<string, unknown>} body */
function isAnswer({ outcome, reason, source, stands_in_for: failure, warnings }) {
  return (
    belongTogether(outcome, reason) &&
    (source === "router" || source === "cache") &&
    (failure === null || belongTogether("could_not_check", failure)) &&
    Array.isArray(warnings) &&
    warnings.length <= MOST_WARNINGS &&
    warnings.every((code) => typeof code === "string" && CODE.test(code))
  );
}

/**
 * An answer says when it was given; VALID also says until when it counts.
 * @param {Record<string, unknown>} body
 */
function hasItsTimes({ outcome, checked_at: checkedAt, age_s: age, good_until: goodUntil }) {
  const isAge = Number.isSafeInteger(age) && /** @type {number} */ (age) >= 0;
  const untold = outcome === "could_not_check";
  return (
    isAge &&
    (isInstant(checkedAt) || (untold && checkedAt === null)) &&
    (isInstant(goodUntil) || (outcome !== "valid" && goodUntil === null)) &&
    (outcome !== "valid" || Date.parse(String(checkedAt)) < Date.parse(String(goodUntil)))
  );
}

/**
 * @param {unknown} card
 * @param {string | null} number
 * @returns {card is Record<string, string | null>}
 */
function isCard(card, number) {
  return (
    isObject(card) &&
    typeof card["number"] === "string" &&
    NUMBER.test(card["number"]) &&
    (number === null || card["number"] === number) &&
    CARD.every((name) => card[name] === null || isText(card[name])) &&
    [card["issued_at"], card["expires_at"]].every((day) => day === null || DAY.test(String(day)))
  );
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param {unknown} value */
function isText(value) {
  return typeof value === "string" && value.length <= LONGEST_TEXT;
}

/** @param {unknown} value */
function isInstant(value) {
  return typeof value === "string" && INSTANT.test(value) && Number.isFinite(Date.parse(value));
}
