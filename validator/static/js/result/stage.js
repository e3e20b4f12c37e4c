/**
 * What stands on the stage: a pure state machine. `step(stage, event)` gives the next stage and what to do.
 * The camera goes on under it; nothing here waits, draws or asks. The stage shows what was presented last, or
 * nothing: the answer to a card (`shown`), or what was presented instead of one (`foreign`).
 */

import { onAnswer } from "./stage_answer.js";
import { GAP_MS, lineOf, onForeign, seenInView } from "./stage_foreign.js";
import { clearsAt, onTick } from "./stage_time.js";

/**
 * @typedef {import("./types.js").Stage} Stage
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {import("./types.js").StageEvent} StageEvent
 * @typedef {import("../types.js").Payload} Payload
 * @typedef {{stage: Stage, effects: import("./types.js").Effect[]}} Stepped
 */

/** Nobody can ask about it again, and no other code is the same. @type {Payload} */
const PICTURE = { escn: "", warnings: [], isMasked: true };

/**
 * An empty stage.
 * @param {import("./types.js").Options} options
 * @returns {Stage}
 */
export function emptyStage(options) {
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
      return onCard(stage, event);
    case "picture":
      return newEntry(stage, { payload: PICTURE, by: "photo", at: event.at });
    case "unread":
      return onUnread(stage, event);
    case "answer":
      return onAnswer(stage, event);
    case "foreign":
      return onForeign(stage, event);
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
 * @param {Extract<StageEvent, {type: "touch" | "dismissed" | "noted" | "options" | "tick"}>} event
 * @returns {Stage}
 */
function changed(stage, event) {
  switch (event.type) {
    case "touch":
      // Only what would go by itself is held.
      return clearsAt(stage) === null ? stage : { ...stage, heldAt: stage.heldAt ?? event.at };
    case "dismissed":
      return { ...stage, shown: null, heldAt: null, foreign: null, ended: null };
    case "noted":
      return { ...stage, notices: stage.notices.filter((notice) => notice.id !== event.id) };
    case "options":
      return { ...stage, options: event.options };
    case "tick":
      return onTick(stage, event.at);
  }
}

/**
 * @param {Stage} before
 * @param {Extract<StageEvent, {type: "card"}>} event
 * @returns {Stepped}
 */
function onCard(before, { payload, by, beside = null, at }) {
  const inView = beside ? seenInView(before.inView, lineOf(beside), at) : before.inView;
  const stage = { ...before, inView };
  const entry = lastOf(stage.known, payload.escn);
  if (!entry || at - entry.seenAt >= stage.options.sameCodeMs || isRetry(stage, entry, by)) {
    return newCheck(stage, payload, by, at);
  }
  const warnings = [...new Set([...entry.payload.warnings, ...payload.warnings])];
  if (warnings.length > entry.payload.warnings.length) {
    // The same number in another code: what is odd about that one must be seen, too.
    return newCheck(stage, { ...payload, warnings }, by, at);
  }
  return seenAgain(stage, entry, by, at);
}

/**
 * The same card: still there, back again, or uncovered.
 * @param {Stage} stage
 * @param {Entry} entry
 * @param {import("./types.js").By} by
 * @param {number} at
 * @returns {Stepped}
 */
function seenAgain(stage, entry, by, at) {
  const isOn = stage.shown === entry.token;
  const isAsking = entry.answer?.verdict === undefined || entry.answer.verdict === null;
  const cameBack = at - entry.seenAt >= GAP_MS || (by !== "camera" && !isOn);
  const bounces = entry.bounces + (cameBack && !(isOn && isAsking) ? 1 : 0);
  const seen = { ...entry, seenAt: at, bounces };
  const next = { ...stage, known: stage.known.map((each) => (each === entry ? seen : each)) };
  if (isOn || !(cameBack || isUncovered(stage, entry, at))) {
    return { stage: next, effects: bounces > entry.bounces ? [BOUNCE] : [] };
  }
  return { stage: put(next, entry.token), effects: cameBack ? [BOUNCE] : [] };
}

/** @type {import("./types.js").Effect} */
const BOUNCE = { do: "signal", signal: "bounce" };

/**
 * Whether this card's answer went only because the camera saw another code, and the card is there still. Beside a
 * second card, or a code that imitates one, the answer does not come back as long as that is in view.
 * @param {Stage} stage
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
 * Whether somebody asks for the check of a typed number once more, which could not be checked before.
 * @param {Stage} stage
 * @param {Entry} entry
 * @param {import("./types.js").By} by
 */
function isRetry(stage, entry, by) {
  const outcome = entry.answer?.verdict?.outcome;
  return by === "typed" && stage.shown === entry.token && outcome === "could_not_check";
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
 * @param {Stage} stage
 * @param {Payload} payload
 * @param {import("./types.js").By} by
 * @param {number} at
 * @returns {Stepped}
 */
function newCheck(stage, payload, by, at) {
  const { stage: next } = newEntry(stage, { payload, by, at });
  return { stage: next, effects: [{ do: "check", token: stage.next, payload }] };
}

/**
 * @param {Stage} stage
 * @param {{payload: Payload, by: import("./types.js").By, at: number}} presented
 * @returns {Stepped}
 */
function newEntry(stage, { payload, by, at }) {
  const token = stage.next;
  /** @type {Entry} */
  const entry = { token, payload, by, answer: null, seenAt: at, answeredAt: null, before: null, bounces: 0 };
  const known = [...onTick(stage, at).known, entry];
  return { stage: put({ ...stage, known, next: token + 1 }, token), effects: [] };
}

/**
 * This check on the stage, and nothing else.
 * @param {Stage} stage
 * @param {number} token
 * @returns {Stage}
 */
function put(stage, token) {
  const heldAt = stage.shown === token ? stage.heldAt : null;
  return { ...stage, shown: token, heldAt, foreign: null, ended: null };
}

/**
 * A photo held no card, or could not be sent: `refusal` is then null.
 * @param {Stage} stage
 * @param {Extract<StageEvent, {type: "unread"}>} event
 * @returns {Stepped}
 */
function onUnread(stage, { token, refusal, at }) {
  const next = { ...stage, known: stage.known.filter((each) => each.token !== token) };
  if (stage.shown !== token) {
    return { stage: next, effects: [] };
  }
  const empty = { ...next, shown: null, heldAt: null };
  return refusal ? onForeign(empty, { refusal, by: "photo", at }) : { stage: empty, effects: [] };
}

/**
 * @param {Stage} stage
 * @param {number} at
 * @returns {Stepped}
 */
function onAgain(stage, at) {
  const entry = onStage(stage);
  return entry ? newCheck(stage, entry.payload, entry.by, at) : { stage, effects: [] };
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
