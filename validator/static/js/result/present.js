/** From a verdict to what is shown: a port of validator/web/present.py, held to tests/vectors/shown.json. */

import { _ } from "../messages.js";
import {
  ABOUT_THE_CARD,
  COMPARE,
  COMPARE_DIGITAL,
  cardTypeName,
  DETAILS,
  DIGITAL_TYPES,
  FACE_WARNINGS,
  levelName,
  NAMES,
  NO_ANSWER,
  STANDS_IN,
  STANDS_IN_PLAIN,
  WARNINGS,
} from "./advice.js";
import { ladder } from "./ladder.js";
import { age, day, instant, today } from "./moments.js";

/**
 * @import {Verdict} from "../types.js"
 * @import {Advice, Fact, Look, Moment, Remark, Shown} from "./types.js"
 */

// As validator/web/present.py has them.
export const LIVE_S = 60;
const OLDER_S = 86_400;
const LAST_DAY_OF_THE_HOLOGRAM = "2027-12-31";
const CODE_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const HALF_CODE = 5;

/**
 * What to show of this verdict at this time, on the clock of this place.
 * @param {Verdict} verdict
 * @param {Date} now
 * @param {string} zone
 * @returns {Shown}
 */
export function present(verdict, now, zone) {
  const date = today(now, zone);
  const remembered = isRemembered(verdict) ? age(verdict.age_s) : null;
  return {
    look: look(verdict, remembered),
    outcome: verdict.outcome,
    reason: verdict.reason,
    source: verdict.source,
    word: isTest(verdict) ? _("TEST CARD") : _(NAMES[verdict.outcome]),
    detail: verdict.reason in DETAILS ? _(DETAILS[verdict.reason]) : null,
    note: note(verdict),
    title: title(verdict, remembered),
    advice: advice(verdict, date),
    remembered,
    older: remembered !== null && verdict.age_s >= OLDER_S,
    stands_in: standsIn(verdict),
    facts: [...cardFacts(verdict), ...checkFacts(verdict, remembered, zone)],
    small_facts: smallFacts(verdict),
    warnings: remarks(verdict),
    ladder: ladder(verdict),
    compare: compare(verdict),
    logo_hint: logoHint(date),
    receipt: facts([
      ["checked", _("Checked"), instant(now.toISOString(), zone)],
      ["check_code", _("Check code"), checkCode(now)],
    ]),
  };
}

/** The instant of a check, to the millisecond, in ten letters and digits. @param {Date} now */
function checkCode(now) {
  const digit = (/** @type {number} */ place) => CODE_DIGITS[Math.floor(now.getTime() / 32 ** place) % 32];
  const digits = Array.from({ length: 2 * HALF_CODE }, (_, at) => digit(2 * HALF_CODE - 1 - at)).join("");
  return `${digits.slice(0, HALF_CODE)}-${digits.slice(HALF_CODE)}`;
}

/** @param {string} date */
function logoHint(date) {
  return date <= LAST_DAY_OF_THE_HOLOGRAM
    ? _(
        "A genuine card bears the older hologram or the new European Student Card logo. Both count until 31 December 2027.",
      )
    : _(
        "A genuine card bears the new European Student Card logo. The older hologram alone stopped counting on 31 December 2027.",
      );
}

/** @param {Verdict} verdict */
function isRemembered({ source, warnings, age_s: ageS }) {
  return source !== "router" && (warnings.includes("stale") || ageS > LIVE_S);
}

/**
 * Whether the Router knows the number as valid, but the code is one of its test system's.
 * @param {{outcome: string, warnings: string[]}} verdict
 */
export function isTest({ outcome, warnings }) {
  return outcome === "valid" && warnings.includes("sandbox_card");
}

/** @param {Verdict} verdict */
function note(verdict) {
  if (isTest(verdict)) {
    return _("The card register has its number as valid.");
  }
  return verdict.outcome === "could_not_check" ? _("This says nothing about the card.") : null;
}

/** @param {Verdict} verdict @returns {Remark[]} */
function remarks({ warnings }) {
  const known = warnings.filter((code) => code in WARNINGS);
  return known.map((code) => ({ code, face: _(FACE_WARNINGS[code]), text: _(WARNINGS[code]) }));
}

/**
 * @param {Verdict} verdict
 * @param {string | null} remembered
 * @returns {Look}
 */
function look(verdict, remembered) {
  if (isTest(verdict)) {
    return "valid_test";
  }
  if (verdict.outcome === "valid") {
    return remembered ? "valid_remembered" : "valid_live";
  }
  return verdict.outcome;
}

/**
 * An answer as one names it: NOT VALID: EXPIRED.
 * @param {{outcome: string, reason: string, warnings?: string[]}} verdict
 */
export function nameOf({ outcome, reason, warnings = [] }) {
  return isTest({ outcome, warnings }) ? _("TEST CARD") : _(NAMES[reason] ?? NAMES[outcome]);
}

/** @param {Verdict} verdict @param {string | null} remembered */
function title(verdict, remembered) {
  const answer = nameOf(verdict);
  return remembered ? _("%(answer)s – checked %(age)s", { answer, age: remembered }) : answer;
}

/**
 * @param {Verdict} verdict
 * @param {string} date
 * @returns {Advice}
 */
function advice(verdict, date) {
  if (verdict.outcome === "could_not_check") {
    return translated(NO_ANSWER[verdict.reason]);
  }
  const said = translated(ABOUT_THE_CARD[verdict.reason]);
  const ended = verdict.card.expires_at;
  if (verdict.reason === "expired" && ended && ended < date) {
    return { ...said, happened: _("The card’s last day was %(day)s.", { day: day(ended).text }) };
  }
  return said;
}

/** @param {Advice} advice @returns {Advice} */
export function translated({ happened, next, whose }) {
  return { happened: _(happened), next: _(next), whose: whose && _(whose) };
}

/** @param {Verdict} verdict */
function standsIn(verdict) {
  if (verdict.stands_in_for) {
    return _(STANDS_IN[verdict.stands_in_for]);
  }
  if (verdict.warnings.includes("stale")) {
    return _(STANDS_IN_PLAIN);
  }
  return isRemembered(verdict)
    ? _("This card was checked here not long ago, so the card register was not asked again.")
    : null;
}

/** @param {Verdict} verdict */
function compare({ outcome, card }) {
  if (outcome !== "valid") {
    return null;
  }
  return _(DIGITAL_TYPES.includes(card.card_type ?? "") ? COMPARE_DIGITAL : COMPARE);
}

/**
 * @param {[name: string, label: string, value: string | Moment | null | undefined][]} known
 * @returns {Fact[]}
 */
function facts(known) {
  return known.flatMap(([name, label, value]) => {
    if (value === null || value === undefined) {
      return [];
    }
    const { text, iso } = typeof value === "string" ? { text: value, iso: null } : value;
    return [{ name, label, text, iso }];
  });
}

/** @param {Verdict} verdict */
function cardFacts({ card, outcome }) {
  const institution = card.issuer_pic && _("Institution %(pic)s (PIC)", { pic: card.issuer_pic });
  const expires = card.expires_at ? day(card.expires_at) : null;
  return facts([
    ["name", _("Name on the card"), card.display_name],
    ["issuer", _("Issued by"), card.issuer_name || institution],
    outcome === "valid" ? ["valid_until", _("Card valid until"), expires] : ["expiry", _("Expiry date"), expires],
    ["level", _("Academic level"), levelName(card.academic_level)],
    ["type", _("Type of card"), cardTypeName(card.card_type)],
  ]);
}

/**
 * @param {Verdict} verdict
 * @param {string | null} remembered
 * @param {string} zone
 */
function checkFacts(verdict, remembered, zone) {
  if (!verdict.checked_at) {
    return [];
  }
  const until = verdict.good_until && remembered ? instant(verdict.good_until, zone) : null;
  return facts([
    ["from", _("Answer from"), from(verdict)],
    ["asked", _("Asked"), instant(verdict.checked_at, zone)],
    ["counts_until", _("Valid until at the latest"), until],
  ]);
}

/** @param {Verdict} verdict */
function from({ source, age_s: ageS }) {
  const values = { age: age(ageS) };
  if (source === "router") {
    return _("The card register, %(age)s", values);
  }
  return source === "cache"
    ? _("The card register, %(age)s, remembered here", values)
    : _("The card register, %(age)s, remembered on this device", values);
}

/** @param {Verdict} verdict */
function smallFacts({ card }) {
  return facts([
    ["number", _("Card number"), card.number],
    ["pic", _("Issuer code (PIC)"), card.issuer_pic],
    ["issued", _("Issued on"), card.issued_at ? day(card.issued_at) : null],
  ]);
}
