import assert from "node:assert/strict";
import { test } from "node:test";

import { decideAlone } from "../../../validator/static/js/memory/decide.js";

/** @import {Row} from "../../../validator/static/js/memory/row.js" */

const NOON = Date.parse("2026-11-24T12:00:00Z");
const NOON_S = NOON / 1000;
const DAY_S = 86_400;
const ANNA = { escn: "3e506370-826a-103d-bf76-001999884762", warnings: ["unknown_qr_host"] };
const ISSUERS = { 999884762: "Université de Saint-Valentin" };

/** @type {Row} */
const VALID = {
  reason: "active",
  checkedAt: NOON_S,
  goodUntil: NOON_S + 7 * DAY_S,
  expiresOn: "2027-09-30",
  issuerPic: "999884762",
  issuerName: "Université de Saint-Valentin",
  academicLevel: "MASTER",
};
/** @type {Row} */
const NOT_VALID = { ...VALID, reason: "inactive", goodUntil: NOON_S + DAY_S };

/** @param {Row | null} row @param {number} age  seconds */
const decided = (row, age) => decideAlone(ANNA, row, NOON + age * 1000, ISSUERS).reason;

// As tests/unit/offline_cache/test_policy.py: what is FRESH or a FALLBACK there is given here, a MISS is not.
for (const { name, row, age, reason } of [
  { name: "a valid answer is given at once", row: VALID, age: 0, reason: "active" },
  {
    name: "a valid answer is given to the last instant of its window",
    row: VALID,
    age: 7 * DAY_S - 0.1,
    reason: "active",
  },
  { name: "a valid answer ends with its window", row: VALID, age: 7 * DAY_S, reason: "device_offline" },
  {
    name: "a not valid answer is given inside its own window",
    row: NOT_VALID,
    age: DAY_S - 0.1,
    reason: "inactive",
  },
  {
    name: "a not valid answer ends with its own window",
    row: NOT_VALID,
    age: DAY_S,
    reason: "device_offline",
  },
  {
    name: "a last day that cannot be true is none, whatever an earlier version made of it",
    row: { ...NOT_VALID, reason: /** @type {const} */ ("expired"), expiresOn: "1970-01-01" },
    age: 0,
    reason: "device_offline",
  },
  {
    name: "a last day before the first card is none of a valid one either",
    row: { ...VALID, expiresOn: "2014-12-31" },
    age: 0,
    reason: "device_offline",
  },
  { name: "what was never asked is not known", row: null, age: 0, reason: "device_offline" },
  {
    name: "a card is valid until its end",
    row: { ...VALID, goodUntil: NOON_S + 10 },
    age: 9.9,
    reason: "active",
  },
  {
    name: "a card is never valid past its end",
    row: { ...VALID, goodUntil: NOON_S + 10 },
    age: 10,
    reason: "device_offline",
  },
  { name: "a few seconds between two clocks are forgiven", row: VALID, age: -5, reason: "active" },
  {
    name: "an answer of the future has no age and is not given",
    row: VALID,
    age: -5.1,
    reason: "device_offline",
  },
  { name: "nor is a not valid one of the future", row: NOT_VALID, age: -5.1, reason: "device_offline" },
  { name: "without a clock nothing is given", row: VALID, age: NaN, reason: "device_offline" },
  { name: "a window of zero is off", row: { ...VALID, goodUntil: NOON_S }, age: 0, reason: "device_offline" },
  {
    name: "a window that ended before it began is off",
    row: { ...VALID, goodUntil: NOON_S - 3 },
    age: -4,
    reason: "device_offline",
  },
  {
    name: "a valid card without a last day is not believed",
    row: { ...VALID, expiresOn: null },
    age: 0,
    reason: "device_offline",
  },
  { name: "a broken end is an end", row: { ...VALID, goodUntil: NaN }, age: 0, reason: "device_offline" },
  { name: "a broken beginning is none", row: { ...VALID, checkedAt: NaN }, age: 0, reason: "device_offline" },
]) {
  test(name, () => assert.equal(decided(row, age), reason));
}

test("a remembered answer has exactly the API's shape", () => {
  assert.deepEqual(decideAlone(ANNA, VALID, NOON + 90_500, ISSUERS), {
    outcome: "valid",
    reason: "active",
    source: "device",
    checked_at: "2026-11-24T12:00:00.000Z",
    age_s: 90,
    good_until: "2026-12-01T12:00:00.000Z",
    stands_in_for: "device_offline",
    card: {
      number: "3e50…4762",
      issuer_pic: "999884762",
      issuer_name: "Université de Saint-Valentin",
      issued_at: null,
      expires_at: "2027-09-30",
      academic_level: "MASTER",
      card_type: null,
      display_name: null,
    },
    warnings: ["unknown_qr_host", "stale"],
  });
});

test("a card without a remembered answer shows what its number says, and the issuer's name if the pack has it", () => {
  const told = decideAlone(ANNA, null, NOON, ISSUERS);

  assert.equal(told.outcome, "could_not_check");
  assert.deepEqual(
    [told.checked_at, told.good_until, told.stands_in_for, told.age_s, told.source],
    [null, null, null, 0, "device"],
  );
  assert.equal(told.card.issuer_pic, "999884762");
  assert.equal(told.card.issuer_name, "Université de Saint-Valentin");
  assert.deepEqual(told.warnings, ["unknown_qr_host"]);
  assert.equal(decideAlone(ANNA, null, NOON, {}).card.issuer_name, null);
});

test("a card that is not registered has no issuer's name", () => {
  /** @type {Row} */
  const unknown = { ...NOT_VALID, reason: "unknown_card", expiresOn: null, issuerPic: null, issuerName: null };
  const told = decideAlone(ANNA, unknown, NOON, ISSUERS);

  assert.deepEqual([told.outcome, told.reason], ["not_valid", "unknown_card"]);
  assert.deepEqual([told.card.issuer_pic, told.card.issuer_name], ["999884762", null]);
});

test("a remembered answer names the failure that it replaces", () => {
  assert.equal(decideAlone(ANNA, VALID, NOON, {}, "router_timeout").stands_in_for, "router_timeout");
  assert.equal(decideAlone(ANNA, null, NOON, {}, "too_many_checks").reason, "too_many_checks");
});

test("no full number is in anything that is decided", () => {
  for (const row of [VALID, NOT_VALID, null]) {
    assert.ok(!JSON.stringify(decideAlone(ANNA, row, NOON, ISSUERS)).includes(ANNA.escn.slice(4, -4)));
  }
});
