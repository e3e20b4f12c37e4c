// @ts-check
/**
 * The browser's own BarcodeDetector, beside ours: proved first, dropped at its first fault, never waited for
 * long.
 */

import { proves } from "./selftest.js";

/**
 * @typedef {object} Detector
 * @property {(source: ImageBitmapSource) => Promise<{rawValue: string}[]>} detect
 *
 * @typedef {object} DetectorClass
 * @property {() => Promise<string[]>} getSupportedFormats
 *
 * @typedef {(new (options: {formats: string[]}) => Detector) & DetectorClass} Detectors
 *
 * @typedef {object} Native
 * @property {(source: ImageBitmapSource) => Promise<string[]> | null} detect  Null while busy or after a
 *   fault.
 * @property {() => boolean} works
 */

/**
 * The proved detector of this browser; null where it has none, or one that does not read what it should.
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
    const isProved = await proves(async (grey) => texts(await detector.detect(pixelsOf(grey))));
    return isProved ? guarded(detector) : null;
  } catch {
    return null;
  }
}

/** @param {Detector} detector @returns {Native} */
function guarded(detector) {
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

/** @param {import("./types.js").Grey} grey */
function pixelsOf({ data, width, height }) {
  const pixels = new ImageData(width, height);
  for (let place = 0; place < data.length; place++) {
    pixels.data.fill(data[place], 4 * place, 4 * place + 3);
    pixels.data[4 * place + 3] = 255;
  }
  return pixels;
}
