// @ts-check
/** What a frame looks like without a reading: whether something came into view, and in what light. */

/** @typedef {import("./types.js").Plane} Plane */
/** @typedef {import("./types.js").Scene} Scene */

const COLUMNS = 32;
const ROWS = 18;
const MEMORY_MS = 4000; // the time in which a scene becomes the usual one
const EDGE = 40; // grey levels between samples
const WASHED_OUT = 245;
const WINDOW = 24; // pixels in which an edge is looked for
const CONTRAST = 60; // grey levels from the darkest to the lightest of a window with an edge
const FEWEST_EDGES = 8; // for a judgement
const SHARPEST = 0.9; // of the edges are less steep than those that count

/**
 * A memory of the usual scene; `see` compares a frame with it.
 * @returns {{see: (plane: Plane, at: number) => Scene}}
 */
export function createScene() {
  const samples = new Float32Array(COLUMNS * ROWS);
  const usual = new Float32Array(COLUMNS * ROWS);
  let last = -1;
  return {
    see(plane, at) {
      sample(plane, samples);
      if (last < 0) {
        usual.set(samples);
      }
      const scene = { ...describe(samples, usual), sharpness: sharpnessOf(plane) };
      const weight = last < 0 ? 0 : 1 - Math.exp(-Math.max(0, at - last) / MEMORY_MS);
      for (let place = 0; place < samples.length; place++) {
        usual[place] += weight * (samples[place] - usual[place]);
      }
      last = at;
      return scene;
    },
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
  const place = Math.floor(SHARPEST * steepness.length);
  return steepness.length < FEWEST_EDGES ? 1 : steepness.sort((one, other) => one - other)[place];
}

/** The steepest edge as a share of the window's contrast; 0 without contrast. @param {Uint8Array} data @param {number} at */
function steepest(data, at) {
  let [least, most, step] = [255, 0, 0];
  for (let place = at; place < at + WINDOW; place++) {
    const left = data[place] + data[place + 1];
    least = Math.min(least, left / 2);
    most = Math.max(most, left / 2);
    step = Math.max(step, Math.abs(data[place + 2] + data[place + 3] - left) / 2);
  }
  return most - least < CONTRAST ? 0 : Math.min(1, step / (most - least));
}

/** @param {Float32Array} samples @param {Float32Array} usual @returns {Omit<Scene, "sharpness">} */
function describe(samples, usual) {
  let light = 0;
  let change = 0;
  let glare = 0;
  let edges = 0;
  let inner = 0;
  for (let place = 0; place < samples.length; place++) {
    light += samples[place];
    change += Math.abs(samples[place] - usual[place]);
    if (isInner(place)) {
      inner += 1;
      glare += samples[place] > WASHED_OUT ? 1 : 0;
      edges += Math.abs(samples[place] - samples[place + 1]) > EDGE ? 1 : 0;
    }
  }
  const all = samples.length;
  return { light: light / all, change: change / all, glare: glare / inner, structure: edges / inner };
}

/** @param {number} place */
function isInner(place) {
  const column = place % COLUMNS;
  const row = Math.floor(place / COLUMNS);
  return column >= COLUMNS / 4 && column < (COLUMNS * 3) / 4 && row >= ROWS / 4 && row < (ROWS * 3) / 4;
}
