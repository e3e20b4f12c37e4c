/**
 * What stands on the stage: a pure state machine. `step(stage, event)` gives the next stage and what to do.
 * The camera goes on under it; nothing here waits, draws or asks.
 */

import { onAnswer } from "./stage_answer.js";
import { onForeign } from "./stage_foreign.js";
import { onTick } from "./stage_time.js";

/**
 * @typedef {import("./types.js").Stage} Stage
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {import("./types.js").StageEvent} StageEvent
 * @typedef {{stage: Stage, effects: import("./types.js").Effect[]}} Stepped
 */

/** Between two sightings of one presentation a few frames may fail; past this the card had gone. */
const PRESENT_MS = 1_000;

/**
 * An empty stage.
 * @param {import("./types.js").Options} options
 * @returns {Stage}
 */
export function emptyStage(options) {
  return { options, known: [], shown: null, isHeld: false, foreign: null, notices: [], recent: [], next: 1 };
}

/**
 * The check on the stage.
 * @param {Stage} stage
 * @returns {Entry | null}
 */
export function onStage(stage) {
  return stage.known.find((entry) => entry.token === stage.shown) ?? null;
}

/**
 * @param {Stage} stage
 * @param {StageEvent} event
 * @returns {Stepped}
 */
export function step(stage, event) {
  switch (event.type) {
    case "card":
      return onCard(stage, event.payload, event.at);
    case "answer":
      return onAnswer(stage, event);
    case "foreign":
      return onForeign(stage, event.refusal, event.at);
    case "several":
      return onForeign(stage, { code: "several_codes", kind: null }, event.at);
    case "notice":
      return onNotice(stage, event);
    case "again":
      return onAgain(stage, event.at);
    default:
      return { stage: changed(stage, event), effects: [] };
  }
}

/**
 * @param {Stage} stage
 * @param {Exclude<StageEvent, {type: "card" | "answer" | "foreign" | "several" | "notice" | "again"}>} event
 * @returns {Stage}
 */
function changed(stage, event) {
  switch (event.type) {
    case "touch":
      return { ...stage, isHeld: stage.shown !== null };
    case "dismissed":
      return { ...stage, shown: null, isHeld: false };
    case "noted":
      return { ...stage, notices: stage.notices.filter((notice) => notice.id !== event.id) };
    case "options":
      return { ...stage, options: event.options };
    case "tick":
      return onTick(stage, event.at);
  }
}

/**
 * @param {Stage} stage
 * @param {import("../types.js").Payload} payload
 * @param {number} at
 * @returns {Stepped}
 */
function onCard(stage, payload, at) {
  const entry = stage.known.findLast((each) => each.payload.escn === payload.escn);
  if (!entry || at - entry.seenAt >= stage.options.sameCodeMs) {
    return newCheck(stage, payload, at);
  }
  const cameBack = at - entry.seenAt >= PRESENT_MS;
  const seen = { ...entry, seenAt: at, bounces: entry.bounces + (cameBack ? 1 : 0) };
  const next = { ...stage, known: stage.known.map((each) => (each === entry ? seen : each)) };
  if (!cameBack) {
    return { stage: next, effects: [] };
  }
  const isHeld = stage.isHeld && stage.shown === entry.token;
  return { stage: { ...next, shown: entry.token, isHeld }, effects: [{ do: "signal", signal: "bounce" }] };
}

/**
 * @param {Stage} stage
 * @param {import("../types.js").Payload} payload
 * @param {number} at
 * @returns {Stepped}
 */
function newCheck(stage, payload, at) {
  const token = stage.next;
  /** @type {Entry} */
  const entry = { token, payload, answer: null, seenAt: at, answeredAt: null, before: null, bounces: 0 };
  const known = [...onTick(stage, at).known, entry];
  const next = { ...stage, known, shown: token, isHeld: false, foreign: null, next: token + 1 };
  return { stage: next, effects: [{ do: "check", token, payload }] };
}

/**
 * @param {Stage} stage
 * @param {number} at
 * @returns {Stepped}
 */
function onAgain(stage, at) {
  const entry = onStage(stage);
  return entry ? newCheck(stage, entry.payload, at) : { stage, effects: [] };
}

/**
 * @param {Stage} stage
 * @param {Extract<StageEvent, {type: "notice"}>} event
 * @returns {Stepped}
 */
function onNotice(stage, { notice, at }) {
  const notices = [...stage.notices, { ...notice, id: stage.next, at }];
  return {
    stage: { ...stage, notices, next: stage.next + 1 },
    effects: notice.loud ? [{ do: "signal", signal: "attention" }, { do: "say", what: "notice" }] : [],
  };
}
