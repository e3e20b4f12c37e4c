/** @import {Evidence} from "../../../validator/static/js/scanning/presence.js" */

import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_PRESENCE, updatePresence } from "../../../validator/static/js/scanning/presence.js";

const FRAME_MS = 50;
const idle = { light: 120, glare: 0, change: 0.5, structure: 0.2, sharpness: 0.8 };
const swaying = { ...idle, change: 14 };

/**
 * When hints were due, in ms from the beginning, and their numbers.
 * @param {(at: number) => Partial<Evidence>} frames @param {number} ms
 */
function dueTimes(frames, ms) {
  let presence = NO_PRESENCE;
  const times = [];
  for (let at = 0; at < ms; at += FRAME_MS) {
    const updated = updatePresence(presence, { at, isRead: false, located: 0, scene: idle, ...frames(at) });
    presence = updated.presence;
    if (updated.due > 0) {
      times.push([at, updated.due]);
    }
  }
  return times;
}

test("An idle scene, even one full of edges, is no presentation", () => {
  assert.deepEqual(dueTimes(() => ({}), 600_000), []);
});

test("A phone that is carried about without a code in view is none either", () => {
  assert.deepEqual(dueTimes(() => ({ scene: swaying }), 600_000), []);
});

test("A located code that is not read gets a hint after 1.75 s, and another one after 6 s", () => {
  assert.deepEqual(dueTimes(() => ({ located: 90, scene: swaying }), 60_000), [[1750, 1], [6000, 2]]);
});

test("A code located from time to time is one presentation; after a gap of over a second it is a new one", () => {
  assert.equal(dueTimes((at) => ({ located: at % 800 === 0 ? 90 : 0 }), 5000).length, 1);
  assert.deepEqual(dueTimes((at) => ({ located: at % 1500 === 0 ? 90 : 0 }), 20_000), []);
});

test("Something that comes into a still picture counts though nothing is located in it", () => {
  const times = dueTimes((at) => ({ scene: at < 3000 ? idle : { ...idle, change: 20 } }), 6000);
  assert.deepEqual(times, [[4750, 1]]);
});

test("A person who passes by does not count", () => {
  const passing = { ...idle, change: 20 };
  const times = dueTimes((at) => ({ scene: at > 3000 && at < 4200 ? passing : idle }), 20_000);
  assert.deepEqual(times, []);
});

test("A reading ends the presentation; the next one starts from zero", () => {
  const times = dueTimes((at) => ({ located: at === 1000 ? 0 : 90, isRead: at === 1000 }), 3500);
  assert.deepEqual(times, [[2800, 1]]);
});
