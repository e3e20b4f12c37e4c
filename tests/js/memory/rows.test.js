import assert from "node:assert/strict";
import { test } from "node:test";

import { chunkOf, fromBytes, toBytes } from "../../../validator/static/js/memory/chunk.js";
import { isOver, mergeTwo, outranks, trimmed } from "../../../validator/static/js/memory/merge.js";
import { count, locate, readRow } from "../../../validator/static/js/memory/rows.js";

/**
 * @typedef {import("../../../validator/static/js/memory/rows.js").Row} Row
 * @typedef {import("../../../validator/static/js/memory/rows.js").Chunk} Chunk
 */

const NOW_S = 1_795_521_600;
const ISSUERS = { 111111111: "University of Lindenburg", 222222222: "Université de Saint-Valentin" };

/** The same numbers in every run. @param {number} seed */
function dice(seed) {
  let state = seed;
  return (/** @type {number} */ sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** @param {number} card */
function hashOf(card) {
  const roll = dice(card + 1);
  return Uint8Array.from({ length: 16 }, () => roll(256));
}

/** @param {(sides: number) => number} roll @returns {Row} */
function someRow(roll) {
  const reasons = /** @type {const} */ (["active", "expired", "inactive", "unknown_card"]);
  const checkedAt = NOW_S - roll(20);
  return {
    reason: reasons[roll(4)] ?? "active",
    checkedAt,
    goodUntil: checkedAt + roll(700_000),
    expiresOn: roll(4) === 0 ? null : `20${10 + roll(80)}-0${1 + roll(9)}-1${roll(10)}`,
    issuerPic: [null, "111111111", "222222222"][roll(3)] ?? null,
  };
}

/** @param {number} seed @param {number} size @param {number} cards */
function someEntries(seed, size, cards) {
  const roll = dice(seed);
  const chosen = new Set(Array.from({ length: size }, () => roll(cards)));
  return [...chosen].map((card) => ({ card, hash: hashOf(card), row: someRow(roll) }));
}

/** @param {Chunk} chunk @param {number} card */
function found(chunk, card) {
  const at = locate(chunk, hashOf(card));
  return at < 0 ? null : readRow(chunk, at);
}

test("every card of a chunk is found with what was said of it, and no other", () => {
  const entries = someEntries(1, 3_000, 100_000);
  const chunk = chunkOf(entries, ISSUERS);
  const expected = new Map(entries.map(({ card, row }) => [card, row]));

  for (let card = 0; card < 5_000; card += 1) {
    assert.deepEqual(found(chunk, card), expected.get(card) ?? null);
  }
});

test("a chunk comes back from its bytes as it was", () => {
  const entries = someEntries(2, 500, 1_000);
  const back = fromBytes(toBytes(chunkOf(entries, ISSUERS)));

  assert.ok(back);
  assert.deepEqual(back.issuers, ISSUERS);
  for (const { card, row } of entries) {
    assert.deepEqual(found(back, card), row);
  }
});

test("bytes that are no chunk are none", () => {
  const whole = toBytes(chunkOf(someEntries(3, 10, 100), ISSUERS));

  const odd = [new Uint8Array(), new Uint8Array(3), whole.slice(0, -1), whole.slice(5), new Uint8Array(64)];
  for (const bytes of odd) {
    assert.equal(fromBytes(bytes), null);
  }
});

test("a row that says what no row can say is none", () => {
  const chunk = chunkOf(someEntries(4, 1, 10), ISSUERS);
  chunk.bytes[16] = 200;

  assert.equal(readRow(chunk, 0), null);
});

test("of two chunks one is made in which each card has the answer that counts", () => {
  for (let seed = 10; seed < 40; seed += 1) {
    const [one, other] = [someEntries(seed, 300, 500), someEntries(seed + 1_000, 400, 500)];
    /** @type {Map<number, Row>} */
    const expected = new Map();
    for (const { card, row } of [...one, ...other]) {
      const before = expected.get(card);
      expected.set(card, before === undefined || outranks(row, before, NOW_S) ? row : before);
    }

    const merged = mergeTwo(chunkOf(one, ISSUERS), chunkOf(other, ISSUERS), NOW_S);

    assert.equal(count(merged), expected.size);
    expected.forEach((row, card) => assert.deepEqual(found(merged, card), row));
  }
});

/** @type {Row} */
const VALID = { reason: "active", checkedAt: NOW_S, goodUntil: NOW_S + 9, expiresOn: null, issuerPic: null };

test("the later answer counts, and at the same second the one that is not valid", () => {
  const notValid = /** @type {Row} */ ({ ...VALID, reason: "expired" });
  const later = { ...VALID, checkedAt: NOW_S + 1 };

  assert.ok(outranks(later, VALID, NOW_S) && !outranks(VALID, later, NOW_S));
  assert.ok(outranks(notValid, VALID, NOW_S) && !outranks(VALID, notValid, NOW_S));
  assert.ok(outranks(later, notValid, NOW_S));
  assert.ok(outranks(notValid, { ...notValid, goodUntil: NOW_S }, NOW_S));
  assert.ok(!outranks({ ...notValid, goodUntil: NOW_S }, notValid, NOW_S));
});

test("an answer of the future counts only where the other is of the future too", () => {
  const tomorrow = { ...VALID, checkedAt: NOW_S + 86_400 };

  assert.ok(outranks(VALID, tomorrow, NOW_S) && !outranks(tomorrow, VALID, NOW_S));
  assert.ok(outranks(tomorrow, VALID, NOW_S + 86_400));
  assert.ok(outranks(tomorrow, VALID, NaN));
});

test("a chunk is cut to its newest cards, without those over age", () => {
  const entries = someEntries(5, 200, 1_000);
  const cut = trimmed(chunkOf(entries, ISSUERS), NOW_S - 15, 50);
  const left = entries.filter(({ card }) => found(cut, card) !== null);

  assert.equal(count(cut), 50);
  assert.equal(left.length, 50);
  const oldestLeft = Math.min(...left.map(({ row }) => row.checkedAt));
  const newer = entries.filter(({ row }) => row.checkedAt > oldestLeft);
  assert.ok(newer.every(({ card }) => found(cut, card) !== null));
  assert.ok(oldestLeft > NOW_S - 15);
  assert.equal(count(trimmed(chunkOf(entries, ISSUERS), NaN, 1_000)), entries.length);
});

test("a chunk is over when all in it is, and never where the time is not known", () => {
  const chunk = chunkOf(someEntries(6, 50, 100), {});

  assert.ok(isOver(chunk, NOW_S));
  assert.ok(!isOver(chunk, NOW_S - 10));
  assert.ok(!isOver(chunk, NaN));
});
