/** The two engines that read codes: zxing-wasm and the browser's own BarcodeDetector. Each must pass a self-test. */

/** @import {Grey, Reader, Symbol} from "./types.js" */
/** @import {ZXingReaderOptions, ZXingReadResult} from "../../vendor/zxing-wasm/es/reader/index.js" */

import { passesSelfTest } from "./self_test.js";

/**
 * @typedef {object} Module  The parts of zxing-wasm's module that are used here. Grey pictures go straight into its
 *   memory, one byte a pixel; its own wrapper has no function for this.
 * @property {(bytes: number) => number} _malloc
 * @property {(address: number) => void} _free
 * @property {Uint8Array} HEAPU8
 * @property {(address: number, width: number, height: number, options: ZXingReaderOptions) => Results}
 *   readBarcodesFromPixmap
 *
 * @typedef {{size: () => number, get: (place: number) => ZXingReadResult | undefined, delete?: () => void}} Results
 *
 * @typedef {object} Detector
 * @property {(source: ImageBitmapSource) => Promise<{rawValue: string}[]>} detect
 *
 * @typedef {object} DetectorClass
 * @property {() => Promise<string[]>} getSupportedFormats
 *
 * @typedef {(new (options: {formats: string[]}) => Detector) & DetectorClass} Detectors
 *
 * @typedef {object} Native
 * @property {(source: ImageBitmapSource) => Promise<string[]> | null} detect  Null while it is busy or after a
 *   fault.
 * @property {() => boolean} works
 */

const SCRIPT = "../../vendor/zxing-wasm/es/reader/index.js";
const WASM = new URL("../../vendor/zxing-wasm/zxing_reader.wasm", import.meta.url).href;
const MOST_SYMBOLS = 96; // 32 codes on one wall; symbols that are located and not read count too
/** On library cards. @type {ReadonlySet<string>} */
const LINEAR = new Set(["Code39", "Code128"]);

/** @type {ZXingReaderOptions} `returnErrors` also returns symbols that were located and not read. */
const OPTIONS = {
  formats: "QRCode",
  tryHarder: true,
  tryRotate: false, // turned QR codes are found all the same, by their corners
  tryInvert: true,
  tryDownscale: true,
  downscaleFactor: 2, // 2 reads 8 more of 520 test frames than 3, in 1 ms more
  downscaleThreshold: 500,
  tryDenoise: false,
  binarizer: 0,
  isPure: false,
  minLineCount: 2,
  maxNumberOfSymbols: MOST_SYMBOLS,
  validateOptionalChecksum: false,
  returnErrors: true,
  eanAddOnSymbol: 0,
  textMode: 0,
  characterSet: 0,
  tryCode39ExtendedMode: false,
};

/**
 * zxing-wasm after its self-test; null where script or wasm is missing, of different versions, or fails the test.
 * @param {() => Promise<Module>} load
 * @returns {Promise<Reader | null>}
 */
export async function startZxing(load = loadModule) {
  try {
    const reader = createReader(await load());
    const isProved = await passesSelfTest((grey) => reader.read(grey, {}).map(({ text }) => text ?? ""));
    return isProved ? reader : null;
  } catch {
    return null;
  }
}

/**
 * Fetches script and wasm together; rejects for a wasm of another version.
 * @returns {Promise<Module>}
 */
async function loadModule() {
  const compiling = compile();
  compiling.catch(() => undefined); // reported once, by the await below
  addHasOwn();
  /** @type {typeof import("../../vendor/zxing-wasm/es/reader/index.js")} */
  const { prepareZXingModule } = await import(SCRIPT);
  const wasm = await compiling;
  return new Promise((resolve, reject) => {
    /** @param {WebAssembly.Imports} imports @param {(instance: WebAssembly.Instance) => void} done */
    function instantiateWasm(imports, done) {
      WebAssembly.instantiate(wasm, imports).then(done).catch(reject);
      return {};
    }
    const preparing = prepareZXingModule({ overrides: { instantiateWasm }, fireImmediately: true });
    preparing.then((module) => resolve(/** @type {Module} */ (/** @type {unknown} */ (module))), reject);
  });
}

/** The script of zxing-wasm uses `Object.hasOwn`, which Chrome 92 lacks; it is added in this worker only. */
function addHasOwn() {
  const constructor = /** @type {{hasOwn?: (value: object, name: PropertyKey) => boolean}} */ (Object);
  constructor.hasOwn ??= (value, name) => Object.keys(value).includes(String(name));
}

/** Compiles during the download if the server sends the type. @returns {Promise<WebAssembly.Module>} */
async function compile() {
  const answer = await fetch(WASM);
  if (!answer.ok) {
    throw new TypeError("the decoder's wasm is missing");
  }
  return answer.headers.get("Content-Type") === "application/wasm"
    ? WebAssembly.compileStreaming(answer)
    : WebAssembly.compile(await answer.arrayBuffer());
}

/** @param {Module} module @returns {Reader} */
function createReader(module) {
  let capacity = 0;
  let address = 0;
  return {
    read({ data, width, height }, options) {
      if (data.length > capacity) {
        module._free(address);
        address = module._malloc(data.length);
        capacity = address === 0 ? 0 : data.length;
      }
      if (address === 0) {
        throw new RangeError("no memory for a frame");
      }
      module.HEAPU8.set(data, address);
      const found = module.readBarcodesFromPixmap(address, width, height, { ...OPTIONS, ...options });
      /** @type {Symbol[]} */
      const symbols = [];
      for (let index = 0; index < found.size(); index++) {
        const result = found.get(index);
        if (result !== undefined) {
          symbols.push(symbolOf(result));
        }
      }
      found.delete?.();
      return symbols;
    },
  };
}

/** @param {ZXingReadResult} result @returns {Symbol} */
function symbolOf({ isValid, text, format, symbologyIdentifier, position }) {
  const { topLeft, topRight, bottomRight, bottomLeft } = position;
  const corners = [topLeft, topRight, bottomRight, bottomLeft];
  const xs = corners.map(({ x }) => x);
  const ys = corners.map(({ y }) => y);
  const side = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
  // Of a linear code only the kind is kept: its text is never a card's number.
  const kept = LINEAR.has(format) ? symbologyIdentifier : text;
  return { text: isValid ? kept : null, centre: { x: mean(xs), y: mean(ys) }, side };
}

/** @param {number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The browser's BarcodeDetector after its self-test; null where there is none or it fails the test. It is not used
 * again after its first fault.
 * @param {Detectors | undefined} Detectors
 * @returns {Promise<Native | null>}
 */
export async function startNative(Detectors) {
  if (Detectors === undefined) {
    return null;
  }
  try {
    if (!(await Detectors.getSupportedFormats()).includes("qr_code")) {
      return null;
    }
    const detector = new Detectors({ formats: ["qr_code"] });
    const isProved = await passesSelfTest(async (grey) => texts(await detector.detect(pixelsOf(grey))));
    return isProved ? guard(detector) : null;
  } catch {
    return null;
  }
}

/** @param {Detector} detector @returns {Native} */
function guard(detector) {
  let isBusy = false;
  let isBroken = false;
  return {
    works: () => !isBroken,
    detect(source) {
      if (isBusy || isBroken) {
        return null;
      }
      isBusy = true;
      return detector.detect(source).then(texts).catch(() => {
        isBroken = true;
        return [];
      }).finally(() => {
        isBusy = false;
      });
    },
  };
}

/** @param {{rawValue: string}[]} codes */
function texts(codes) {
  return codes.map(({ rawValue }) => rawValue);
}

/** @param {Grey} grey */
function pixelsOf({ data, width, height }) {
  const pixels = new ImageData(width, height);
  for (let place = 0; place < data.length; place++) {
    pixels.data.fill(data[place], 4 * place, 4 * place + 3);
    pixels.data[4 * place + 3] = 255;
  }
  return pixels;
}
