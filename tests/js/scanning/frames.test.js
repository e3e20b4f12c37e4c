import assert from "node:assert/strict";
import { test } from "node:test";
import { onEveryFrame } from "../../../validator/static/js/scanning/scanner.js";
import { createClock } from "../fake_clock.js";

/** A video that reports a new picture when a test calls `show`. */
function fakeVideo() {
  /** @type {(() => void) | null} */
  let waiting = null;
  return {
    requestVideoFrameCallback: (/** @type {() => void} */ act) => ((waiting = act), 1),
    cancelVideoFrameCallback: () => void (waiting = null),
    show: () => waiting?.(),
  };
}

test("Each new picture is reported once", async () => {
  const clock = createClock();
  const video = fakeVideo();
  let frames = 0;
  onEveryFrame(/** @type {any} */ (video), () => void (frames += 1), clock.timers);
  video.show();
  video.show();
  assert.equal(frames, 2);
});

test("A video without callbacks is read three times a second all the same", async () => {
  const clock = createClock();
  let frames = 0;
  onEveryFrame(/** @type {any} */ (fakeVideo()), () => void (frames += 1), clock.timers);
  await clock.pass(1000);
  assert.equal(frames, 3);
});

test("In a browser without callbacks a video is read fifteen times a second", async () => {
  const clock = createClock();
  let frames = 0;
  const cancel = onEveryFrame(/** @type {any} */ ({}), () => void (frames += 1), clock.timers);
  await clock.pass(1000);
  assert.equal(frames, 15);
  cancel();
  await clock.pass(1000);
  assert.equal(frames, 15);
});
