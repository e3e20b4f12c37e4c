/** @import {Detectors} from "../../../validator/static/js/decoder/engines.js" */

import assert from "node:assert/strict";
import { test } from "node:test";
import { startNative, startZxing } from "../../../validator/static/js/decoder/engines.js";
import { passesSelfTest, selfTestPicture, SELF_TEST_TEXT } from "../../../validator/static/js/decoder/self_test.js";
import { load } from "./load_zxing.js";

/** A detector that answers the self-test like this, and a frame with its text or a fault.
 * @param {(inverted: boolean) => string[]} answer @param {{formats?: string[], fault?: boolean}} [options] */
function detectors(answer, { formats = ["qr_code"], fault = false } = {}) {
  const FakeDetector = class {
    static getSupportedFormats = async () => formats;
    /** @param {ImageData | string} source */
    async detect(source) {
      if (typeof source === "string") {
        return fault ? Promise.reject(new Error("no service")) : [{ rawValue: source }];
      }
      return answer(source.data[0] < 128).map((rawValue) => ({ rawValue }));
    }
  };
  return /** @type {Detectors} */ (/** @type {unknown} */ (FakeDetector));
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

test("zxing-wasm passes the self-test, normal and inverted", async () => {
  const reader = await startZxing(load);
  assert.equal(reader?.read(selfTestPicture(true), {})[0].text, SELF_TEST_TEXT);
});

test("Script or wasm that does not load is no engine and no fault", async () => {
  assert.equal(await startZxing(() => Promise.reject(new TypeError("404"))), null);
});

test("A reader that reads another text than the code's is not used", async () => {
  assert.equal(await passesSelfTest(() => ["ESCV SELF-TEST 2"]), false);
  assert.equal(await passesSelfTest(() => [SELF_TEST_TEXT, SELF_TEST_TEXT]), false);
});

test("A browser's detector that reads the code normal and inverted is used", async () => {
  const native = await startNative(detectors(() => [SELF_TEST_TEXT]));
  assert.deepEqual(await native?.detect(source("a code")), ["a code"]);
});

test("A detector that does not read light codes on dark ground is not used", async () => {
  assert.equal(await startNative(detectors((inverted) => (inverted ? [] : [SELF_TEST_TEXT]))), null);
});

test("A detector without QR codes is not used, and a browser may have none", async () => {
  assert.equal(await startNative(detectors(() => [SELF_TEST_TEXT], { formats: ["ean_13"] })), null);
  assert.equal(await startNative(undefined), null);
});

test("A detector is not used after its first fault, and this frame has no text from it", async () => {
  const native = await startNative(detectors(() => [SELF_TEST_TEXT], { fault: true }));
  assert.deepEqual(await native?.detect(source("a frame")), []);
  assert.equal(native?.works(), false);
  assert.equal(native?.detect(source("a frame")), null);
});

test("A busy detector gets no second frame", async () => {
  const native = await startNative(detectors(() => [SELF_TEST_TEXT]));
  const first = native?.detect(source("one"));
  assert.equal(native?.detect(source("two")), null);
  assert.deepEqual(await first, ["one"]);
});
