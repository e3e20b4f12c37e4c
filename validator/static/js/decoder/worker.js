// @ts-check
/**
 * The worker that reads: frames in, what was seen out. The text of a code that is no card never leaves it.
 */

import { createTaker, HiddenPixels } from "./frames.js";
import { createLook } from "./looking.js";
import { startNative } from "./native.js";
import { startZxing } from "./zxing.js";

/** @typedef {DedicatedWorkerGlobalScope & {BarcodeDetector?: import("./native.js").Detectors}} Scope */

const scope = /** @type {Scope} */ (/** @type {unknown} */ (globalThis));

const [reader, native] = await Promise.all([startZxing(), startNative(scope.BarcodeDetector)]);
const look = createLook({
  reader,
  native,
  now: () => performance.now(),
  wait: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
  take: createTaker().take,
});

scope.addEventListener("message", async (event) => {
  /** @type {{id: number, frame: VideoFrame | ImageBitmap}} */
  const { id, frame } = event.data;
  try {
    scope.postMessage({ id, seen: await look(frame) });
  } catch (fault) {
    scope.postMessage({ id, seen: null, isHidden: fault instanceof HiddenPixels });
  }
});
scope.postMessage({ ready: { wasm: reader !== null, native: native !== null } });
