import assert from "node:assert/strict";
import { test } from "node:test";

import {
  SENT_BYTES,
  chunkOf,
  countRows,
  fromBytes,
  locate,
  mergeTwo,
  orderAt,
  sealedAt,
  toBytes,
  withoutOldest,
} from "../../../validator/static/js/memory/chunks.js";
import { outranks } from "../../../validator/static/js/memory/decide.js";

/**
 * @import {Chunk} from "../../../validator/static/js/memory/chunks.js"
 * @import {Row} from "../../../validator/static/js/memory/row.js"
 */

const NOW_S = 1_795_521_600;

/** The same numbers in every run. @param {number} seed */
function dice(seed) {
  let state = seed;
  return (/** @type {number} */ sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** @param {number} seed @param {number} length */
function someBytes(seed, length) {
  const roll = dice(seed);
  return Uint8Array.from({ length }, () => roll(256));
}

/** @param {number} card */
const idOf = (card) => someBytes(card + 1, 16);

/**
 * Rows of these cards as a page brings them; what they say differs by the page.
 * @param {Iterable<number>} cards
 * @param {number} order
 */
function sent(cards, order) {
  const rows = [...new Set(cards)].map((card) =>
    Buffer.concat([idOf(card), someBytes(1_000_000 * order + card, SENT_BYTES - 16)]),
  );
  return new Uint8Array(Buffer.concat(rows.sort(Buffer.compare)));
}

/** @param {Chunk} chunk @param {number} card */
function found(chunk, card) {
  const at = locate(chunk, idOf(card));
  return at < 0 ? null : { order: orderAt(chunk, at), sealed: Buffer.from(sealedAt(chunk, at)).toString("hex") };
}

/** @param {number} seed @param {number} size @param {number} cards */
function someCards(seed, size, cards) {
  const roll = dice(seed);
  return new Set(Array.from({ length: size }, () => roll(cards)));
}

test("every row of a chunk is found with what it brought, and no other", () => {
  const cards = someCards(1, 3_000, 100_000);
  const chunk = chunkOf(7, false, sent(cards, 5), 5);

  assert.equal(countRows(chunk), cards.size);
  for (let card = 0; card < 5_000; card += 1) {
    const there = found(chunk, card);
    const expected = Buffer.from(sent([card], 5).subarray(16)).toString("hex");
    assert.deepEqual(there, cards.has(card) ? { order: 5, sealed: expected } : null);
  }
});

test("a chunk comes back from its bytes as it was", () => {
  for (const own of [true, false]) {
    const chunk = chunkOf(4_000_000_000, own, sent(someCards(2, 500, 1_000), 1), 1);
    assert.deepEqual(fromBytes(toBytes(chunk)), chunk);
  }
});

test("bytes that are no chunk are none", () => {
  const whole = toBytes(chunkOf(1, true, sent(someCards(3, 10, 100), 1), 1));
  const unknown = whole.slice();
  unknown[7] = 2;

  for (const bytes of [new Uint8Array(), new Uint8Array(3), whole.slice(0, -1), whole.slice(5), unknown]) {
    assert.equal(fromBytes(bytes), null);
  }
});

test("of two chunks one is made in which each card has the row that came later", () => {
  for (let seed = 10; seed < 40; seed += 1) {
    const [one, other] = [someCards(seed, 300, 500), someCards(seed + 1_000, 400, 500)];
    const [early, late] = [chunkOf(1, false, sent(one, 3), 3), chunkOf(1, false, sent(other, 8), 8)];

    for (const merged of [mergeTwo(early, late), mergeTwo(late, early)]) {
      assert.equal(countRows(merged), new Set([...one, ...other]).size);
      for (let card = 0; card < 500; card += 1) {
        assert.deepEqual(found(merged, card), found(late, card) ?? found(early, card));
      }
    }
  }
});

test("a chunk is cut by the rows that came first", () => {
  const early = chunkOf(1, false, sent(Array.from({ length: 60 }, (_, card) => card), 1), 1);
  const late = chunkOf(1, false, sent(Array.from({ length: 40 }, (_, card) => 60 + card), 2), 2);
  const whole = mergeTwo(early, late);
  const cut = withoutOldest(whole, 50);

  assert.equal(countRows(cut), 50);
  for (let card = 60; card < 100; card += 1) {
    assert.deepEqual(found(cut, card), found(whole, card));
  }
  assert.equal(countRows(withoutOldest(whole, 0)), 100);
  assert.equal(countRows(withoutOldest(whole, 500)), 0);
});

/** @type {Row} */
const VALID = {
  reason: "active",
  checkedAt: NOW_S,
  goodUntil: NOW_S + 9,
  expiresOn: null,
  issuerPic: null,
  issuerName: null,
  academicLevel: null,
};

test("the later answer counts, and in the same hour the one that is not valid", () => {
  const notValid = /** @type {Row} */ ({ ...VALID, reason: "expired" });
  const later = { ...VALID, checkedAt: NOW_S + 3_600 };

  assert.ok(outranks(later, VALID, NOW_S + 3_600) && !outranks(VALID, later, NOW_S + 3_600));
  assert.ok(outranks(notValid, VALID, NOW_S) && !outranks(VALID, notValid, NOW_S));
  assert.ok(outranks(later, notValid, NOW_S + 3_600));
  assert.ok(outranks(notValid, { ...notValid, goodUntil: NOW_S }, NOW_S));
  assert.ok(!outranks({ ...notValid, goodUntil: NOW_S }, notValid, NOW_S));
});

test("an answer of the future counts only where the other is of the future too", () => {
  const tomorrow = { ...VALID, checkedAt: NOW_S + 86_400 };

  assert.ok(outranks(VALID, tomorrow, NOW_S) && !outranks(tomorrow, VALID, NOW_S));
  assert.ok(outranks(tomorrow, VALID, NOW_S + 86_400));
  assert.ok(outranks(tomorrow, VALID, NaN));
});
