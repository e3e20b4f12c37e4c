/** zxing-wasm, loaded from the disk. */

/** @import {Module} from "../../../validator/static/js/decoder/engines.js" */

import { readFile } from "node:fs/promises";
import { prepareZXingModule } from "../../../validator/static/vendor/zxing-wasm/es/reader/index.js";

const WASM = new URL("../../../validator/static/vendor/zxing-wasm/zxing_reader.wasm", import.meta.url);

export async function load() {
  const { buffer, byteOffset, byteLength } = await readFile(WASM);
  const wasmBinary = buffer.slice(byteOffset, byteOffset + byteLength);
  const module = await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  return /** @type {Module} */ (/** @type {unknown} */ (module));
}
