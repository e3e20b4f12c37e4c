import assert from "node:assert/strict";
import { test } from "node:test";
import { hintFor } from "../../../validator/static/js/scanning/scan_events.js";

const scene = { light: 120, glare: 0, change: 5, structure: 0.2, sharpness: 0.8 };
const capabilities = { torch: true, zoom: { min: 1, max: 4 } };
const view = { scene, located: 200, width: 1280, height: 720, capabilities };

for (const [words, change, hint] of /** @type {[string, object, string][]} */ ([
  ["In the dark: the torch", { scene: { ...scene, light: 20 } }, "torch"],
  ["In the dark, no torch: hold it still", { scene: { ...scene, light: 20 }, capabilities: null }, "still"],
  ["A tiny code: the zoom", { located: 90 }, "zoom"],
  ["A tiny code without a zoom: closer", { located: 90, capabilities: null }, "closer"],
  ["A code that fills the picture: farther", { located: 650 }, "farther"],
  ["A washed-out middle: glare", { scene: { ...scene, glare: 0.5 } }, "glare"],
  ["Nothing located: closer", { located: 0 }, "closer"],
  ["No other reason: still", {}, "still"],
  ["All edges blurred, nothing located: too close", { located: 0, scene: { ...scene, sharpness: 0.2 } }, "too_close"],
  ["A large blurred code: too close", { located: 300, scene: { ...scene, sharpness: 0.2 } }, "too_close"],
  ["A small blurred code: still, not closer", { located: 90, scene: { ...scene, sharpness: 0.2 } }, "still"],
  ["Only another code was read: beside", { located: 0, isBeside: true }, "beside"],
])) {
  test(words, () => {
    assert.equal(hintFor({ ...view, ...change }, 1), hint);
  });
}

test("The second hint is to type the number", () => {
  assert.equal(hintFor(view, 2), "type");
});
