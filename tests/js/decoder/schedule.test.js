import assert from "node:assert/strict";
import { test } from "node:test";
import { cropOf, downscaleFactor, stepsFor } from "../../../validator/static/js/decoder/schedule.js";

/** @param {Parameters<typeof stepsFor>} given */
function names(...given) {
  const { plain, extra } = stepsFor(...given);
  return [...plain, ...extra].map(({ name }) => name);
}

/** @param {Parameters<typeof cropOf>} given */
function corner(...given) {
  const { rect, factor } = cropOf(...given);
  return [rect.x, rect.y, rect.width, rect.height, factor];
}

test("The first step is the plain whole frame", () => {
  assert.equal(names(0, 1280, 720, true)[0], "whole");
  assert.equal(names(0, 640, 480, false)[0], "whole");
});

test("A large stream is read whole and in its middle, each first in turn", () => {
  assert.deepEqual(names(0, 1920, 1080, true).slice(0, 2), ["whole", "middle"]);
  assert.deepEqual(names(1, 1920, 1080, true).slice(0, 2), ["middle", "whole"]);
  assert.ok(!names(0, 1280, 720, true).includes("middle"));
});

test("A still scene costs one further step a frame, and each step has its turn", () => {
  const seen = new Set([...Array(12).keys()].flatMap((misses) => names(misses, 1280, 720, false)));
  assert.equal(names(3, 1280, 720, false).length, 2);
  assert.deepEqual(seen, new Set(names(0, 1280, 720, true)));
});

test("Small streams are doubled, large ones are not", () => {
  assert.ok(names(0, 640, 480, true).includes("double"));
  assert.ok(!names(0, 1920, 1080, true).includes("double"));
});

test("No picture is larger than 1280 pixels", () => {
  const factors = [640, 1280, 1281, 1920, 2560, 3840].map((side) => downscaleFactor(side, 9));
  assert.deepEqual(factors, [1, 1, 2, 2, 2, 3]);
  assert.equal(downscaleFactor(1080, 1920), 2);
});

test("The middle of a large stream keeps its own pixels", () => {
  assert.deepEqual(corner("middle", 1920, 1080, null), [320, 180, 1280, 720, 1]);
  assert.deepEqual(corner("middle", 1080, 1920, null), [180, 320, 720, 1280, 1]);
});

test("The close view is where a symbol was located, inside the frame", () => {
  assert.deepEqual(corner("close", 1280, 720, null), [320, 180, 640, 360, 1]);
  assert.deepEqual(corner("close", 1280, 720, { x: 1250, y: 10 }), [640, 0, 640, 360, 1]);
});

test("The middle does not move to a located symbol", () => {
  assert.deepEqual(cropOf("middle", 1920, 1080, { x: 0, y: 0 }).rect.x, 320);
});

test("A busy part keeps its own pixels unless it is large; without one it is the whole frame", () => {
  const part = { x: 40, y: 60, width: 1000, height: 600 };
  const views = /** @type {const} */ (["part", "half", "tiny"]);
  assert.deepEqual(views.map((view) => cropOf(view, 1920, 1080, null, part).factor), [2, 3, 5]);
  assert.deepEqual(cropOf("part", 1920, 1080, null, part).rect, part);
  assert.deepEqual(corner("part", 640, 480, null), [0, 0, 640, 480, 1]);
});
