/** The race between the live answer and the remembered one: what a check shows, and when. Pure. */

/**
 * @import {Reason, Verdict} from "../types.js"
 * @import {FailureReason} from "./call.js"
 * @import {LinkState} from "./link.js"
 */

/**
 * @typedef {"asking" | "remembered" | "live" | "alone"} Phase
 * @typedef {"offline" | "slow" | "server_fault" | "signed_out"} Trouble
 *
 * @typedef {object} Shown  What a page shows of a check.
 * @property {Phase} phase
 * @property {Verdict | null} verdict  null while there is no answer yet
 * @property {boolean} confirming  whether the live answer may still arrive
 * @property {null | "confirmed" | "changed"} change  how the answer compares to the remembered one shown before it
 * @property {Trouble | null} trouble
 *
 * @typedef {{shown: Shown | null, settled: boolean}} Race  Settled: the last event has happened.
 *
 * @typedef {(failure?: Reason, withoutMemory?: boolean) => Verdict} Decide  What the device itself can answer now.
 *
 * @typedef {{kind: "still_looking"} | {kind: "found", link: LinkState} | {kind: "patience"}
 *   | {kind: "last", link: LinkState} | {kind: "live", verdict: Verdict}
 *   | {kind: "failed", why: FailureReason}} Event
 */

/** @type {Race} */
export const BEGUN = Object.freeze({ shown: null, settled: false });

/** @type {Shown} */
const ASKING = Object.freeze({
  phase: "asking",
  verdict: null,
  confirming: false,
  change: null,
  trouble: null,
});

/**
 * The race after this event; the same value if nothing has changed.
 * @param {Race} race
 * @param {Event} event
 * @param {Decide} decide
 * @returns {Race}
 */
export function step(race, event, decide) {
  if (race.settled) {
    return race;
  }
  switch (event.kind) {
    case "still_looking":
      return asking(race);
    case "found":
      return event.link === "live" ? asking(race) : rememberedOrAsking(race, decide);
    case "patience":
      return rememberedOrAsking(race, decide);
    case "last":
      return hasNoAnswer(race) ? unsettled(alone(decide(), event.link === "offline" ? "offline" : "slow")) : race;
    case "live":
      return settled(answered(race, event.verdict, decide));
    case "failed":
      return settled(unanswered(event.why, decide));
  }
}

/** @param {Race} race */
function asking(race) {
  return race.shown === null ? unsettled(ASKING) : race;
}

/** @param {Race} race @param {Decide} decide */
function rememberedOrAsking(race, decide) {
  const own = decide();
  if (!hasNoAnswer(race) || own.outcome === "could_not_check") {
    return asking(race);
  }
  return unsettled(remembered(own, true, null));
}

/**
 * The server's answer, unless the device's own one is better: the Router failed, or the server's remembered answer is
 * older.
 * @param {Race} race
 * @param {Verdict} live
 * @param {Decide} decide
 */
function answered(race, live, decide) {
  const own = decide(live.outcome === "could_not_check" ? live.reason : (live.stands_in_for ?? undefined));
  if (own.outcome !== "could_not_check" && isBetter(own, live)) {
    return remembered(own, false, null);
  }
  const before = race.shown?.phase === "remembered" ? race.shown.verdict : null;
  return Object.freeze({
    phase: /** @type {const} */ ("live"),
    verdict: live,
    confirming: false,
    change: before === null ? null : compared(before, live),
    trouble: null,
  });
}

/** @param {FailureReason} why @param {Decide} decide @returns {Shown} */
function unanswered(why, decide) {
  const trouble = troubleOf(why);
  // After a sign-out no remembered answer may be shown.
  const own = decide(why === "busy" ? "too_many_checks" : undefined, why === "signed_out");
  return own.outcome === "could_not_check" ? alone(own, trouble) : remembered(own, false, trouble);
}

/** @param {Verdict} own @param {Verdict} live */
function isBetter(own, live) {
  if (live.outcome === "could_not_check") {
    return true;
  }
  return live.source === "cache" && seconds(live.checked_at) < seconds(own.checked_at);
}

/**
 * A stale answer of the server confirms nothing, but it may contradict.
 * @param {Verdict} before
 * @param {Verdict} live
 * @returns {Shown["change"]}
 */
function compared(before, live) {
  if (live.outcome === "could_not_check") {
    return null;
  }
  if (before.outcome !== live.outcome || before.reason !== live.reason) {
    return "changed";
  }
  return live.warnings.includes("stale") ? null : "confirmed";
}

/** @param {Race} race */
function hasNoAnswer({ shown }) {
  return shown === null || shown.phase === "asking";
}

/** @param {Verdict} verdict @param {boolean} confirming @param {Trouble | null} trouble @returns {Shown} */
function remembered(verdict, confirming, trouble) {
  return Object.freeze({ phase: "remembered", verdict, confirming, change: null, trouble });
}

/** @param {Verdict} verdict @param {Trouble | null} trouble @returns {Shown} */
function alone(verdict, trouble) {
  return Object.freeze({ phase: "alone", verdict, confirming: false, change: null, trouble });
}

/** @param {FailureReason} why @returns {Trouble | null} */
function troubleOf(why) {
  switch (why) {
    case "busy":
      return null;
    case "refused":
      return "server_fault";
    default:
      return why;
  }
}

/** @param {string | null} instant */
function seconds(instant) {
  return Math.floor(Date.parse(instant ?? "") / 1000);
}

/** @param {Shown} shown @returns {Race} */
function unsettled(shown) {
  return Object.freeze({ shown, settled: false });
}

/** @param {Shown} shown @returns {Race} */
function settled(shown) {
  return Object.freeze({ shown, settled: true });
}
