import assert from "node:assert/strict";
import { test } from "node:test";

import { LAYOUTS } from "./layouts.js";
import { atCounter, ENTER, TAB } from "./scanning.js";

const DAYS = 80;
const SCANS = 12;
const FOREIGN = [
  "https://www.example.org/menu", "WIFI:S:canteen;P:secret;;", "tel:+49 89 5550", "9 780201 37962",
];

/** Reproducible random values. @param {number} seed */
function randomOf(seed) {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return {
    /** @param {number} below */
    upTo: (below) => Math.floor(next() * below),
    /** @template T @param {readonly T[]} list @returns {T} */
    oneOf: (list) => /** @type {T} */ (list[Math.floor(next() * list.length)]),
    number() {
      const hex = Array.from({ length: 32 }, () => Math.floor(next() * 16).toString(16)).join("");
      return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
    },
  };
}

/** One scanner with random layouts, paces and endings. @param {number} seed */
function day(seed) {
  const { upTo, oneOf, number } = randomOf(seed);
  const counter = atCounter({ field: oneOf([true, false]) });
  const [scanner, computer] = oneOf([
    ...Object.values(LAYOUTS).map((layout) => [LAYOUTS.US, layout]),
    ...Object.values(LAYOUTS).map((layout) => [layout, layout]),
  ]);
  const end = oneOf([ENTER, TAB]);
  const gap = oneOf([1, 2, 8, 20, 45]);
  const numbers = [];
  let foreign = 0;
  for (let scan = 0; scan < SCANS; scan += 1) {
    if (upTo(4) === 0) {
      counter.scan(oneOf(FOREIGN), { gap, end, scanner, computer });
      counter.wait(400);
      foreign += 1;
    } else {
      const escn = number();
      const front = oneOf(["", "https://s.esc-r.eu/", "http://esc.gg/"]);
      const form = oneOf([escn, escn.toUpperCase(), escn.replaceAll("-", "")]);
      counter.scan(`${front}${form}`, { gap, end, scanner, computer });
      numbers.push(escn);
      if (upTo(2)) counter.wait(400);
    }
  }
  return { counter, numbers, foreign };
}

test(`in ${DAYS} simulated days every scan is reported once, in order, with its result`, () => {
  for (let seed = 1; seed <= DAYS; seed += 1) {
    const { counter, numbers, foreign } = day(seed);
    assert.deepEqual(counter.numbers, numbers, `day ${seed}`);
    assert.equal(counter.foreign.length, foreign, `day ${seed}`);
  }
});
