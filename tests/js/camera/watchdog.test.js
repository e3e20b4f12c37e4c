import assert from "node:assert/strict";
import { test } from "node:test";
import { findFault, restartDelay } from "../../../validator/static/js/camera/watchdog.js";

const healthy = {
  now: 60_000, since: 10_000, lastFrame: 59_970, mutedSince: null, ended: false, black: false, hidden: false,
};

test("A camera that gives pictures has no fault", () => {
  assert.equal(findFault(healthy), null);
});

test("No new picture for two seconds is a fault, a shorter pause is not", () => {
  assert.equal(findFault({ ...healthy, lastFrame: 58_001 }), null);
  assert.equal(findFault({ ...healthy, lastFrame: 58_000 }), "still");
});

test("After a return to the front the camera has two seconds to wake", () => {
  assert.equal(findFault({ ...healthy, since: 59_000, lastFrame: 20_000 }), null);
  assert.equal(findFault({ ...healthy, since: 57_900, lastFrame: 20_000 }), "still");
});

test("A track that ended is a fault at once", () => {
  assert.equal(findFault({ ...healthy, ended: true }), "ended");
});

test("Muted for a moment, as by an incoming call, is no fault; for longer it is", () => {
  assert.equal(findFault({ ...healthy, mutedSince: 59_000 }), null);
  assert.equal(findFault({ ...healthy, mutedSince: 58_000 }), "muted");
});

test("Dark first pictures are no fault; a camera that stays black is", () => {
  assert.equal(findFault({ ...healthy, black: true, since: 59_000 }), null);
  assert.equal(findFault({ ...healthy, black: true, since: 58_000 }), "black");
});

test("Nothing is a fault while the page is hidden", () => {
  assert.equal(findFault({ ...healthy, ended: true, lastFrame: 0, hidden: true }), null);
});

test("Three restarts, each after a longer delay, then none", () => {
  const [first, second, third, fourth] = [0, 1, 2, 3].map(restartDelay);
  assert.equal(first, 0);
  assert.ok(second !== null && third !== null && second < third);
  assert.equal(fourth, null);
});
