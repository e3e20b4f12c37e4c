import assert from "node:assert/strict";
import { test } from "node:test";
import { isKnownFormat, luminanceOfBytes, luminanceOfRgba } from "../../../validator/static/js/decoder/luminance.js";
import { downscale, upscale } from "../../../validator/static/js/decoder/preprocessing.js";

const whole = { x: 0, y: 0, width: 4, height: 2 };
const rows = Uint8Array.of(0, 10, 20, 30, 9, 9, 40, 50, 60, 70, 9, 9);
const ramp = { data: rows, stride: 6, width: 4, height: 2 };

test("A luminance plane is used as it is, with its offset and stride", () => {
  const bytes = Uint8Array.of(7, 7, 1, 2, 3, 4);
  const plane = luminanceOfBytes("NV12", bytes, { offset: 2, stride: 2 }, 2, 2);
  assert.deepEqual([...plane.data], [1, 2, 3, 4]);
  assert.equal(plane.stride, 2);
});

test("Red has the weight of red in either order of the channels", () => {
  const rgba = luminanceOfBytes("RGBA", Uint8Array.of(255, 0, 0, 255), { offset: 0, stride: 4 }, 1, 1);
  assert.equal(rgba.data[0], 76);
  for (const format of ["BGRA", "BGRX"]) {
    const plane = luminanceOfBytes(format, Uint8Array.of(0, 0, 255, 255), { offset: 0, stride: 4 }, 1, 1);
    assert.equal(plane.data[0], 76, format);
  }
});

test("White pixels of a canvas are 255 and black ones 0", () => {
  const pixels = { data: Uint8ClampedArray.of(255, 255, 255, 255, 0, 0, 0, 255), width: 2, height: 1 };
  assert.deepEqual([...luminanceOfRgba(pixels).data], [255, 0]);
});

test("Formats of more than eight bits, and an unknown format, are left to a canvas", () => {
  assert.equal(isKnownFormat("I420"), true);
  assert.equal(isKnownFormat("I420P10"), false);
  assert.equal(isKnownFormat(null), false);
});

test("A crop leaves out the gaps between the rows", () => {
  assert.deepEqual([...downscale(ramp, { x: 1, y: 0, width: 2, height: 2 }, 1).data], [10, 20, 50, 60]);
});

test("Half the size is the mean of four", () => {
  assert.deepEqual(downscale(ramp, whole, 2), { data: Uint8Array.of(25, 45), width: 2, height: 1 });
});

test("A third of the size is the mean of nine; remaining pixels are left out", () => {
  const data = Uint8Array.of(0, 9, 18, 5, 0, 9, 18, 5, 0, 9, 18, 5);
  const third = downscale({ data, stride: 4, width: 4, height: 3 }, { x: 0, y: 0, width: 4, height: 3 }, 3);
  assert.deepEqual(third, { data: Uint8Array.of(9), width: 1, height: 1 });
});

test("Twice the size keeps flat areas flat and edges in their place", () => {
  const flat = upscale({ data: new Uint8Array(6).fill(77), width: 3, height: 2 });
  assert.deepEqual([flat.width, flat.height, ...new Set(flat.data)], [6, 4, 77]);
  const edge = upscale({ data: Uint8Array.of(0, 200), width: 2, height: 1 });
  assert.deepEqual([...edge.data.subarray(0, 4)], [0, 50, 150, 200]);
});
