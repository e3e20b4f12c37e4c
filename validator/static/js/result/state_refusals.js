/**
 * Codes that are no card, in the state of the result: such a code ends the answer before it, unless it is only beside a
 * card that is still in view. Pure.
 */

/**
 * @import {Refusal} from "../types.js"
 * @import {By, Effect, Foreign, ResultState} from "./types.js"
 */

/** How long the viewfinder is tinted, and the panel shown, after the camera last saw the code. */
export const TINT_MS = 1_200;
export const PANEL_MS = 4_000;
/** A shorter gap in the sightings of a code is a frame that failed, not a new presentation. */
export const GAP_MS = 1_000;
/** A card that was not read for this time, while another code was, has gone. */
const CARD_GONE_MS = 400;
/** The same if that code was in view together with the card: then the card's own code may only be hard to read. */
const CARD_GONE_BESIDE_MS = 1_500;

/**
 * The key of the texts for this refusal: its kind, or its code if that says more.
 * @param {Refusal} refusal
 */
export function lineOf({ code, kind }) {
  return code === "not_an_esc_code" ? (kind ?? "other") : code;
}

/**
 * The codes in the camera's view, with this sighting.
 * @param {ResultState["inView"]} inView
 * @param {string} line
 * @param {number} at
 * @returns {ResultState["inView"]}
 */
export function seenInView(inView, line, at) {
  const known = inView[line];
  const since = known && at - known.at <= GAP_MS ? known.since : at;
  return { ...inView, [line]: { since, at } };
}

/**
 * @param {ResultState} state
 * @param {{refusal: Refusal, by: By, at: number}} event
 * @returns {{state: ResultState, effects: Effect[]}}
 */
export function onForeign(state, { refusal, by, at }) {
  const line = lineOf(refusal);
  const inView = by === "camera" ? seenInView(state.inView, line, at) : state.inView;
  const isSame = state.foreign?.line === line && state.foreign.by === by;
  if (by === "camera" && !isSame && !isNew(state, inView[line].since, refusal, at)) {
    return { state: { ...state, inView }, effects: [] };
  }
  const foreign = foreignOf(state, refusal, by, at);
  const isStill = isSame && by === "camera";
  const next = { ...state, inView, shown: null, heldAt: null, foreign, ended: state.shown ?? state.ended };
  return { state: next, effects: isStill ? [] : effectsOf(refusal) };
}

/**
 * Whether a code that the camera has seen since `since` was newly presented, and is not only beside the current one.
 * @param {ResultState} state
 * @param {number} since
 * @param {Refusal} refusal
 * @param {number} at
 */
function isNew(state, since, { code }, at) {
  const entry = state.known.find((each) => each.token === state.shown);
  const by = entry?.by ?? state.foreign?.by;
  const seenAt = entry?.seenAt ?? state.foreign?.at;
  if (by === undefined || seenAt === undefined) {
    return true;
  }
  const wasBeside = since <= seenAt;
  if (by !== "camera") {
    // A code that was in view before a card was scanned or typed does not count.
    return !wasBeside;
  }
  if (code === "several_codes") {
    return true;
  }
  const isPatient = wasBeside && code !== "lookalike_host";
  return at - seenAt >= (isPatient ? CARD_GONE_BESIDE_MS : CARD_GONE_MS);
}

/**
 * A code of the camera or a scanner clears itself; one that was typed or photographed waits for the person, and so does
 * a code that imitates a card's.
 * @param {ResultState} state
 * @param {Refusal} refusal
 * @param {By} by
 * @param {number} at
 * @returns {Foreign}
 */
function foreignOf({ options }, refusal, by, at) {
  const isLookalike = refusal.code === "lookalike_host";
  const isPassing = !isLookalike && (by === "camera" || by === "scanner");
  const until = options.kiosk ? at + (isLookalike ? options.kiosk.not_valid : PANEL_MS) : isPassing ? at + PANEL_MS : null;
  const { code, kind } = refusal;
  return { line: lineOf(refusal), code, kind, by, at, tintUntil: by === "camera" ? at + TINT_MS : at, until };
}

/** @param {Refusal} refusal @returns {Effect[]} */
function effectsOf({ code }) {
  /** @type {Effect} */
  const say = { do: "say", what: "foreign" };
  return code === "lookalike_host" ? [{ do: "signal", signal: "lookalike" }, say] : [say];
}
