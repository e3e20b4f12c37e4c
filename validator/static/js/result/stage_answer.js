/** What an answer does to the stage: shown where its card still stands, told in a line where it has gone. */

import { isTest } from "./present.js";

/**
 * @typedef {import("./types.js").Stage} Stage
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {import("./types.js").Effect} Effect
 * @typedef {import("./types.js").Answer} Answer
 * @typedef {import("../types.js").Verdict} Verdict
 */

/** How many last results a desk sees; in memory only. */
export const KEPT = 8;

/**
 * @param {Stage} stage
 * @param {{token: number, answer: Answer, at: number}} event
 * @returns {{stage: Stage, effects: Effect[]}}
 */
export function onAnswer(stage, { token, answer: given, at }) {
  const entry = stage.known.find((each) => each.token === token);
  if (!entry) {
    return { stage, effects: [] };
  }
  const answer = withWarnings(given, entry.payload.warnings);
  const said = entry.answer?.verdict ?? null;
  const isNews = answer.verdict !== null && (said === null || answer.change === "changed");
  /** @type {Entry} */
  const told = {
    ...entry,
    answer,
    answeredAt: isNews ? at : entry.answeredAt,
    before: answer.change === "changed" ? said : entry.before,
  };
  const next = {
    ...stage,
    known: stage.known.map((each) => (each === entry ? told : each)),
    recent: answer.verdict ? remembered(stage, token, answer.verdict, at) : stage.recent,
  };
  if (!isNews || !answer.verdict) {
    return { stage: next, effects: answer.change === "confirmed" && isOn(stage, token) ? [SAY] : [] };
  }
  return isOn(stage, token) ? here(next, answer, answer.verdict) : gone(next, said, answer.verdict, at);
}

/**
 * The answer with what is odd about the code, which a check that another code began may not know.
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
 * @param {Stage} stage
 * @param {number} token
 */
const isOn = (stage, token) => stage.shown === token;

/**
 * A changed answer on the stage is news again: held or not, it must be seen.
 * @param {Stage} stage
 * @param {Answer} answer
 * @param {Verdict} verdict
 * @returns {{stage: Stage, effects: Effect[]}}
 */
function here(stage, answer, verdict) {
  /** @type {Effect[]} */
  const effects = [{ do: "signal", signal: signalOf(verdict, stage.options.liveS) }, SAY];
  if (answer.change === "changed") {
    effects.unshift({ do: "signal", signal: "attention" });
  }
  return { stage, effects };
}

/**
 * @param {Stage} stage
 * @param {Verdict | null} said
 * @param {Verdict} verdict
 * @param {number} at
 * @returns {{stage: Stage, effects: Effect[]}}
 */
function gone(stage, said, verdict, at) {
  // At a kiosk the next visitor stands there, whom it does not concern.
  if (stage.options.kiosk) {
    return { stage, effects: [] };
  }
  const loud = said !== null || verdict.outcome === "not_valid";
  /** @type {import("./types.js").Notice} */
  const notice = {
    id: stage.next,
    kind: said ? "changed" : "late",
    number: verdict.card.number,
    was: said,
    now: verdict,
    madeAt: null,
    loud,
    at,
  };
  return {
    stage: { ...stage, next: stage.next + 1, notices: [...stage.notices, notice] },
    effects: loud ? [{ do: "signal", signal: "attention" }, { do: "say", what: "notice" }] : [],
  };
}

/**
 * Which tone and vibration a verdict has. A remembered VALID sounds softer, and a card of the test system not like
 * VALID at all: the ear must know it too.
 * @param {Verdict} verdict
 * @param {number} liveS
 * @returns {import("./types.js").Signal}
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
 * @param {Stage} stage
 * @param {number} token
 * @param {Verdict} verdict
 * @param {number} at
 */
function remembered(stage, token, verdict, at) {
  const known = stage.recent.find((each) => each.token === token);
  const entry = { token, number: verdict.card.number, verdict, at: known?.at ?? at };
  const rest = stage.recent.filter((each) => each.token !== token);
  return [entry, ...rest].sort((one, other) => other.token - one.token).slice(0, KEPT);
}
