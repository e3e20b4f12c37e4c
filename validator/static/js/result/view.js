/** From a check on the stage to what its panel says: pure, so that every state can be tested as a value. */

import { fill } from "./fill.js";
import { age, timeOfDay } from "./moments.js";
import { isTest, present } from "./present.js";
import { refusalWords } from "./refusals.js";

/**
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {import("./types.js").Words} Words
 * @typedef {import("./types.js").Shown} Shown
 *
 * @typedef {object} View
 * @property {number} token
 * @property {import("./types.js").By} by
 * @property {import("./types.js").Answer["phase"]} phase
 * @property {Shown | null} shown  Null while it is being asked.
 * @property {null | {state: "confirming" | "confirmed" | "changed", text: string}} confirm
 * @property {string | null} checked  On a live VALID: the time of day it was asked.
 * @property {boolean} again  Whether asking again can help.
 * @property {boolean} change  Whether the number was typed, and may have been typed wrongly.
 * @property {boolean} keeps  Whether the typed number is still needed in its field.
 * @property {string} spoken  What a screen reader says.
 * @property {string} visitor  What a visitor alone at a kiosk reads.
 * @property {string} asking  What stands there while it is being asked.
 *
 * @typedef {object} ForeignView  What was presented instead of a card.
 * @property {string} code
 * @property {string} heading
 * @property {string} next
 * @property {boolean} isLookalike
 * @property {boolean} waits  It stays until a person sends it away.
 */

/**
 * @param {Entry} entry
 * @param {Words} words
 * @param {Date} now
 * @returns {View}
 */
export function viewOf(entry, words, now) {
  const { answer, token, by } = entry;
  const asking = by === "photo" ? words.phases.reading : words.phases.asking;
  const isTyped = by === "typed";
  if (!answer?.verdict) {
    return {
      token,
      by,
      phase: "asking",
      shown: null,
      confirm: null,
      checked: null,
      again: false,
      change: false,
      keeps: isTyped,
      spoken: asking,
      visitor: words.kiosk.asking,
      asking,
    };
  }
  const shown = withTrouble(present(answer.verdict, now, words), answer, words);
  const confirm = confirmOf(entry, words);
  return {
    token,
    by,
    phase: answer.phase,
    shown,
    confirm,
    checked: checkedAt(shown, answer.verdict, words),
    again: !entry.payload.isMasked && mayHelp(shown, answer),
    change: isTyped && shown.reason === "unknown_card",
    keeps: isTyped && (shown.reason === "unknown_card" || shown.outcome === "could_not_check"),
    spoken: spoken(shown, confirm),
    visitor: words.kiosk[isTest(answer.verdict) ? "test_card" : shown.outcome],
    asking,
  };
}

/**
 * What is said of something that is no card.
 * @param {import("./types.js").Foreign} foreign
 * @param {Words} words
 * @param {boolean} isKiosk  At a kiosk a visitor reads it, alone.
 * @returns {ForeignView}
 */
export function foreignView({ line, code, kind, by, until }, words, isKiosk) {
  const isLookalike = code === "lookalike_host";
  const marks = { code, isLookalike, waits: until === null };
  const heading = words.foreign_headings[code] ?? words.foreign_headings.not_an_esc_code;
  if (isKiosk) {
    const next = words.kiosk[isLookalike ? "lookalike" : code === "several_codes" ? "several" : "foreign"];
    return { ...marks, heading, next };
  }
  if (!isLookalike && (by === "typed" || by === "photo")) {
    return { ...marks, ...refusalWords({ code, kind }, words) };
  }
  return { ...marks, heading, next: words.foreign[line] ?? words.foreign.other };
}

/**
 * Whether asking once more can tell more.
 * @param {import("./types.js").Shown} shown
 * @param {import("./types.js").Answer} answer
 */
function mayHelp(shown, answer) {
  return shown.outcome === "could_not_check" || (shown.remembered !== null && !answer.confirming);
}

/**
 * An answer as one names it: NOT VALID: EXPIRED.
 * @param {{outcome: string, reason: string, warnings?: string[]}} verdict
 * @param {Words} words
 */
export function nameOf({ outcome, reason, warnings = [] }, words) {
  const word = outcome === "valid" && isTest({ outcome, warnings }) ? words.test_card : words.outcomes[outcome];
  const detail = words.details[reason];
  return detail ? fill(words.with_detail, { word, detail }) : word;
}

/**
 * How long ago the answer on the stage was got, so many ms after it came.
 * @param {Entry} entry
 * @param {number} at
 * @param {Words} words
 */
export function ageNow(entry, at, words) {
  const waited = Math.max(0, at - (entry.answeredAt ?? at)) / 1_000;
  return age(Math.floor((entry.answer?.verdict?.age_s ?? 0) + waited), words).text;
}

/**
 * Where the device had to decide alone, its own trouble is what a person can do something about.
 * @param {Shown} shown
 * @param {import("./types.js").Answer} answer
 * @param {Words} words
 * @returns {Shown}
 */
function withTrouble(shown, answer, words) {
  if (shown.source !== "device") {
    return shown;
  }
  const trouble = answer.trouble ?? (answer.confirming ? "slow" : "offline");
  if (shown.outcome === "could_not_check") {
    return { ...shown, advice: words.troubles[trouble] ?? shown.advice };
  }
  return { ...shown, stands_in: words.remembered_here[trouble] ?? shown.stands_in };
}

/**
 * @param {Entry} entry
 * @param {Words} words
 * @returns {View["confirm"]}
 */
function confirmOf({ answer, before }, words) {
  if (answer?.change === "changed" && answer.verdict && before) {
    const names = { before: nameOf(before, words), now: nameOf(answer.verdict, words) };
    const text = fill(words.phases.changed, names);
    return { state: "changed", text };
  }
  if (answer?.change === "confirmed") {
    return { state: "confirmed", text: words.phases.confirmed };
  }
  return answer?.confirming ? { state: "confirming", text: words.phases.confirming } : null;
}

/**
 * @param {Shown} shown
 * @param {import("../types.js").Verdict} verdict
 * @param {Words} words
 */
function checkedAt(shown, verdict, words) {
  if (shown.look !== "valid_live" || !verdict.checked_at) {
    return null;
  }
  return fill(words.panel.checked, { time: timeOfDay(new Date(verdict.checked_at), words.zone) });
}

/**
 * @param {Shown} shown
 * @param {View["confirm"]} confirm
 */
function spoken(shown, confirm) {
  const rest = shown.note ?? (shown.compare ? "" : shown.advice.happened);
  const warnings = shown.warnings.map(({ face }) => face);
  return [confirm?.state === "confirming" ? "" : confirm?.text, shown.title, rest, ...warnings]
    .filter((part) => part)
    .map((part) => String(part).replace(/\.$/, ""))
    .join(". ");
}
