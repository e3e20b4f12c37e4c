/** From a verdict to what is shown: a port of validator/web/present.py, held to tests/vectors/shown.json. */

import { fill } from "./fill.js";
import { ladder } from "./ladder.js";
import { age, day, instant, today } from "./moments.js";

/**
 * @typedef {import("../types.js").Verdict} Verdict
 * @typedef {import("./types.js").Words} Words
 * @typedef {import("./types.js").Age} Age
 * @typedef {import("./types.js").Fact} Fact
 */

// As validator/web/present.py has them.
const CODE_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const HALF_CODE = 5;

/**
 * What to show of this verdict at this time, on the clock of the place that `words` come from.
 * @param {Verdict} verdict
 * @param {Date} now
 * @param {Words} words
 * @returns {import("./types.js").Shown}
 */
export function present(verdict, now, words) {
  const date = today(now, words.zone);
  const remembered = isRemembered(verdict, words) ? age(verdict.age_s, words) : null;
  const word = isTest(verdict) ? words.test_card : words.outcomes[verdict.outcome];
  const detail = words.details[verdict.reason] ?? null;
  return {
    look: look(verdict, remembered),
    outcome: verdict.outcome,
    reason: verdict.reason,
    source: verdict.source,
    word,
    detail,
    note: note(verdict, words),
    title: title(word, detail, remembered, words),
    advice: advice(verdict, date, words),
    remembered,
    older: remembered !== null && verdict.age_s >= words.limits.older_s,
    stands_in: standsIn(verdict, words),
    facts: [...cardFacts(verdict, words), ...checkFacts(verdict, remembered, words)],
    small_facts: smallFacts(verdict, words),
    warnings: remarks(verdict, words),
    ladder: ladder(verdict, words),
    compare: compare(verdict, words),
    logo_hint: date <= words.limits.last_day_of_the_hologram ? words.hologram_or_logo : words.logo_only,
    receipt: facts([["checked", instant(now.toISOString(), words)], ["check_code", checkCode(now)]], words),
  };
}

/** The instant of a check, to the millisecond, in ten letters and digits. @param {Date} now */
function checkCode(now) {
  const digit = (/** @type {number} */ place) => CODE_DIGITS[Math.floor(now.getTime() / 32 ** place) % 32];
  const digits = Array.from({ length: 2 * HALF_CODE }, (_, at) => digit(2 * HALF_CODE - 1 - at)).join("");
  return `${digits.slice(0, HALF_CODE)}-${digits.slice(HALF_CODE)}`;
}

/**
 * @param {Verdict} verdict
 * @param {Words} words
 */
function isRemembered(verdict, words) {
  const isOld = verdict.warnings.includes("stale") || verdict.age_s > words.limits.live_s;
  return verdict.source !== "router" && isOld;
}

/**
 * Whether the Router knows the number as valid, but the code is one of its test system's.
 * @param {Pick<Verdict, "outcome" | "warnings">} verdict
 */
export function isTest({ outcome, warnings }) {
  return outcome === "valid" && warnings.includes("sandbox_card");
}

/**
 * @param {Verdict} verdict
 * @param {Words} words
 */
function note(verdict, words) {
  if (isTest(verdict)) {
    return words.test_card_note;
  }
  return verdict.outcome === "could_not_check" ? words.says_nothing : null;
}

/**
 * @param {Verdict} verdict
 * @param {Words} words
 * @returns {import("./types.js").Remark[]}
 */
function remarks({ warnings }, words) {
  const known = warnings.filter((code) => code in words.warnings);
  return known.map((code) => ({ code, face: words.face_warnings[code], text: words.warnings[code] }));
}

/**
 * @param {Verdict} verdict
 * @param {Age | null} remembered
 * @returns {import("./types.js").Look}
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
 * @param {string} word
 * @param {string | null} detail
 * @param {Age | null} remembered
 * @param {Words} words
 */
function title(word, detail, remembered, words) {
  const whole = detail ? fill(words.with_detail, { word, detail }) : word;
  return remembered ? fill(words.as_of, { title: whole, age: remembered.text }) : whole;
}

/**
 * @param {Verdict} verdict
 * @param {string} date
 * @param {Words} words
 */
function advice(verdict, date, words) {
  if (verdict.outcome === "could_not_check") {
    return words.no_answer[verdict.reason];
  }
  const said = words.about_the_card[verdict.reason];
  const ended = verdict.card.expires_at;
  if (verdict.reason === "expired" && ended && ended < date) {
    return { happened: fill(words.last_day, { day: day(ended, words).text }), next: said.next, whose: null };
  }
  return said;
}

/**
 * @param {Verdict} verdict
 * @param {Words} words
 */
function standsIn(verdict, words) {
  if (!verdict.stands_in_for && !verdict.warnings.includes("stale")) {
    return isRemembered(verdict, words) ? words.not_asked_again : null;
  }
  const why = verdict.stands_in_for ? words.stands_in[verdict.stands_in_for] : words.stands_in_plain;
  return `${why}${words.stands_in_tail}`;
}

/**
 * @param {Verdict} verdict
 * @param {Words} words
 */
function compare(verdict, words) {
  if (verdict.outcome !== "valid") {
    return null;
  }
  const isDigital = words.digital_types.includes(verdict.card.card_type ?? "");
  return isDigital ? words.compare_digital : words.compare;
}

/**
 * @param {[string, string | import("./types.js").Moment | null | undefined][]} known
 * @param {Words} words
 * @returns {Fact[]}
 */
function facts(known, words) {
  return known.flatMap(([name, value]) => {
    if (value === null || value === undefined) {
      return [];
    }
    const { text, iso } = typeof value === "string" ? { text: value, iso: null } : value;
    return [{ name, label: words.labels[name], text, iso }];
  });
}

/**
 * @param {Verdict} verdict
 * @param {Words} words
 */
function cardFacts({ card, outcome }, words) {
  const institution = card.issuer_pic && fill(words.institution, { pic: card.issuer_pic });
  const until = outcome === "valid" ? "valid_until" : "expiry";
  return facts(
    [
      ["name", card.display_name],
      ["issuer", card.issuer_name || institution],
      [until, card.expires_at ? day(card.expires_at, words) : null],
      ["level", words.levels[card.academic_level ?? ""]],
      ["type", words.card_types[card.card_type ?? ""]],
    ],
    words,
  );
}

/**
 * @param {Verdict} verdict
 * @param {Age | null} remembered
 * @param {Words} words
 */
function checkFacts(verdict, remembered, words) {
  if (!verdict.checked_at) {
    return [];
  }
  const until = verdict.good_until && remembered ? instant(verdict.good_until, words) : null;
  return facts(
    [
      ["from", fill(words.sources[verdict.source], { age: age(verdict.age_s, words).text })],
      ["asked", instant(verdict.checked_at, words)],
      ["counts_until", until],
    ],
    words,
  );
}

/**
 * @param {Verdict} verdict
 * @param {Words} words
 */
function smallFacts({ card }, words) {
  const issued = card.issued_at ? day(card.issued_at, words) : null;
  return facts([["number", card.number], ["pic", card.issuer_pic], ["issued", issued]], words);
}
