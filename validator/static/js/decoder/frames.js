// @ts-check
/**
 * From a frame to its luminance: the plane as the camera gave it where that proves right, else by a canvas.
 */

import { isKnownFormat, luminance, luminanceOfRgba } from "./luminance.js";
import { showsPixels } from "./pixels.js";

/** @typedef {import("./types.js").Plane} Plane */

const SAMPLES = 24; // a side
const MOST_DIFFERENCE = 40; // grey levels at the mean; limited ranges and colour matrices make up to 20

const MOST_DOUBTS = 3; // in a row, and the canvas takes all frames

/** Thrown where neither way gives the frame's pixels: this browser hides them from pages. */
export class HiddenPixels extends Error {}

/**
 * Takes the luminance of frames: as the camera gave it once that was seen to be what a canvas shows, by the canvas
 * where it differs three times in a row or cannot be had. Where a canvas hides pixels the camera's own are taken as
 * they are; rejects with `HiddenPixels` where there are none.
 * @returns {{take: (frame: VideoFrame | ImageBitmap) => Promise<Plane>, isFast: () => boolean}}
 */
export function createTaker() {
  let isProved = false;
  let doubts = 0;
  const canvas = createCanvasTaker();
  const byCopy = createCopyTaker();

  /** @param {VideoFrame} frame @returns {Promise<Plane>} */
  async function compared(frame) {
    const plane = await byCopy(frame);
    if (isProved || !canvas.isTrue()) {
      return plane;
    }
    const drawn = canvas.take(frame);
    isProved = isSame(plane, drawn);
    doubts = isProved ? 0 : doubts + 1;
    return drawn;
  }

  return {
    isFast: () => isProved,
    async take(frame) {
      if (!("copyTo" in frame) || doubts >= MOST_DOUBTS) {
        return canvas.take(frame);
      }
      try {
        return await compared(frame);
      } catch {
        isProved = false;
        doubts += canvas.isTrue() ? 1 : 0;
        return canvas.take(frame);
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
  /** @type {boolean | null} */
  let isTrue = null;

  function open() {
    context ??= new OffscreenCanvas(SAMPLES, SAMPLES).getContext("2d", { willReadFrequently: true });
    if (context === null) {
      throw new TypeError("no canvas to take a frame with");
    }
    isTrue ??= showsPixels(context);
    return context;
  }

  /** @param {VideoFrame | ImageBitmap} frame @returns {Plane} */
  function take(frame) {
    const drawing = open();
    if (isTrue === false) {
      throw new HiddenPixels();
    }
    const { width, height } = sizeOf(frame);
    if (drawing.canvas.width !== width || drawing.canvas.height !== height) {
      drawing.canvas.width = width;
      drawing.canvas.height = height;
    }
    drawing.drawImage(frame, 0, 0, width, height);
    return luminanceOfRgba(drawing.getImageData(0, 0, width, height));
  }

  return { take, isTrue: () => open() !== null && isTrue === true };
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
