// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { faultOf, waitBefore } from "../../../validator/static/js/camera/watchdog.js";

const healthy = {
  now: 60_000, since: 10_000, lastFrame: 59_970, mutedSince: null, ended: false, black: false, hidden: false,
};

test("A camera that gives pictures is left alone", () => {
  assert.equal(faultOf(healthy), null);
});

test("No new picture for two seconds is a fault, a shorter pause is not", () => {
  assert.equal(faultOf({ ...healthy, lastFrame: 58_001 }), null);
  assert.equal(faultOf({ ...healthy, lastFrame: 58_000 }), "still");
});

test("After coming back to the front the camera has two seconds to wake", () => {
  assert.equal(faultOf({ ...healthy, since: 59_000, lastFrame: 20_000 }), null);
  assert.equal(faultOf({ ...healthy, since: 57_900, lastFrame: 20_000 }), "still");
});

test("A track that ended is a fault at once", () => {
  assert.equal(faultOf({ ...healthy, ended: true }), "ended");
});

test("Muted for a moment, as when a call rings, is none; for longer it is", () => {
  assert.equal(faultOf({ ...healthy, mutedSince: 59_000 }), null);
  assert.equal(faultOf({ ...healthy, mutedSince: 58_000 }), "muted");
});

test("Dark first pictures are waited for, a camera that stays black is not", () => {
  assert.equal(faultOf({ ...healthy, black: true, since: 59_000 }), null);
  assert.equal(faultOf({ ...healthy, black: true, since: 58_000 }), "black");
});

test("While nobody looks nothing is a fault", () => {
  assert.equal(faultOf({ ...healthy, ended: true, lastFrame: 0, hidden: true }), null);
});

test("Three restarts, each after a longer pause, then a person is told", () => {
  const [first, second, third, fourth] = [0, 1, 2, 3].map(waitBefore);
  assert.equal(first, 0);
  assert.ok(second !== null && third !== null && second < third);
  assert.equal(fourth, null);
});
