/**
 * Answers in the state of the result: shown while their card is the current one, as a notice afterwards, and cleared
 * after their time. Pure.
 */

import { isTest } from "./present.js";

/**
 * @import {Verdict} from "../types.js"
 * @import {Answer, Effect, Entry, Notice, Options, ResultState, Signal} from "./types.js"
 */

/** How many recent results a desk shows; in memory only. */
export const MAX_RECENT = 8;

/**
 * @param {ResultState} state
 * @param {{token: number, answer: Answer, at: number}} event
 * @returns {{state: ResultState, effects: Effect[]}}
 */
export function onAnswer(state, { token, answer: given, at }) {
  const entry = state.known.find((each) => each.token === token);
  if (!entry) {
    return { state, effects: [] };
  }
  const answer = withWarnings(given, entry.payload.warnings);
  const before = entry.answer?.verdict ?? null;
  const isNews = answer.verdict !== null && (before === null || answer.change === "changed");
  /** @type {Entry} */
  const answered = {
    ...entry,
    answer,
    answeredAt: isNews ? at : entry.answeredAt,
    before: answer.change === "changed" ? before : entry.before,
  };
  const next = {
    ...state,
    known: state.known.map((each) => (each === entry ? answered : each)),
    recent: answer.verdict ? withRecent(state, token, answer.verdict, at) : state.recent,
  };
  if (!isNews || !answer.verdict) {
    return { state: next, effects: answer.change === "confirmed" && isShown(state, token) ? [SAY] : [] };
  }
  return isShown(state, token) ? shown(next, answer, answer.verdict) : noticed(next, before, answer.verdict, at);
}

/**
 * The answer with the warnings of this code; the check may have been started by another code of the same card.
 * @param {Answer} answer
 * @param {string[]} warnings
 * @returns {Answer}
 */
function withWarnings(answer, warnings) {
  const { verdict } = answer;
  if (!verdict || warnings.every((code) => verdict.warnings.includes(code))) {
    return answer;
  }
  return { ...answer, verdict: { ...verdict, warnings: [...new Set([...warnings, ...verdict.warnings])] } };
}

/** @type {Effect} */
const SAY = { do: "say", what: "answer" };

/**
 * @param {ResultState} state
 * @param {number} token
 */
const isShown = (state, token) => state.shown === token;

/**
 * An answer that changes while it is shown gets attention again, held or not.
 * @param {ResultState} state
 * @param {Answer} answer
 * @param {Verdict} verdict
 * @returns {{state: ResultState, effects: Effect[]}}
 */
function shown(state, answer, verdict) {
  /** @type {Effect[]} */
  const effects = [{ do: "signal", signal: signalOf(verdict, state.options.liveS) }, SAY];
  if (answer.change === "changed") {
    effects.unshift({ do: "signal", signal: "attention" });
  }
  return { state, effects };
}

/**
 * @param {ResultState} state
 * @param {Verdict | null} before
 * @param {Verdict} verdict
 * @param {number} at
 * @returns {{state: ResultState, effects: Effect[]}}
 */
function noticed(state, before, verdict, at) {
  // At a kiosk the next visitor is there: the notice is not about that person.
  if (state.options.kiosk) {
    return { state, effects: [] };
  }
  const loud = before !== null || verdict.outcome === "not_valid";
  /** @type {Notice} */
  const notice = {
    id: state.next,
    kind: before ? "changed" : "late",
    number: verdict.card.number,
    was: before,
    now: verdict,
    madeAt: null,
    loud,
    at,
  };
  return {
    state: { ...state, next: state.next + 1, notices: [...state.notices, notice] },
    effects: loud ? [{ do: "signal", signal: "attention" }, { do: "say", what: "notice" }] : [],
  };
}

/**
 * The tone and vibration of a verdict. A remembered VALID sounds softer, and a card of the test system does not sound
 * like VALID.
 * @param {Verdict} verdict
 * @param {number} liveS
 * @returns {Signal}
 */
export function signalOf(verdict, liveS) {
  if (verdict.outcome !== "valid") {
    return verdict.outcome;
  }
  if (isTest(verdict)) {
    return "attention";
  }
  const isOld = verdict.warnings.includes("stale") || verdict.age_s > liveS;
  return verdict.source !== "router" && isOld ? "remembered" : "valid";
}

/**
 * @param {ResultState} state
 * @param {number} token
 * @param {Verdict} verdict
 * @param {number} at
 */
function withRecent(state, token, verdict, at) {
  const known = state.recent.find((each) => each.token === token);
  const entry = { token, number: verdict.card.number, verdict, at: known?.at ?? at };
  const rest = state.recent.filter((each) => each.token !== token);
  return [entry, ...rest].sort((one, other) => other.token - one.token).slice(0, MAX_RECENT);
}

/** A quiet notice is shown for this time; a loud one stays until a person has seen it. */
const QUIET_NOTICE_MS = 20_000;
/** No check is under way longer than this (checking/checker.js ends each one in under 4 s). */
const MAX_UNDER_WAY_MS = 60_000;
/** A touch holds an answer for this time only, so that no VALID stays for ever. */
export const HELD_MS = 60_000;

/**
 * The state at this time.
 * @param {ResultState} state
 * @param {number} at
 * @returns {ResultState}
 */
export function onTick(state, at) {
  const clears = clearsAt(state);
  const shown = clears !== null && clears <= at ? null : state.shown;
  const { foreign } = state;
  return {
    ...state,
    shown,
    heldAt: shown === null ? null : state.heldAt,
    known: state.known.filter((entry) => entry.token === shown || dropsAt(entry, state.options) > at),
    foreign: foreign?.until === null || (foreign && foreign.until > at) ? foreign : null,
    notices: state.notices.filter((notice) => notice.loud || notice.at + QUIET_NOTICE_MS > at),
  };
}

/**
 * The next time at which a tick changes something, or null.
 * @param {ResultState} state
 * @param {number} at
 * @returns {number | null}
 */
export function nextTick(state, at) {
  const { foreign, known, notices, options } = state;
  const times = [
    clearsAt(state),
    foreign && foreign.tintUntil > at ? foreign.tintUntil : null,
    foreign?.until ?? null,
    ...notices.map((notice) => (notice.loud ? null : notice.at + QUIET_NOTICE_MS)),
    ...known.map((entry) => (entry.token === state.shown ? null : dropsAt(entry, options))),
  ].filter((time) => time !== null);
  return times.length ? Math.min(...times) : null;
}

/**
 * When the result clears itself; null for never. NOT VALID and COULD NOT CHECK wait for a person, except at a kiosk,
 * which has a time for each outcome. A touch holds the result for a minute.
 * @param {ResultState} state
 * @returns {number | null}
 */
export function clearsAt(state) {
  const stay = stayOf(state);
  return stay && stay.from + stay.ms;
}

/**
 * From when and how long the result stays; null if it waits for a person.
 * @param {ResultState} state
 * @returns {{from: number, ms: number} | null}
 */
export function stayOf({ known, shown, heldAt, options }) {
  const entry = known.find((each) => each.token === shown);
  const outcome = entry?.answer?.verdict?.outcome;
  if (!entry || !outcome || entry.answeredAt === null) {
    return null;
  }
  const ms = options.kiosk ? options.kiosk[outcome] : outcome === "valid" ? options.resultMs : 0;
  if (ms <= 0) {
    return null;
  }
  const from = Math.max(entry.answeredAt, entry.seenAt);
  const isHeld = heldAt !== null && heldAt + HELD_MS > from + ms;
  return isHeld ? { from: heldAt, ms: HELD_MS } : { from, ms };
}

/**
 * When a check that is no longer shown is dropped. Until then its code is not checked again, and its late answer becomes
 * a notice.
 * @param {Entry} entry
 * @param {Options} options
 */
function dropsAt(entry, options) {
  const isUnderWay = !entry.answer?.verdict || entry.answer.confirming;
  return entry.seenAt + (isUnderWay ? MAX_UNDER_WAY_MS : options.sameCodeMs);
}
