/** Reads one frame: with our own engine and, on the same frame, with the browser's. The first card counts. */

/** @import {Native} from "./engines.js" */
/** @import {Content, Result} from "./pipeline.js" */
/** @import {Meta, Plane, Reader, Scene, Seen} from "./types.js" */

import { interpret, Pipeline } from "./pipeline.js";

const NATIVE_WAIT_MS = 60; // how long a frame waits for the browser's detector where our engine found nothing
const LIVELY_MS = 6000; // after a movement all steps run for this time: a still scene costs little
const MOVED = 6; // grey levels of mean change

const COLUMNS = 32;
const ROWS = 18;
const AVERAGE_MS = 4000; // the time constant of the average scene
const EDGE = 40; // grey levels between samples
const WASHED_OUT = 245;
const WINDOW = 24; // pixels that are searched for an edge
const CONTRAST = 60; // least difference of grey levels in a window with an edge
const FEWEST_EDGES = 8; // for a measurement
const SHARPEST = 0.9; // the quantile of steepness that counts

/** @type {Result} */
const NOTHING = { content: { seen: "nothing" }, located: 0 };

/**
 * Returns a function that reads a frame and closes it. Its result is all that may leave the worker; it rejects where
 * the engine fails.
 * @param {{reader: Reader | null, native: Native | null, now: () => number, wait: (ms: number) => Promise<void>,
 *   convert: (frame: VideoFrame | ImageBitmap) => Promise<Plane>, budget?: number}} parts
 * @returns {(frame: VideoFrame | ImageBitmap) => Promise<Seen>}
 */
export function createFrameReader({ reader, native, now, wait, convert, budget }) {
  const measureScene = createSceneMeter();
  const pipeline = reader === null ? null : new Pipeline({ reader, now, budget });
  let livelyUntil = now() + LIVELY_MS;

  /** @param {Promise<string[]> | null} pending @returns {Promise<Content>} */
  async function nativeContent(pending) {
    const late = wait(NATIVE_WAIT_MS).then(() => []);
    return pending === null ? NOTHING.content : interpret(await Promise.race([pending, late]));
  }

  return async (frame) => {
    const began = now();
    const pending = native === null ? null : native.detect(frame);
    try {
      const plane = await convert(frame);
      const scene = measureScene(plane, began);
      livelyUntil = scene.change > MOVED ? began + LIVELY_MS : livelyUntil;
      const { content: own, located } = pipeline?.run(plane, began, began < livelyUntil) ?? NOTHING;
      const other = isCard(own) ? NOTHING.content : await nativeContent(pending);
      const isOther = own.seen === "nothing" ? other.seen !== "nothing" : isCard(other);
      const engine = isOther ? "native" : reader === null ? "none" : "wasm";
      const { width, height } = plane;
      return withMeta(isOther ? other : own, { engine, ms: now() - began, width, height, located, scene });
    } finally {
      void Promise.resolve(pending).finally(() => frame.close());
    }
  };
}

/** @param {Content} content */
function isCard({ seen }) {
  return seen === "card" || seen === "several";
}

/** @param {Content} content @param {Meta} meta @returns {Seen} */
function withMeta(content, meta) {
  return content.seen === "nothing" ? { ...content, hint: meta.located > 0, meta } : { ...content, meta };
}

/**
 * Measures the scene of a frame, and compares it with the average of the frames before.
 * @returns {(plane: Plane, at: number) => Scene}
 */
export function createSceneMeter() {
  const samples = new Float32Array(COLUMNS * ROWS);
  const average = new Float32Array(COLUMNS * ROWS);
  let last = -1;
  return (plane, at) => {
    sample(plane, samples);
    if (last < 0) {
      average.set(samples);
    }
    const scene = { ...measure(samples, average), sharpness: sharpnessOf(plane) };
    const weight = last < 0 ? 0 : 1 - Math.exp(-Math.max(0, at - last) / AVERAGE_MS);
    for (let index = 0; index < samples.length; index++) {
      average[index] += weight * (samples[index] - average[index]);
    }
    last = at;
    return scene;
  };
}

/** @param {Plane} plane @param {Float32Array} into */
function sample({ data, stride, width, height }, into) {
  for (let row = 0; row < ROWS; row++) {
    const line = Math.floor(((row + 0.5) * height) / ROWS) * stride;
    for (let column = 0; column < COLUMNS; column++) {
      into[row * COLUMNS + column] = data[line + Math.floor(((column + 0.5) * width) / COLUMNS)];
    }
  }
}

/** @param {Plane} plane */
function sharpnessOf({ data, stride, width, height }) {
  const steepness = [];
  for (let row = 0; row < ROWS; row++) {
    const line = Math.floor(height / 4 + ((row + 0.5) * height) / (2 * ROWS)) * stride;
    for (let column = 0; column < COLUMNS; column++) {
      const at = line + Math.floor(width / 4 + (column * width) / (2 * COLUMNS));
      const steep = at + WINDOW + 3 < data.length ? steepest(data, at) : 0;
      if (steep > 0) {
        steepness.push(steep);
      }
    }
  }
  const index = Math.floor(SHARPEST * steepness.length);
  return steepness.length < FEWEST_EDGES ? 1 : steepness.sort((one, other) => one - other)[index];
}

/** The steepest edge as a share of the window's contrast; 0 without contrast.
 * @param {Uint8Array} data @param {number} at */
function steepest(data, at) {
  let [least, most, step] = [255, 0, 0];
  for (let index = at; index < at + WINDOW; index++) {
    const left = data[index] + data[index + 1];
    least = Math.min(least, left / 2);
    most = Math.max(most, left / 2);
    step = Math.max(step, Math.abs(data[index + 2] + data[index + 3] - left) / 2);
  }
  return most - least < CONTRAST ? 0 : Math.min(1, step / (most - least));
}

/** @param {Float32Array} samples @param {Float32Array} average @returns {Omit<Scene, "sharpness">} */
function measure(samples, average) {
  let light = 0;
  let change = 0;
  let glare = 0;
  let edges = 0;
  let inner = 0;
  for (let index = 0; index < samples.length; index++) {
    light += samples[index];
    change += Math.abs(samples[index] - average[index]);
    if (isInner(index)) {
      inner += 1;
      glare += samples[index] > WASHED_OUT ? 1 : 0;
      edges += Math.abs(samples[index] - samples[index + 1]) > EDGE ? 1 : 0;
    }
  }
  const all = samples.length;
  return { light: light / all, change: change / all, glare: glare / inner, structure: edges / inner };
}

/** @param {number} index */
function isInner(index) {
  const column = index % COLUMNS;
  const row = Math.floor(index / COLUMNS);
  return column >= COLUMNS / 4 && column < (COLUMNS * 3) / 4 && row >= ROWS / 4 && row < (ROWS * 3) / 4;
}
