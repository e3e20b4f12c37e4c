/**
 * The state of the result on the page: a pure reducer. `step(state, event)` gives the next state and the effects. Nothing
 * here waits, draws or asks. The result is about the code that was presented last, or there is none: the answer to a
 * card (`shown`), or a code that is no card (`foreign`).
 */

import { clearsAt, onAnswer, onTick } from "./state_answers.js";
import { GAP_MS, lineOf, onForeign, seenInView } from "./state_refusals.js";

/**
 * @import {Payload} from "../types.js"
 * @import {By, Effect, Entry, Options, ResultEvent, ResultState} from "./types.js"
 */

/**
 * @typedef {{state: ResultState, effects: Effect[]}} Step
 */

/** A photo: it cannot be checked again, and no other code equals it. @type {Payload} */
const PICTURE = { escn: "", warnings: [], isMasked: true };

/**
 * The state without a result.
 * @param {Options} options
 * @returns {ResultState}
 */
export function initialState(options) {
  return {
    options,
    known: [],
    shown: null,
    heldAt: null,
    foreign: null,
    inView: {},
    ended: null,
    notices: [],
    recent: [],
    next: 1,
  };
}

/**
 * The check whose answer is shown.
 * @param {ResultState} state
 * @returns {Entry | null}
 */
export function currentEntry(state) {
  return state.known.find((entry) => entry.token === state.shown) ?? null;
}

/**
 * @param {ResultState} state
 * @param {ResultEvent} event
 * @returns {Step}
 */
export function step(state, event) {
  switch (event.type) {
    case "card":
      return onCard(state, event);
    case "picture":
      return newEntry(state, { payload: PICTURE, by: "photo", at: event.at });
    case "unread":
      return onUnread(state, event);
    case "answer":
      return onAnswer(state, event);
    case "foreign":
      return onForeign(state, event);
    case "notice":
      return onNotice(state, event);
    case "again":
      return onAgain(state, event.at);
    default:
      return { state: changed(state, event), effects: [] };
  }
}

/**
 * @param {ResultState} state
 * @param {Extract<ResultEvent, {type: "touch" | "dismissed" | "noted" | "options" | "tick"}>} event
 * @returns {ResultState}
 */
function changed(state, event) {
  switch (event.type) {
    case "touch":
      // Only a result that would clear itself is held.
      return clearsAt(state) === null ? state : { ...state, heldAt: state.heldAt ?? event.at };
    case "dismissed":
      return { ...state, shown: null, heldAt: null, foreign: null, ended: null };
    case "noted":
      return { ...state, notices: state.notices.filter((notice) => notice.id !== event.id) };
    case "options":
      return { ...state, options: event.options };
    case "tick":
      return onTick(state, event.at);
  }
}

/**
 * @param {ResultState} before
 * @param {Extract<ResultEvent, {type: "card"}>} event
 * @returns {Step}
 */
function onCard(before, { payload, by, beside = null, at }) {
  const inView = beside ? seenInView(before.inView, lineOf(beside), at) : before.inView;
  const state = { ...before, inView };
  const entry = lastOf(state.known, payload.escn);
  if (!entry || at - entry.seenAt >= state.options.sameCodeMs || isRetry(state, entry, by)) {
    return newCheck(state, payload, by, at);
  }
  const warnings = [...new Set([...entry.payload.warnings, ...payload.warnings])];
  if (warnings.length > entry.payload.warnings.length) {
    // The same number in another code: the warnings of that one must be shown, too.
    return newCheck(state, { ...payload, warnings }, by, at);
  }
  return seenAgain(state, entry, by, at);
}

/**
 * The same card: still in view, presented again, or uncovered.
 * @param {ResultState} state
 * @param {Entry} entry
 * @param {By} by
 * @param {number} at
 * @returns {Step}
 */
function seenAgain(state, entry, by, at) {
  const isOn = state.shown === entry.token;
  const isAsking = entry.answer?.verdict === undefined || entry.answer.verdict === null;
  const cameBack = at - entry.seenAt >= GAP_MS || (by !== "camera" && !isOn);
  const bounces = entry.bounces + (cameBack && !(isOn && isAsking) ? 1 : 0);
  const seen = { ...entry, seenAt: at, bounces };
  const next = { ...state, known: state.known.map((each) => (each === entry ? seen : each)) };
  if (isOn || !(cameBack || isUncovered(state, entry, at))) {
    return { state: next, effects: bounces > entry.bounces ? [BOUNCE] : [] };
  }
  return { state: show(next, entry.token), effects: cameBack ? [BOUNCE] : [] };
}

/** @type {Effect} */
const BOUNCE = { do: "signal", signal: "bounce" };

/**
 * Whether this card's answer ended only because the camera saw another code, while the card is still in view. Beside a
 * second card or a code that imitates one, the answer does not come back while that is in view.
 * @param {ResultState} state
 * @param {Entry} entry
 * @param {number} at
 */
function isUncovered({ ended, foreign }, { token }, at) {
  if (ended !== token || foreign?.by !== "camera") {
    return false;
  }
  const isDoubtful = foreign.code === "several_codes" || foreign.code === "lookalike_host";
  return !isDoubtful || at - foreign.at >= GAP_MS;
}

/**
 * Whether a person asks again for the check of a typed number that could not be checked.
 * @param {ResultState} state
 * @param {Entry} entry
 * @param {By} by
 */
function isRetry(state, entry, by) {
  const outcome = entry.answer?.verdict?.outcome;
  return by === "typed" && state.shown === entry.token && outcome === "could_not_check";
}

/**
 * @param {Entry[]} known
 * @param {string} escn
 */
function lastOf(known, escn) {
  const same = known.filter((each) => each.payload.escn === escn);
  return same.length ? same[same.length - 1] : null;
}

/**
 * @param {ResultState} state
 * @param {Payload} payload
 * @param {By} by
 * @param {number} at
 * @returns {Step}
 */
function newCheck(state, payload, by, at) {
  const { state: next } = newEntry(state, { payload, by, at });
  return { state: next, effects: [{ do: "check", token: state.next, payload }] };
}

/**
 * @param {ResultState} state
 * @param {{payload: Payload, by: By, at: number}} presented
 * @returns {Step}
 */
function newEntry(state, { payload, by, at }) {
  const token = state.next;
  /** @type {Entry} */
  const entry = { token, payload, by, answer: null, seenAt: at, answeredAt: null, before: null, bounces: 0 };
  const known = [...onTick(state, at).known, entry];
  return { state: show({ ...state, known, next: token + 1 }, token), effects: [] };
}

/**
 * Show this check and nothing else.
 * @param {ResultState} state
 * @param {number} token
 * @returns {ResultState}
 */
function show(state, token) {
  const heldAt = state.shown === token ? state.heldAt : null;
  return { ...state, shown: token, heldAt, foreign: null, ended: null };
}

/**
 * A photo without a card, or one that could not be sent: then `refusal` is null.
 * @param {ResultState} state
 * @param {Extract<ResultEvent, {type: "unread"}>} event
 * @returns {Step}
 */
function onUnread(state, { token, refusal, at }) {
  const next = { ...state, known: state.known.filter((each) => each.token !== token) };
  if (state.shown !== token) {
    return { state: next, effects: [] };
  }
  const empty = { ...next, shown: null, heldAt: null };
  return refusal ? onForeign(empty, { refusal, by: "photo", at }) : { state: empty, effects: [] };
}

/**
 * @param {ResultState} state
 * @param {number} at
 * @returns {Step}
 */
function onAgain(state, at) {
  const entry = currentEntry(state);
  return entry ? newCheck(state, entry.payload, entry.by, at) : { state, effects: [] };
}

/**
 * @param {ResultState} state
 * @param {Extract<ResultEvent, {type: "notice"}>} event
 * @returns {Step}
 */
function onNotice(state, { notice, at }) {
  const notices = [...state.notices, { ...notice, id: state.next, at }];
  return {
    state: { ...state, notices, next: state.next + 1 },
    effects: notice.loud ? [{ do: "signal", signal: "attention" }, { do: "say", what: "notice" }] : [],
  };
}
