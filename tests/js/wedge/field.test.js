import assert from "node:assert/strict";
import { test } from "node:test";

import { LAYOUTS } from "./layouts.js";
import { ANNA, atTill, BRUNO, ENTER, TAB } from "./scanning.js";

const ADDRESS = `https://s.esc-r.eu/${ANNA}`;

test("a scan into the number field is read before Enter, empties the field, and Enter is swallowed", () => {
  const till = atTill({ field: true });
  till.scan(ADDRESS, { gap: 5, computer: LAYOUTS.AZERTY });
  assert.deepEqual(till.numbers, [ANNA]);
  assert.equal(till.seen.find(({ card }) => card)?.clear, true);
  assert.equal(till.seen.at(-1)?.swallow, true);
});

test("until the number is whole the field gets every key", () => {
  const till = atTill({ field: true });
  till.scan(ADDRESS, { gap: 5, end: null });
  assert.deepEqual(till.seen.filter(({ swallow }) => swallow).length, 1);
});

test("two scans into the field are two numbers", () => {
  const till = atTill({ field: true });
  till.scan(ADDRESS, { gap: 5 });
  till.scan(BRUNO, { gap: 5 });
  assert.deepEqual(till.numbers, [ANNA, BRUNO]);
});

test("Mia, typing a whole number, is not interrupted: nothing is read before her Enter", () => {
  const till = atTill({ field: true });
  till.scan(ANNA, { gap: 120, end: null });
  till.wait(1000);
  assert.deepEqual(till.numbers, []);
  till.scan(ANNA, { gap: 120, end: TAB });
  assert.deepEqual(till.numbers, []);
  assert.equal(till.seen.at(-1)?.swallow, false);
});

test("a slow scanner with another layout is read at its Enter", () => {
  const till = atTill({ field: true });
  till.scan(ADDRESS, { gap: 120, computer: LAYOUTS.AZERTY });
  assert.deepEqual(till.numbers, [ANNA]);
  assert.deepEqual([till.seen.at(-1)?.swallow, till.seen.at(-1)?.clear], [true, true]);
});

test("what a person corrects with Backspace belongs to the field", () => {
  const till = atTill({ field: true });
  till.scan(ANNA.slice(0, 20), { gap: 120, end: null });
  till.press({ code: "Backspace", key: "Backspace" }, 200);
  till.scan(ANNA.slice(19), { gap: 120, end: null });
  assert.deepEqual([till.press(ENTER, 200).swallow, till.numbers], [false, []]);
});

test("a foreign code scanned into the field is refused once and does not stay in it", () => {
  const till = atTill({ field: true });
  till.scan("AB 123456 C 1970-01-01", { gap: 5 });
  assert.deepEqual(till.foreign.length, 1);
  assert.deepEqual([till.seen.at(-1)?.swallow, till.seen.at(-1)?.clear], [true, true]);
});

test("a person's words and Enter in the field are left to the field", () => {
  const till = atTill({ field: true });
  till.scan("where is the number", { gap: 110 });
  assert.ok(till.seen.every(({ swallow, clear }) => !swallow && !clear));
  assert.deepEqual(till.foreign, []);
});
