// @ts-check
/**
 * From a frame to its luminance: the plane as the camera gave it where that proves right, else by a canvas.
 */

import { isKnownFormat, luminance, luminanceOfRgba } from "./luminance.js";

/** @typedef {import("./types.js").Plane} Plane */

const SAMPLES = 24; // a side
const MOST_DIFFERENCE = 40; // grey levels at the mean; limited ranges and colour matrices make up to 20

/**
 * Takes the luminance of frames; the first one is taken both ways, and a difference or a fault leaves the
 *   canvas
 * for good.
 * @returns {{take: (frame: VideoFrame | ImageBitmap) => Promise<Plane>, isFast: () => boolean}}
 */
export function createTaker() {
  /** @type {"unknown" | "good" | "bad"} */
  let trust = "unknown";
  const byCanvas = createCanvasTaker();
  const byCopy = createCopyTaker();
  return {
    isFast: () => trust === "good",
    async take(frame) {
      if (!("copyTo" in frame) || trust === "bad") {
        return byCanvas(frame);
      }
      try {
        const plane = await byCopy(frame);
        if (trust === "good") {
          return plane;
        }
        const drawn = byCanvas(frame);
        trust = isSame(plane, drawn) ? "good" : "bad";
        return drawn;
      } catch {
        trust = "bad";
        return byCanvas(frame);
      }
    },
  };
}

function createCopyTaker() {
  let bytes = new Uint8Array(0);
  /** @param {VideoFrame} frame @returns {Promise<Plane>} */
  return async (frame) => {
    const format = frame.format;
    const visible = frame.visibleRect;
    if (format === null || visible === null || !isKnownFormat(format)) {
      throw new TypeError("a frame that only a canvas can take");
    }
    const size = frame.allocationSize();
    if (bytes.length !== size) {
      bytes = new Uint8Array(size);
    }
    const [first] = await frame.copyTo(bytes);
    return luminance(format, bytes, first, visible.width, visible.height);
  };
}

function createCanvasTaker() {
  /** @type {OffscreenCanvasRenderingContext2D | null} */
  let context = null;
  /** @param {VideoFrame | ImageBitmap} frame @returns {Plane} */
  return (frame) => {
    const { width, height } = sizeOf(frame);
    context ??= new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    if (context === null) {
      throw new TypeError("no canvas to take a frame with");
    }
    if (context.canvas.width !== width || context.canvas.height !== height) {
      context.canvas.width = width;
      context.canvas.height = height;
    }
    context.drawImage(frame, 0, 0, width, height);
    return luminanceOfRgba(context.getImageData(0, 0, width, height));
  };
}

/**
 * As it is shown: turned upright where the camera's pixels are not.
 * @param {VideoFrame | ImageBitmap} frame
 */
function sizeOf(frame) {
  return "copyTo" in frame
    ? { width: frame.displayWidth, height: frame.displayHeight }
    : { width: frame.width, height: frame.height };
}

/**
 * Whether two planes show the same picture, by a grid of samples.
 * @param {Plane} one @param {Plane} other
 */
export function isSame(one, other) {
  if (one.width !== other.width || one.height !== other.height) {
    return false;
  }
  let difference = 0;
  for (let place = 0; place < SAMPLES * SAMPLES; place++) {
    const x = Math.floor((((place % SAMPLES) + 0.5) * one.width) / SAMPLES);
    const y = Math.floor(((Math.floor(place / SAMPLES) + 0.5) * one.height) / SAMPLES);
    difference += Math.abs(one.data[y * one.stride + x] - other.data[y * other.stride + x]);
  }
  return difference / SAMPLES ** 2 <= MOST_DIFFERENCE;
}
