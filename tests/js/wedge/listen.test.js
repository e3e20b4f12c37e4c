import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { listenForWedge } from "../../../validator/static/js/wedge/listen.js";
import { LAYOUTS, strokes } from "./layouts.js";
import { ANNA } from "./scanning.js";

/** @import {Options} from "../../../validator/static/js/wedge/listen.js" */
/** @import {Layout} from "./layouts.js" */

const CHIP = ANNA.replaceAll("-", "");
const US = /** @type {Layout} */ (LAYOUTS.US);

/** The page's clock and only timer. @type {{now: number, run: (() => void) | undefined, due: number}} */
const clock = { now: 0, run: undefined, due: 0 };
/** @type {EventTarget} */
let page;
/** @type {unknown[]} */
let heard;

beforeEach(() => {
  Object.assign(clock, { now: 1000, run: undefined, due: 0 });
  page = new EventTarget();
  heard = [];
});

/** @param {Partial<Options>} [more] */
function listen(more = {}) {
  return listenForWedge(page, {
    onCard: (payload, { ms }) => heard.push([payload.escn, ms]),
    onForeign: (refusal) => heard.push(refusal),
    isTyping: () => false,
    now: () => clock.now,
    timers: {
      setTimeout(run, ms) {
        Object.assign(clock, { run, due: clock.now + ms });
        return 1;
      },
      clearTimeout: () => Object.assign(clock, { run: undefined }),
    },
    ...more,
  });
}

/** @param {string} type @param {object} values @param {number} t */
function dispatch(type, values, t) {
  const event = Object.assign(new Event(type, { cancelable: true }), values);
  Object.defineProperty(event, "timeStamp", { value: t });
  page.dispatchEvent(event);
  return event;
}

/** @param {string} text */
function scan(text) {
  return strokes(text, US, US).map((stroke) => dispatch("keydown", stroke, (clock.now += 2)));
}

/** @param {number} late milliseconds by which the timer comes too late */
function runTimer(late = 0) {
  const run = clock.run;
  Object.assign(clock, { now: clock.due + late, run: undefined });
  run?.();
}

test("a scan without Enter is read after a silence", () => {
  listen();
  scan(CHIP);
  assert.deepEqual(heard, []);
  runTimer();
  assert.deepEqual(heard, [[ANNA, 62]]);
  assert.equal(clock.run, undefined);
});

test("a page that was blocked in the middle of a scan does not cut it in two", () => {
  listen();
  scan(CHIP.slice(0, 16));
  const keysCame = clock.now;
  runTimer(200);
  assert.deepEqual(heard, []);
  clock.now = keysCame;
  scan(CHIP.slice(16));
  runTimer();
  assert.deepEqual(heard, [[ANNA, 62]]);
});

test("a page whose timers are always late still reads a scan, at the second attempt", () => {
  listen();
  scan(CHIP);
  runTimer(200);
  runTimer(200);
  assert.deepEqual(heard, [[ANNA, 62]]);
});

test("keys that a person types into another field are ignored", () => {
  listen({ isTyping: () => true });
  const events = scan(ANNA);
  assert.ok(events.every(({ defaultPrevented }) => !defaultPrevented));
  assert.deepEqual([heard, clock.run], [[], undefined]);
});

test("an event without a key, as autofill sends it, is ignored", () => {
  listen();
  dispatch("keydown", {}, 1);
  dispatch("keyup", {}, 2);
  assert.deepEqual(heard, []);
});

test("a key that the page did not receive is also kept from it on key-up", () => {
  listen();
  scan(ANNA);
  assert.equal(dispatch("keydown", { code: "Space", key: " " }, clock.now + 1).defaultPrevented, true);
  assert.equal(dispatch("keyup", { code: "Space", key: " " }, clock.now + 2).defaultPrevented, true);
  assert.equal(dispatch("keyup", { code: "Space", key: " " }, clock.now + 3).defaultPrevented, false);
});

test("after stop, no scan is read and no timer runs", () => {
  const stop = listen();
  scan(CHIP);
  stop();
  assert.equal(clock.run, undefined);
  scan(ANNA);
  assert.deepEqual(heard, []);
});
