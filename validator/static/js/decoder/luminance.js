/** From a camera frame to its luminance: the plane of the camera where that is right, else by a canvas. */

/** @import {Plane} from "./types.js" */

import { canReadPixels } from "./self_test.js";

const SAMPLES = 24; // a side
const MOST_DIFFERENCE = 40; // grey levels at the mean; limited ranges and colour matrices make up to 20
const MOST_MISMATCHES = 3; // in a row; then the canvas converts all frames
// In these formats the first plane is luminance in bytes. Formats of 10 and 12 bits have other names; a canvas converts
// them.
const PLANAR = new Set(["I420", "I420A", "I422", "I422A", "I444", "I444A", "NV12"]);
/** The bytes of red, green and blue in a pixel of four. @type {Record<string, [number, number, number]>} */
const PACKED = { RGBA: [0, 1, 2], RGBX: [0, 1, 2], BGRA: [2, 1, 0], BGRX: [2, 1, 0] };

/** Thrown where neither way returns the frame's pixels: this browser hides them from pages. */
export class HiddenPixels extends Error {}

/**
 * Converts frames to luminance. The camera's own plane is used after it was once the same as the canvas's; the canvas
 * is used where they differ three times in a row, or where the plane is not available. Where the canvas hides pixels
 * the camera's plane is used without comparison; rejects with `HiddenPixels` where there is none.
 * @returns {{convert: (frame: VideoFrame | ImageBitmap) => Promise<Plane>, isFast: () => boolean}}
 */
export function createFrameConverter() {
  let isProved = false;
  let mismatches = 0;
  const canvas = createCanvasConverter();
  const copyPlane = createPlaneCopier();

  /** @param {VideoFrame} frame @returns {Promise<Plane>} */
  async function compare(frame) {
    const plane = await copyPlane(frame);
    if (isProved || !canvas.isReadable()) {
      return plane;
    }
    const drawn = canvas.convert(frame);
    isProved = isSame(plane, drawn);
    mismatches = isProved ? 0 : mismatches + 1;
    return drawn;
  }

  return {
    isFast: () => isProved,
    async convert(frame) {
      if (!("copyTo" in frame) || mismatches >= MOST_MISMATCHES) {
        return canvas.convert(frame);
      }
      try {
        return await compare(frame);
      } catch {
        isProved = false;
        mismatches += canvas.isReadable() ? 1 : 0;
        return canvas.convert(frame);
      }
    },
  };
}

function createPlaneCopier() {
  let bytes = new Uint8Array(0);
  /** @param {VideoFrame} frame @returns {Promise<Plane>} */
  return async (frame) => {
    const format = frame.format;
    const visible = frame.visibleRect;
    if (format === null || visible === null || !isKnownFormat(format)) {
      throw new TypeError("only a canvas can convert this frame");
    }
    const size = frame.allocationSize();
    if (bytes.length !== size) {
      bytes = new Uint8Array(size);
    }
    const [first] = await frame.copyTo(bytes);
    return luminanceOfBytes(format, bytes, first, visible.width, visible.height);
  };
}

function createCanvasConverter() {
  /** @type {OffscreenCanvasRenderingContext2D | null} */
  let context = null;
  /** @type {boolean | null} */
  let isReadable = null;

  function open() {
    context ??= new OffscreenCanvas(SAMPLES, SAMPLES).getContext("2d", { willReadFrequently: true });
    if (context === null) {
      throw new TypeError("no canvas for a frame");
    }
    isReadable ??= canReadPixels(context);
    return context;
  }

  /** @param {VideoFrame | ImageBitmap} frame @returns {Plane} */
  function convert(frame) {
    const drawing = open();
    if (isReadable === false) {
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

  return { convert, isReadable: () => open() !== null && isReadable === true };
}

/**
 * The displayed size: upright where the camera's pixels are turned.
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
function isSame(one, other) {
  if (one.width !== other.width || one.height !== other.height) {
    return false;
  }
  let difference = 0;
  for (let index = 0; index < SAMPLES * SAMPLES; index++) {
    const x = Math.floor((((index % SAMPLES) + 0.5) * one.width) / SAMPLES);
    const y = Math.floor(((Math.floor(index / SAMPLES) + 0.5) * one.height) / SAMPLES);
    difference += Math.abs(one.data[y * one.stride + x] - other.data[y * other.stride + x]);
  }
  return difference / SAMPLES ** 2 <= MOST_DIFFERENCE;
}

/**
 * Whether frames of this pixel format can be converted without a canvas.
 * @param {string | null} format
 */
export function isKnownFormat(format) {
  return format !== null && (PLANAR.has(format) || format in PACKED);
}

/**
 * The luminance of copied frame bytes; `layout` is that of the first plane.
 * @param {string} format @param {Uint8Array} bytes @param {{offset: number, stride: number}} layout
 * @param {number} width @param {number} height
 * @returns {Plane}
 */
export function luminanceOfBytes(format, bytes, layout, width, height) {
  const data = bytes.subarray(layout.offset);
  if (PLANAR.has(format)) {
    return { data, stride: layout.stride, width, height };
  }
  return weightedSum(data, layout.stride, PACKED[format], width, height);
}

/**
 * The luminance of a canvas's pixels.
 * @param {{data: Uint8ClampedArray, width: number, height: number}} pixels
 * @returns {Plane}
 */
export function luminanceOfRgba({ data, width, height }) {
  return weightedSum(data, width * 4, PACKED.RGBA, width, height);
}

/**
 * @param {Uint8Array | Uint8ClampedArray} pixels @param {number} stride
 * @param {[number, number, number]} order
 * @param {number} width @param {number} height
 * @returns {Plane}
 */
function weightedSum(pixels, stride, [red, green, blue], width, height) {
  const data = new Uint8Array(width * height);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0, from = y * stride; x < width; x++, from += 4) {
      const warm = 306 * pixels[from + red] + 601 * pixels[from + green];
      data[to++] = (warm + 117 * pixels[from + blue] + 512) >> 10;
    }
  }
  return { data, stride: width, width, height };
}
