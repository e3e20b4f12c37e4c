import assert from "node:assert/strict";
import { test } from "node:test";

import { LAYOUTS } from "./layouts.js";
import { ANNA, atCounter, BRUNO, ENTER, TAB } from "./scanning.js";

const ADDRESS = `https://s.esc-r.eu/${ANNA}`;

test("a scan into the number field is read before Enter, empties the field, and Enter is swallowed", () => {
  const counter = atCounter({ field: true });
  counter.scan(ADDRESS, { gap: 5, computer: LAYOUTS.AZERTY });
  assert.deepEqual(counter.numbers, [ANNA]);
  assert.equal(counter.seen.find(({ card }) => card)?.clear, true);
  assert.equal(counter.seen.at(-1)?.swallow, true);
});

test("until the number is whole the field gets every key", () => {
  const counter = atCounter({ field: true });
  counter.scan(ADDRESS, { gap: 5, end: null });
  assert.deepEqual(counter.seen.filter(({ swallow }) => swallow).length, 1);
});

test("two scans into the field are two numbers", () => {
  const counter = atCounter({ field: true });
  counter.scan(ADDRESS, { gap: 5 });
  counter.scan(BRUNO, { gap: 5 });
  assert.deepEqual(counter.numbers, [ANNA, BRUNO]);
});

test("Mia, typing a whole number, is not interrupted: nothing is read before her Enter", () => {
  const counter = atCounter({ field: true });
  counter.scan(ANNA, { gap: 120, end: null });
  counter.wait(1000);
  assert.deepEqual(counter.numbers, []);
  counter.scan(ANNA, { gap: 120, end: TAB });
  assert.deepEqual(counter.numbers, []);
  assert.equal(counter.seen.at(-1)?.swallow, false);
});

test("a slow scanner with another layout is read at its Enter", () => {
  const counter = atCounter({ field: true });
  counter.scan(ADDRESS, { gap: 120, computer: LAYOUTS.AZERTY });
  assert.deepEqual(counter.numbers, [ANNA]);
  assert.deepEqual([counter.seen.at(-1)?.swallow, counter.seen.at(-1)?.clear], [true, true]);
});

test("what a person corrects with Backspace belongs to the field", () => {
  const counter = atCounter({ field: true });
  counter.scan(ANNA.slice(0, 20), { gap: 120, end: null });
  counter.press({ code: "Backspace", key: "Backspace" }, 200);
  counter.scan(ANNA.slice(19), { gap: 120, end: null });
  assert.deepEqual([counter.press(ENTER, 200).swallow, counter.numbers], [false, []]);
});

test("a foreign code scanned into the field is refused once and does not stay in it", () => {
  const counter = atCounter({ field: true });
  counter.scan("AB 123456 C 1970-01-01", { gap: 5 });
  assert.deepEqual(counter.foreign.length, 1);
  assert.deepEqual([counter.seen.at(-1)?.swallow, counter.seen.at(-1)?.clear], [true, true]);
});

test("a person's words and Enter in the field are left to the field", () => {
  const counter = atCounter({ field: true });
  counter.scan("where is the number", { gap: 110 });
  assert.ok(counter.seen.every(({ swallow, clear }) => !swallow && !clear));
  assert.deepEqual(counter.foreign, []);
});
