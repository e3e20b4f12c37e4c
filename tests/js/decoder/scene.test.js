import assert from "node:assert/strict";
import { test } from "node:test";
import { createSceneMeter } from "../../../validator/static/js/decoder/frame_reader.js";

/** A frame with this grey level at each pixel. @param {(x: number, y: number) => number} level */
function frame(level) {
  const data = new Uint8Array(320 * 180);
  for (let at = 0; at < data.length; at++) {
    data[at] = level(at % 320, Math.floor(at / 320));
  }
  return { data, stride: 320, width: 320, height: 180 };
}

const wall = frame(() => 120);
const card = frame((x, y) => (x > 100 && x < 220 && y > 50 && y < 130 ? ((x >> 3) % 2) * 220 : 120));

test("The first frame is no change", () => {
  assert.equal(createSceneMeter()(card, 0).change, 0);
});

test("A card that comes into view is a change with structure in the middle", () => {
  const measure = createSceneMeter();
  measure(wall, 0);
  const { change, structure } = measure(card, 50);
  assert.ok(change > 8, `${change}`);
  assert.ok(structure > 0.06, `${structure}`);
});

test("What stays in view becomes part of the average", () => {
  const measure = createSceneMeter();
  measure(wall, 0);
  let last = measure(card, 0);
  for (let at = 0; at < 20_000; at += 50) {
    last = measure(card, at);
  }
  assert.ok(last.change < 1, `${last.change}`);
});

test("Light is a grey level and glare a share of the middle", () => {
  const dark = createSceneMeter()(frame(() => 10), 0);
  const lamp = createSceneMeter()(frame((x) => (x > 160 ? 255 : 100)), 0);
  assert.deepEqual([dark.light, dark.glare, dark.structure], [10, 0, 0]);
  assert.ok(lamp.glare > 0.4 && lamp.glare < 0.6, `${lamp.glare}`);
});

test("Sharp edges differ from blurred ones, also with noise", () => {
  const edges = (/** @type {number} */ blur) => (/** @type {number} */ x) => {
    const place = x % 24;
    const share = 1 / (1 + Math.exp(-(Math.abs(place - 12) - 6) / blur));
    return 40 + 180 * share + ((x * 7919) % 9);
  };
  const sharp = createSceneMeter()(frame(edges(0.4)), 0).sharpness;
  const blurred = createSceneMeter()(frame(edges(2.5)), 0).sharpness;
  assert.ok(sharp > 0.6 && blurred < 0.35, `${sharp} ${blurred}`);
  assert.equal(createSceneMeter()(wall, 0).sharpness, 1);
});
