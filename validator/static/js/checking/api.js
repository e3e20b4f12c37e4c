/** The requests of this device to our server, and the strict check of its verdicts. Numbers travel in bodies only. */

import { FORMAT } from "../memory/pack_page.js";
import { masked } from "../payload/escn.js";

/**
 * @import {DeferredCheck} from "../memory/queue.js"
 * @import {Outcome, Payload, Reason, Verdict} from "../types.js"
 * @import {ApiResult, Call, Failure} from "./call.js"
 */

/** @typedef {{ok: true, verdict: Verdict} | Failure} VerdictResult */

const TIMEOUT_MS = { scan: 8_000, pack: 20_000, deferred: 30_000, me: 8_000, logout: 5_000, alive: 4_000 };
const ALIVE = "alive";

export class Api {
  #call;

  /** @param {Call} call */
  constructor(call) {
    this.#call = call;
  }

  /**
   * The server's verdict on this card; the warnings of the code that was read come first.
   * @param {Payload} payload
   * @param {number} timeoutMs
   * @returns {Promise<VerdictResult>}
   */
  async validate({ escn, warnings }, timeoutMs) {
    const json = { input: escn };
    const result = await this.#call({ method: "POST", path: "/api/v1/validations", json, timeoutMs });
    const checked = verdictResult(result, masked(escn));
    return checked.ok ? { ok: true, verdict: withWarnings(checked.verdict, warnings) } : checked;
  }

  /**
   * Let the server read this picture and check its card. The code of a refusal is in `problem`.
   * @param {Blob} picture
   * @returns {Promise<VerdictResult>}
   */
  async scan(picture) {
    const form = new FormData();
    form.append("image", picture, "frame.jpg");
    const sent = { form, timeoutMs: TIMEOUT_MS.scan, isLarge: true };
    return verdictResult(await this.#call({ method: "POST", path: "/api/v1/scans", ...sent }), null);
  }

  /** @param {string} cursor @returns {Promise<ApiResult>} */
  pack(cursor) {
    const path = `/api/v1/offline-pack?format=${FORMAT}&since=${encodeURIComponent(cursor)}`;
    return this.#call({ method: "GET", path, timeoutMs: TIMEOUT_MS.pack, isLarge: true });
  }

  /**
   * @param {string} queue  the id of the key that the checks were sealed with
   * @param {DeferredCheck[]} checks
   * @returns {Promise<ApiResult>}
   */
  deferredChecks(queue, checks) {
    const json = { checks: checks.map(asSent), queue };
    const sent = { json, timeoutMs: TIMEOUT_MS.deferred, isLarge: true };
    return this.#call({ method: "POST", path: "/api/v1/late-checks", ...sent });
  }

  /** Who is signed in. Asked even while a sign-out is pending, because the answer shows whether it arrived. */
  me() {
    return this.#call({ method: "GET", path: "/api/v1/me", timeoutMs: TIMEOUT_MS.me, always: true });
  }

  /** End the session. */
  logout() {
    const path = "/logout";
    return this.#call({ method: "POST", path, timeoutMs: TIMEOUT_MS.logout, answer: "none", always: true });
  }

  /** Whether our server itself answers. @returns {Promise<ApiResult>} */
  async alive() {
    const sent = { timeoutMs: TIMEOUT_MS.alive, answer: /** @type {const} */ ("text"), always: true, isProbe: true };
    const result = await this.#call({ method: "GET", path: "/livez", ...sent });
    return result.ok && String(result.body).trim() !== ALIVE ? { ok: false, why: "offline" } : result;
  }
}

/** @param {ApiResult} result @param {string | null} number @returns {VerdictResult} */
function verdictResult(result, number) {
  if (!result.ok) {
    return result;
  }
  const verdict = verdictOf(result.body, number);
  return verdict === null ? { ok: false, why: "server_fault" } : { ok: true, verdict };
}

/** @param {Verdict} verdict @param {string[]} before @returns {Verdict} */
function withWarnings(verdict, before) {
  return Object.freeze({ ...verdict, warnings: [...new Set([...before, ...verdict.warnings])] });
}

/** @param {DeferredCheck} check */
function asSent({ id, escn, madeAt, shown }) {
  return { id, input: escn, made_at: new Date(madeAt).toISOString(), shown };
}

/**
 * The only outcome that each reason may have (the same as in the server).
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
const MAX_TEXT_LENGTH = 500;
const MAX_WARNINGS = 20;

/**
 * The verdict in this JSON, frozen, without any other field; null if it is not exactly a verdict on this card.
 * @param {unknown} body
 * @param {string | null} number  the masked number that was checked; null if a picture was sent
 * @returns {Verdict | null}
 */
export function verdictOf(body, number) {
  if (!isObject(body) || !isAnswer(body) || !isCard(body["card"], number) || !hasValidTimes(body)) {
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
 * Whether this reason may have this outcome.
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
    warnings.length <= MAX_WARNINGS &&
    warnings.every((code) => typeof code === "string" && CODE.test(code))
  );
}

/**
 * An answer has the time of its check; VALID also has its end.
 * @param {Record<string, unknown>} body
 */
function hasValidTimes({ outcome, checked_at: checkedAt, age_s: age, good_until: goodUntil }) {
  const isAge = Number.isSafeInteger(age) && /** @type {number} */ (age) >= 0;
  const isUnknown = outcome === "could_not_check";
  return (
    isAge &&
    (isInstant(checkedAt) || (isUnknown && checkedAt === null)) &&
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
  return typeof value === "string" && value.length <= MAX_TEXT_LENGTH;
}

/** @param {unknown} value */
function isInstant(value) {
  return typeof value === "string" && INSTANT.test(value) && Number.isFinite(Date.parse(value));
}
