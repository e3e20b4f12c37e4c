/** What else is presented: it ends the answer before it, unless it only lies beside a card that is still there. */

/**
 * @typedef {import("./types.js").Stage} Stage
 * @typedef {import("./types.js").Foreign} Foreign
 * @typedef {import("../types.js").Refusal} Refusal
 * @typedef {import("./types.js").By} By
 */

/** How long the viewfinder is tinted, and how long the panel stands, after the camera last saw the code. */
export const TINT_MS = 1_200;
export const PANEL_MS = 4_000;
/** A gap in the sightings of one code that is not longer is a frame that failed, not a new presentation. */
export const GAP_MS = 1_000;
/** A card that was not read for so long, while another code was, has gone. */
const CARD_GONE_MS = 400;
/** The same where the code was in view together with the card: then the card's own code may only be hard to read. */
const CARD_GONE_BESIDE_MS = 1_500;

/**
 * What the words call this refusal: its kind, or its code where that says more.
 * @param {Refusal} refusal
 */
export function lineOf({ code, kind }) {
  return code === "not_an_esc_code" ? (kind ?? "other") : code;
}

/**
 * The codes in the camera's view, after it has seen this one too.
 * @param {Stage["inView"]} inView
 * @param {string} line
 * @param {number} at
 * @returns {Stage["inView"]}
 */
export function seenInView(inView, line, at) {
  const known = inView[line];
  const since = known && at - known.at <= GAP_MS ? known.since : at;
  return { ...inView, [line]: { since, at } };
}

/**
 * @param {Stage} stage
 * @param {{refusal: Refusal, by: By, at: number}} event
 * @returns {{stage: Stage, effects: import("./types.js").Effect[]}}
 */
export function onForeign(stage, { refusal, by, at }) {
  const line = lineOf(refusal);
  const inView = by === "camera" ? seenInView(stage.inView, line, at) : stage.inView;
  const isSame = stage.foreign?.line === line && stage.foreign.by === by;
  if (by === "camera" && !isSame && !isNew(stage, inView[line].since, refusal, at)) {
    return { stage: { ...stage, inView }, effects: [] };
  }
  const foreign = foreignOf(stage, refusal, by, at);
  const isStill = isSame && by === "camera";
  const next = { ...stage, inView, shown: null, heldAt: null, foreign, ended: stage.shown ?? stage.ended };
  return { stage: next, effects: isStill ? [] : effectsOf(refusal) };
}

/**
 * Whether what the camera sees `since` then is newly presented, and does not lie beside what stands on the stage.
 * @param {Stage} stage
 * @param {number} since
 * @param {Refusal} refusal
 * @param {number} at
 */
function isNew(stage, since, { code }, at) {
  const entry = stage.known.find((each) => each.token === stage.shown);
  const by = entry?.by ?? stage.foreign?.by;
  const seenAt = entry?.seenAt ?? stage.foreign?.at;
  if (by === undefined || seenAt === undefined) {
    return true;
  }
  const wasBeside = since <= seenAt;
  if (by !== "camera") {
    // What hung in view before a card was scanned or typed is nobody's.
    return !wasBeside;
  }
  if (code === "several_codes") {
    return true;
  }
  const isPatient = wasBeside && code !== "lookalike_host";
  return at - seenAt >= (isPatient ? CARD_GONE_BESIDE_MS : CARD_GONE_MS);
}

/**
 * What the camera or a scanner sees goes by itself; what a person typed or photographed waits for them, and so
 * does a code that imitates a card's.
 * @param {Stage} stage
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

/** @param {Refusal} refusal @returns {import("./types.js").Effect[]} */
function effectsOf({ code }) {
  /** @type {import("./types.js").Effect} */
  const say = { do: "say", what: "foreign" };
  return code === "lookalike_host" ? [{ do: "signal", signal: "lookalike" }, say] : [say];
}
