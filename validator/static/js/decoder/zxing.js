// @ts-check
/**
 * zxing-wasm over grey pictures: one byte a pixel straight into its memory, which its own wrapper has no way
 * for.
 */

import { proves } from "./selftest.js";

/** @typedef {import("./types.js").Grey} Grey */
/** @typedef {import("./types.js").Symbol} Symbol */
/** @typedef {import("./types.js").Reader} Reader */
/** @typedef {import("../../vendor/zxing-wasm/es/reader/index.js").ZXingReadResult} Result */
/** @typedef {import("../../vendor/zxing-wasm/es/reader/index.js").ZXingReaderOptions} Options */

/**
 * @typedef {object} Module  What is used of zxing-wasm's module.
 * @property {(bytes: number) => number} _malloc
 * @property {(address: number) => void} _free
 * @property {Uint8Array} HEAPU8
 * @property {(address: number, width: number, height: number, options: Options) => Results}
 *   readBarcodesFromPixmap
 *
 * @typedef {{size: () => number, get: (place: number) => Result | undefined, delete?: () => void}} Results
 */

const SCRIPT = "../../vendor/zxing-wasm/es/reader/index.js";
const WASM = new URL("../../vendor/zxing-wasm/zxing_reader.wasm", import.meta.url).href;
const MOST_SYMBOLS = 96; // 32 codes on one wall; what is located and not read counts too
/** What libraries print. @type {ReadonlySet<string>} */
const LINEAR = new Set(["Code39", "Code128"]);

/** @type {Options} In the numbers of its binding; `returnErrors` also gives what was located and not read. */
const OPTIONS = {
  formats: "QRCode",
  tryHarder: true,
  tryRotate: false, // turned QR codes are found anyway, by their corners
  tryInvert: true,
  tryDownscale: true,
  downscaleFactor: 2, // 2 reads 8 more of 520 drawn frames than 3, for 1 ms
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
 * The proved reader; null where script or wasm is missing, of different versions, or does not read.
 * @param {() => Promise<Module>} load
 * @returns {Promise<Reader | null>}
 */
export async function startZxing(load = loadModule) {
  try {
    const reader = readerOf(await load());
    const isProved = await proves((grey) => reader.read(grey, {}).map(({ text }) => text ?? ""));
    return isProved ? reader : null;
  } catch {
    return null;
  }
}

/**
 * Script and wasm are fetched at once, and a wasm of another version is a rejection.
 * @returns {Promise<Module>}
 */
async function loadModule() {
  const compiling = compile();
  compiling.catch(() => undefined); // told below, and only once
  bringHasOwn();
  /** @type {typeof import("../../vendor/zxing-wasm/es/reader/index.js")} */
  const { prepareZXingModule } = await import(SCRIPT);
  const wasm = await compiling;
  return new Promise((resolve, reject) => {
    /** @param {WebAssembly.Imports} imports @param {(made: WebAssembly.Instance) => void} done */
    function instantiateWasm(imports, done) {
      WebAssembly.instantiate(wasm, imports).then(done).catch(reject);
      return {};
    }
    const preparing = prepareZXingModule({ overrides: { instantiateWasm }, fireImmediately: true });
    preparing.then((module) => resolve(/** @type {Module} */ (/** @type {unknown} */ (module))), reject);
  });
}

/** The script of zxing-wasm uses `Object.hasOwn`, which Chrome 92 does not have; only this worker gets it. */
function bringHasOwn() {
  const constructor = /** @type {{hasOwn?: (value: object, name: PropertyKey) => boolean}} */ (Object);
  constructor.hasOwn ??= (value, name) => Object.keys(value).includes(String(name));
}

/** While it comes in, where the server names its type; else afterwards. @returns {Promise<WebAssembly.Module>} */
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
function readerOf(module) {
  let room = 0;
  let address = 0;
  return {
    read({ data, width, height }, options) {
      if (data.length > room) {
        module._free(address);
        address = module._malloc(data.length);
        room = address === 0 ? 0 : data.length;
      }
      if (address === 0) {
        throw new RangeError("no memory for a frame");
      }
      module.HEAPU8.set(data, address);
      const found = module.readBarcodesFromPixmap(address, width, height, { ...OPTIONS, ...options });
      /** @type {Symbol[]} */
      const symbols = [];
      for (let place = 0; place < found.size(); place++) {
        const result = found.get(place);
        if (result !== undefined) {
          symbols.push(symbolOf(result));
        }
      }
      found.delete?.();
      return symbols;
    },
  };
}

/** @param {Result} result @returns {Symbol} */
function symbolOf({ isValid, text, format, symbologyIdentifier, position }) {
  const { topLeft, topRight, bottomRight, bottomLeft } = position;
  const corners = [topLeft, topRight, bottomRight, bottomLeft];
  const xs = corners.map(({ x }) => x);
  const ys = corners.map(({ y }) => y);
  const side = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
  // A linear code is named by its kind alone: whatever stands in it is no card's number.
  const said = LINEAR.has(format) ? symbologyIdentifier : text;
  return { text: isValid ? said : null, centre: { x: mean(xs), y: mean(ys) }, side };
}

/** @param {number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
