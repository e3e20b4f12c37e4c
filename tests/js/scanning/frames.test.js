// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { onEveryFrame } from "../../../validator/static/js/scanning/frames.js";
import { createClock } from "../fake_clock.js";

/** A film that tells of its pictures when a test says so. */
function film() {
  /** @type {(() => void) | null} */
  let waiting = null;
  return {
    requestVideoFrameCallback: (/** @type {() => void} */ act) => ((waiting = act), 1),
    cancelVideoFrameCallback: () => void (waiting = null),
    show: () => waiting?.(),
  };
}

test("Each new picture is told once", async () => {
  const clock = createClock();
  const video = film();
  let frames = 0;
  onEveryFrame(/** @type {any} */ (video), () => void (frames += 1), clock.timers);
  video.show();
  video.show();
  assert.equal(frames, 2);
});

test("A film that tells of nothing is looked at all the same, now and then", async () => {
  const clock = createClock();
  let frames = 0;
  onEveryFrame(/** @type {any} */ (film()), () => void (frames += 1), clock.timers);
  await clock.pass(1000);
  assert.equal(frames, 3);
});

test("Where the browser cannot tell, fifteen looks a second", async () => {
  const clock = createClock();
  let frames = 0;
  const cancel = onEveryFrame(/** @type {any} */ ({}), () => void (frames += 1), clock.timers);
  await clock.pass(1000);
  assert.equal(frames, 15);
  cancel();
  await clock.pass(1000);
  assert.equal(frames, 15);
});
