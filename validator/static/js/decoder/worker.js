/** The worker that reads frames. The text of a code that is no card's never leaves it. */

/** @import {Detectors} from "./engines.js" */

import { startNative, startZxing } from "./engines.js";
import { createFrameReader } from "./frame_reader.js";
import { createFrameConverter, HiddenPixels } from "./luminance.js";

/** @typedef {DedicatedWorkerGlobalScope & {BarcodeDetector?: Detectors}} Scope */

const scope = /** @type {Scope} */ (/** @type {unknown} */ (globalThis));

const [reader, native] = await Promise.all([startZxing(), startNative(scope.BarcodeDetector)]);
const read = createFrameReader({
  reader,
  native,
  now: () => performance.now(),
  wait: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
  convert: createFrameConverter().convert,
});

scope.addEventListener("message", async (event) => {
  /** @type {{id: number, frame: VideoFrame | ImageBitmap}} */
  const { id, frame } = event.data;
  try {
    scope.postMessage({ id, seen: await read(frame) });
  } catch (error) {
    scope.postMessage({ id, seen: null, isHidden: error instanceof HiddenPixels });
  }
});
scope.postMessage({ ready: { wasm: reader !== null, native: native !== null } });
