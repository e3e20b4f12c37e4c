/** @import {Grey} from "../../../validator/static/js/decoder/types.js" */

import assert from "node:assert/strict";
import { test } from "node:test";
import { startZxing } from "../../../validator/static/js/decoder/engines.js";
import { invert } from "../../../validator/static/js/decoder/preprocessing.js";
import { addQuietZone } from "../../../validator/static/js/decoder/quiet_zone.js";
import { boundingQuad, busyRegions } from "../../../validator/static/js/decoder/regions.js";
import { load } from "./load_zxing.js";

const reader = await startZxing(load);
const TEXT = "https://esc.gg/3e506370-826a-103d-bf76-001000000001";
const MODULE = 8; // pixels
// The 29 rows of its symbol (version 3-L), dark modules as set bits.
const ROWS = [
  0x1fcf427f, 0x1059e541, 0x174d575d, 0x1758ad5d, 0x174b5e5d, 0x1059e141, 0x1fd5557f, 0x00090200, 0x1f78adaa,
  0x16939af1, 0x06f57400, 0x11a1776a, 0x13ec8d0c, 0x1c1342d1, 0x06f52c2c, 0x1d893452, 0x0d74ad8c, 0x12b752f5,
  0x14e53964, 0x173d0552, 0x11d4b9f7, 0x001f471f, 0x1fdd275c, 0x10416111, 0x1754bdf6, 0x17574ead, 0x1755327e,
  0x105121ba, 0x1fd8be74,
];

/** The card's code without a quiet zone. @param {boolean} [inverted] @returns {Grey} */
function code(inverted = false) {
  const side = ROWS.length * MODULE;
  const data = new Uint8Array(side * side);
  for (let at = 0; at < data.length; at++) {
    const [row, column] = [Math.floor(at / side / MODULE), Math.floor((at % side) / MODULE)];
    const isDark = ((ROWS[row] >> (ROWS.length - 1 - column)) & 1) === 1;
    data[at] = isDark === inverted ? 225 : 30;
  }
  return { data, width: side, height: side };
}

/** @param {Grey} grey */
function read(grey) {
  return reader?.read(grey, {}).map(({ text }) => text);
}

/** A frame with this code at some places. @param {number} width @param {number} height @param {number} level
 * @param {[number, number][]} places @param {Grey} [shown] */
function frame(width, height, level, places, shown = code()) {
  const data = new Uint8Array(width * height).fill(level);
  for (const [left, top] of places) {
    for (let row = 0; row < shown.height; row++) {
      data.set(shown.data.subarray(row * shown.width, (row + 1) * shown.width), (top + row) * width + left);
    }
  }
  return { data, stride: width, width, height };
}

for (const [words, inverted, level, around] of /** @type {[string, boolean, number, number][]} */ ([
  ["dark ground to the picture's edge", false, 30, 30],
  ["a dark card on light ground", false, 30, 220],
  ["light on dark, on light ground", true, 225, 225],
])) {
  test(`A code without a quiet zone is read: ${words}`, () => {
    const card = frame(300, 280, level, [[30, 25]], code(inverted));
    const grey = frame(420, 400, around, [[50, 60]], card);
    assert.deepEqual(read(grey), []);
    assert.deepEqual(read(addQuietZone(inverted ? invert(grey) : grey)), [TEXT]);
  });
}

test("A picture without modules is not changed", () => {
  const flat = frame(200, 100, 90, []);
  assert.deepEqual(addQuietZone(flat).data, flat.data);
});

test("Four sides are found around an aslant figure without its corners", () => {
  const points = [];
  for (let y = 0; y <= 100; y++) {
    const [left, right] = [0.2 * y, 120 - 0.1 * y];
    const cut = Math.max(0, 6 - y, y - 94);
    points.push({ x: left + cut, y }, { x: right - cut, y });
  }
  const corners = boundingQuad(points)?.map(({ x, y }) => [Math.round(x), Math.round(y)]) ?? [];
  assert.deepEqual(corners.sort(), [[0, 0], [110, 100], [120, 0], [20, 100]].sort());
  assert.equal(boundingQuad([{ x: 1, y: 1 }, { x: 5, y: 5 }, { x: 9, y: 9 }]), null);
});

test("The busiest region of a frame is its code; if that was read it is the other code", () => {
  const plane = frame(1280, 720, 130, [[100, 100], [900, 400]]);
  const read = { x: 100, y: 100, width: 240, height: 240 };
  const [part] = busyRegions(plane, [read]);
  assert.ok(part.x > 850 && part.x <= 940 && part.y > 350 && part.y <= 440, JSON.stringify(part));
  assert.ok(part.width < 320 && part.height < 320, JSON.stringify(part));
  assert.equal(busyRegions(plane, []).length, 2);
  assert.deepEqual(busyRegions(frame(1280, 720, 130, []), []), []);
});
