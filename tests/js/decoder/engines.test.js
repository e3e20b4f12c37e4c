// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { startNative } from "../../../validator/static/js/decoder/native.js";
import { proves, selfTestPicture, SELF_TEST_TEXT } from "../../../validator/static/js/decoder/selftest.js";
import { startZxing } from "../../../validator/static/js/decoder/zxing.js";
import { load } from "./engine.js";

/** A detector that answers the self-test like this, and frames with nothing or a fault.
 * @param {(inverted: boolean) => string[]} answer @param {{formats?: string[], fault?: boolean}} [how] */
function detectors(answer, { formats = ["qr_code"], fault = false } = {}) {
  const Detectors = class {
    static getSupportedFormats = async () => formats;
    /** @param {ImageData | string} source */
    async detect(source) {
      if (typeof source === "string") {
        return fault ? Promise.reject(new Error("no service")) : [{ rawValue: source }];
      }
      return answer(source.data[0] < 128).map((rawValue) => ({ rawValue }));
    }
  };
  return /** @type {import("../../../validator/static/js/decoder/native.js").Detectors} */ (
    /** @type {unknown} */ (Detectors)
  );
}

/** @param {string} text @returns {ImageBitmapSource} */
function source(text) {
  return /** @type {ImageBitmapSource} */ (/** @type {unknown} */ (text));
}

globalThis.ImageData ??= /** @type {typeof ImageData} */ (
  /** @type {unknown} */ (
    class {
      /** @param {number} width @param {number} height */
      constructor(width, height) {
        this.data = new Uint8ClampedArray(4 * width * height);
      }
    }
  )
);

test("zxing-wasm proves itself on our code, both ways round", async () => {
  const reader = await startZxing(load);
  assert.equal(reader?.read(selfTestPicture(true), {})[0].text, SELF_TEST_TEXT);
});

test("Script or wasm that does not load is no engine and no fault", async () => {
  assert.equal(await startZxing(() => Promise.reject(new TypeError("404"))), null);
});

test("A reader that reads something else than what stands there is not used", async () => {
  assert.equal(await proves(() => ["ESCV SELF-TEST 2"]), false);
  assert.equal(await proves(() => [SELF_TEST_TEXT, SELF_TEST_TEXT]), false);
});

test("A browser's detector that reads both ways round is used", async () => {
  const native = await startNative(detectors(() => [SELF_TEST_TEXT]));
  assert.deepEqual(await native?.detect(source("a code")), ["a code"]);
});

test("One that is blind to light codes on dark ground is not", async () => {
  assert.equal(await startNative(detectors((inverted) => (inverted ? [] : [SELF_TEST_TEXT]))), null);
});

test("One without QR codes, or a browser without any, is none", async () => {
  assert.equal(await startNative(detectors(() => [SELF_TEST_TEXT], { formats: ["ean_13"] })), null);
  assert.equal(await startNative(undefined), null);
});

test("At its first fault it is dropped, and the frame has simply no text from it", async () => {
  const native = await startNative(detectors(() => [SELF_TEST_TEXT], { fault: true }));
  assert.deepEqual(await native?.detect(source("a frame")), []);
  assert.equal(native?.works(), false);
  assert.equal(native?.detect(source("a frame")), null);
});

test("While it is busy it is not asked again", async () => {
  const native = await startNative(detectors(() => [SELF_TEST_TEXT]));
  const first = native?.detect(source("one"));
  assert.equal(native?.detect(source("two")), null);
  assert.deepEqual(await first, ["one"]);
});
