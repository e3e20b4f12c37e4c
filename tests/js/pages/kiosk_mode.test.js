import assert from "node:assert/strict";
import { test } from "node:test";

import { DIM_MS, Dimmer, HOLD_MS, modeOf, onHold } from "../../../validator/static/js/pages/kiosk_mode.js";

/** Timers that a test moves. */
function clock() {
  let time = 0;
  let last = 0;
  /** @type {Map<number, {at: number, work: () => void}>} */
  const waiting = new Map();
  return {
    setTimeout(/** @type {() => void} */ work, /** @type {number} */ ms) {
      waiting.set((last += 1), { at: time + ms, work });
      return last;
    },
    clearTimeout: (/** @type {number} */ id) => void waiting.delete(id),
    /** @param {number} ms */
    passes(ms) {
      time += ms;
      for (const [id, { at, work }] of [...waiting]) {
        if (at <= time) {
          waiting.delete(id);
          work();
        }
      }
    },
  };
}

const KIOSK = { ok: true, body: { kind: "kiosk" } };
const PERSON = { ok: true, body: { kind: "person" } };
const OFFLINE = { ok: false, why: "offline" };
const SIGNED_OUT = { ok: false, why: "signed_out" };

test("the server says what the tablet is; without a network a locked tablet stays a kiosk", () => {
  /** @type {[boolean, object, string][]} */
  const table = [
    [false, KIOSK, "locked"], [true, KIOSK, "locked"],
    [false, PERSON, "setup"], [true, PERSON, "setup"],
    [false, OFFLINE, "setup"], [true, OFFLINE, "locked"],
    [true, { ok: false, why: "server_fault" }, "locked"],
    [false, SIGNED_OUT, "sign_in"], [true, SIGNED_OUT, "over"],
    [true, { ok: true, body: null }, "setup"],
  ];
  for (const [wasLocked, me, mode] of table) {
    assert.equal(modeOf(wasLocked, /** @type {any} */ (me)), mode, JSON.stringify([wasLocked, me]));
  }
});

test("the screen dims after a quiet minute, and is bright at once when a person comes", () => {
  const timers = clock();
  /** @type {boolean[]} */
  const changes = [];
  const dimmer = new Dimmer({ on: (isDimmed) => changes.push(isDimmed), mayDim: () => true, timers });
  timers.passes(DIM_MS - 1);
  dimmer.wake();
  timers.passes(DIM_MS - 1);
  assert.deepEqual(changes, []);
  timers.passes(1);
  dimmer.wake();
  assert.deepEqual(changes, [true, false]);
});

test("a screen that must not dim stays bright", () => {
  const timers = clock();
  const dimmer = new Dimmer({ on: () => assert.fail("it dimmed"), mayDim: () => false, timers });
  timers.passes(DIM_MS);
  assert.equal(dimmer.isDimmed(), false);
});

test("a passing touch does not leave the kiosk; three seconds of holding do", () => {
  const timers = clock();
  const button = Object.assign(new EventTarget(), { toggleAttribute: () => true });
  let left = 0;
  onHold(/** @type {any} */ (button), () => (left += 1), timers);
  const happens = (/** @type {string} */ name) => button.dispatchEvent(new Event(name));

  happens("pointerdown");
  timers.passes(HOLD_MS - 1);
  happens("pointerup");
  timers.passes(HOLD_MS);
  assert.equal(left, 0);

  happens("pointerdown");
  timers.passes(HOLD_MS);
  assert.equal(left, 1);
});
