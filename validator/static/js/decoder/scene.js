// @ts-check
/** What a frame looks like without a reading: whether something came into view, and in what light. */

/** @typedef {import("./types.js").Plane} Plane */
/** @typedef {import("./types.js").Scene} Scene */

const COLUMNS = 32;
const ROWS = 18;
const MEMORY_MS = 4000; // the time in which a scene becomes the usual one
const EDGE = 40; // grey levels between samples
const WASHED_OUT = 245;

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
      const scene = describe(samples, usual);
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

/** @param {Float32Array} samples @param {Float32Array} usual @returns {Scene} */
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
