/** From a check to the texts of its panel. Pure, so that every state can be tested as a value. */

import { _ } from "../messages.js";
import { REMEMBERED_HERE, TROUBLES } from "./advice.js";
import { age, timeOfDay } from "./moments.js";
import { isTest, nameOf, present, translated } from "./present.js";
import { inViewWords, refusalWords, visitorWords } from "./refusals.js";

/**
 * @import {Verdict} from "../types.js"
 * @import {Answer, By, Entry, Foreign, Shown} from "./types.js"
 */

/**
 * @typedef {object} View
 * @property {number} token
 * @property {By} by
 * @property {Answer["phase"]} phase
 * @property {Shown | null} shown  null while the server is being asked
 * @property {null | {state: "confirming" | "confirmed" | "changed", text: string}} confirm
 * @property {string | null} checked  on a live VALID: the time of day of the check
 * @property {boolean} again  whether another check can help
 * @property {boolean} change  whether the number was typed, perhaps with an error
 * @property {boolean} keeps  whether the typed number is still needed in its field
 * @property {string} spoken  the text that a screen reader reads aloud
 * @property {string} visitor  the text for a visitor at a kiosk
 * @property {string} asking  the text while the server is being asked
 *
 * @typedef {object} ForeignView  A code that is no card.
 * @property {string} code
 * @property {string} heading
 * @property {string} next
 * @property {boolean} isLookalike
 * @property {boolean} waits  it stays until a person clears it
 */

/**
 * @param {Entry} entry
 * @param {Date} now
 * @param {string} zone
 * @returns {View}
 */
export function viewOf(entry, now, zone) {
  const { answer, token, by } = entry;
  const asking = by === "photo" ? _("Our server is reading the photo …") : _("Asking the card register …");
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
      visitor: _("One moment, please."),
      asking,
    };
  }
  const shown = withTrouble(present(answer.verdict, now, zone), answer);
  const confirm = confirmOf(entry);
  return {
    token,
    by,
    phase: answer.phase,
    shown,
    confirm,
    checked: checkedAt(shown, answer.verdict, zone),
    again: !entry.payload.isMasked && mayHelp(shown, answer),
    change: isTyped && shown.reason === "unknown_card",
    keeps: isTyped && (shown.reason === "unknown_card" || shown.outcome === "could_not_check"),
    spoken: spoken(shown, confirm),
    visitor: visitorLine(answer.verdict),
    asking,
  };
}

/**
 * The texts for a code that is no card.
 * @param {Foreign} foreign
 * @param {boolean} isKiosk  at a kiosk the visitor reads it
 * @returns {ForeignView}
 */
export function foreignView({ line, code, kind, by, until }, isKiosk) {
  const isLookalike = code === "lookalike_host";
  const marks = { code, isLookalike, waits: until === null };
  if (!isKiosk && !isLookalike && (by === "typed" || by === "photo")) {
    return { ...marks, ...refusalWords({ code, kind }) };
  }
  const texts = inViewWords(code, line);
  return isKiosk ? { ...marks, ...texts, next: visitorWords(code) } : { ...marks, ...texts };
}

/** The text for a visitor, who is alone with the kiosk. @param {Verdict} verdict */
function visitorLine(verdict) {
  if (isTest(verdict)) {
    return _("This card is of a test system. Please ask at the desk.");
  }
  if (verdict.outcome === "valid") {
    return _("Thank you.");
  }
  return verdict.outcome === "not_valid"
    ? _("Please ask at the desk. They can help.")
    : _("This is not about your card. Please ask at the desk.");
}

/**
 * Whether another check can give a better answer.
 * @param {Shown} shown
 * @param {Answer} answer
 */
function mayHelp(shown, answer) {
  return shown.outcome === "could_not_check" || (shown.remembered !== null && !answer.confirming);
}

/**
 * The age of the shown answer at this time.
 * @param {Entry} entry
 * @param {number} at
 */
export function ageNow(entry, at) {
  const waited = Math.max(0, at - (entry.answeredAt ?? at)) / 1_000;
  return age(Math.floor((entry.answer?.verdict?.age_s ?? 0) + waited));
}

/**
 * An answer of the device itself shows the device's own trouble, because a person can do something about it.
 * @param {Shown} shown
 * @param {Answer} answer
 * @returns {Shown}
 */
function withTrouble(shown, answer) {
  if (shown.source !== "device") {
    return shown;
  }
  const trouble = answer.trouble ?? (answer.confirming ? "slow" : "offline");
  if (shown.outcome === "could_not_check") {
    return trouble in TROUBLES ? { ...shown, advice: translated(TROUBLES[trouble]) } : shown;
  }
  return trouble in REMEMBERED_HERE ? { ...shown, stands_in: _(REMEMBERED_HERE[trouble]) } : shown;
}

/**
 * @param {Entry} entry
 * @returns {View["confirm"]}
 */
function confirmOf({ answer, before }) {
  if (answer?.change === "changed" && answer.verdict && before) {
    const names = { before: nameOf(before), now: nameOf(answer.verdict) };
    return { state: "changed", text: _("Changed: %(before)s before, now %(now)s", names) };
  }
  if (answer?.change === "confirmed") {
    return { state: "confirmed", text: _("Confirmed now") };
  }
  return answer?.confirming ? { state: "confirming", text: _("Being confirmed with the card register …") } : null;
}

/**
 * @param {Shown} shown
 * @param {Verdict} verdict
 * @param {string} zone
 */
function checkedAt(shown, verdict, zone) {
  if (shown.look !== "valid_live" || !verdict.checked_at) {
    return null;
  }
  return _("Checked %(time)s", { time: timeOfDay(new Date(verdict.checked_at), zone) });
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
