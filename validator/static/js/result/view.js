/** From a check on the stage to what its panel says: pure, so that every state can be tested as a value. */

import { fill } from "./fill.js";
import { age, timeOfDay } from "./moments.js";
import { present } from "./present.js";

/**
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {import("./types.js").Words} Words
 * @typedef {import("./types.js").Shown} Shown
 *
 * @typedef {object} View
 * @property {number} token
 * @property {import("./types.js").Answer["phase"]} phase
 * @property {Shown | null} shown  Null while it is being asked.
 * @property {null | {state: "confirming" | "confirmed" | "changed", text: string}} confirm
 * @property {string | null} checked  On a live VALID: the time of day it was asked.
 * @property {boolean} again  Whether asking again can help.
 * @property {string} spoken  What a screen reader says.
 * @property {string} visitor  What a visitor alone at a kiosk reads.
 */

/**
 * @param {Entry} entry
 * @param {Words} words
 * @param {Date} now
 * @returns {View}
 */
export function viewOf(entry, words, now) {
  const { answer, token } = entry;
  if (!answer?.verdict) {
    const { asking } = words.phases;
    return {
      token,
      phase: "asking",
      shown: null,
      confirm: null,
      checked: null,
      again: false,
      spoken: asking,
      visitor: words.kiosk.asking,
    };
  }
  const shown = withTrouble(present(answer.verdict, now, words), answer, words);
  const confirm = confirmOf(entry, words);
  return {
    token,
    phase: answer.phase,
    shown,
    confirm,
    checked: checkedAt(shown, answer.verdict, words),
    again: !entry.payload.isMasked && mayHelp(shown, answer),
    spoken: spoken(shown, confirm),
    visitor: words.kiosk[shown.outcome],
  };
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
 * @param {{outcome: string, reason: string}} verdict
 * @param {Words} words
 */
export function nameOf({ outcome, reason }, words) {
  const word = words.outcomes[outcome];
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
  return [confirm?.state === "confirming" ? "" : confirm?.text, shown.title, rest]
    .filter((part) => part)
    .map((part) => String(part).replace(/\.$/, ""))
    .join(". ");
}
