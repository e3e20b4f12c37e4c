import assert from "node:assert/strict";
import { test } from "node:test";
import { adaptiveThreshold, blur } from "../../../validator/static/js/decoder/preprocessing.js";

const WIDTH = 23;
const HEIGHT = 17;

/** @param {number} seed */
function noise(seed) {
  const data = new Uint8Array(WIDTH * HEIGHT);
  let value = seed;
  for (let at = 0; at < data.length; at++) {
    value = (value * 1103515245 + 12345) % 2147483648;
    data[at] = value >> 16;
  }
  return { data, width: WIDTH, height: HEIGHT };
}

/**
 * The mean around a pixel, without column sums. @param {Uint8Array} data @param {number} at @param {number} radius
 */
function meanAround(data, at, radius) {
  let sum = 0;
  for (let dy = -radius; dy <= radius; dy++) {
    for (let dx = -radius; dx <= radius; dx++) {
      const x = Math.min(WIDTH - 1, Math.max(0, (at % WIDTH) + dx));
      const y = Math.min(HEIGHT - 1, Math.max(0, Math.floor(at / WIDTH) + dy));
      sum += data[y * WIDTH + x];
    }
  }
  return sum / (2 * radius + 1) ** 2;
}

for (const radius of [1, 4, 8, 12]) {
  test(`Each pixel is compared with the mean of those within ${radius} of it, at the edges too`, () => {
    const grey = noise(radius);
    const black = adaptiveThreshold(grey, radius, 3);
    for (let at = 0; at < grey.data.length; at++) {
      const isWhite = grey.data[at] + 3 > meanAround(grey.data, at, radius);
      assert.equal(black.data[at], isWhite ? 255 : 0, `pixel ${at}`);
    }
  });
}

test("A shadow over half of a pattern does not hide it", () => {
  const data = new Uint8Array(WIDTH * HEIGHT);
  for (let at = 0; at < data.length; at++) {
    const light = at % WIDTH < WIDTH / 2 ? 0.2 : 1;
    data[at] = light * ((at % WIDTH) % 2 === 0 ? 240 : 80);
  }
  const { data: black } = adaptiveThreshold({ data, width: WIDTH, height: HEIGHT }, 3, 0);
  assert.deepEqual([...black.subarray(2, 8)], [255, 0, 255, 0, 255, 0]);
});

test("Blurred pixels are the mean of nine", () => {
  const grey = noise(5);
  const { data } = blur(grey);
  for (let at = 0; at < data.length; at++) {
    assert.ok(Math.abs(data[at] - meanAround(grey.data, at, 1)) <= 1, `pixel ${at}`);
  }
});
