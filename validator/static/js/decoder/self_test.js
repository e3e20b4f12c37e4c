/** Tests of the browser before use: an engine must read a known code, a canvas must return known pixels. */

/** @import {Grey} from "./types.js" */

export const SELF_TEST_TEXT = "ESCV SELF-TEST 1";
// The 21 rows of its symbol (version 1-M), dark modules as set bits.
const ROWS = [
  0x1fca7f, 0x104041, 0x174d5d, 0x17495d, 0x174f5d, 0x105c41, 0x1fd57f, 0x000400, 0x12d3a0, 0x0fb633,
  0x06ced7, 0x10b929, 0x1b42a8, 0x001eb1, 0x1fcf20, 0x105ebe, 0x17499e, 0x17544f, 0x1744b5,
  0x104b39, 0x1fde74,
];
const SIDE = ROWS.length;
const QUIET = 4; // modules around
const MODULE = 8; // pixels
const DARK = 30;
const LIGHT = 225;

const CANVAS_SIDE = 8; // pixels
const MOST_DIFFERENCE = 8; // grey levels; some browsers change only the last bits
const LEVELS = [20, 235, 90, 160];

/**
 * The code as a grey picture; inverted: light on dark, as the Router's own generator draws codes.
 * @param {boolean} inverted
 * @returns {Grey}
 */
export function selfTestPicture(inverted) {
  const side = (SIDE + 2 * QUIET) * MODULE;
  const data = new Uint8Array(side * side);
  for (let place = 0; place < data.length; place++) {
    const row = Math.floor(place / side / MODULE) - QUIET;
    const column = Math.floor((place % side) / MODULE) - QUIET;
    data[place] = isDark(row, column) === inverted ? LIGHT : DARK;
  }
  return { data, width: side, height: side };
}

/** @param {number} row @param {number} column */
function isDark(row, column) {
  const inside = row >= 0 && row < SIDE && column >= 0 && column < SIDE;
  return inside && ((ROWS[row] >> (SIDE - 1 - column)) & 1) === 1;
}

/**
 * Whether this engine reads exactly the code's text, normal and inverted; false where it throws.
 * @param {(picture: Grey) => Promise<string[]> | string[]} read
 * @returns {Promise<boolean>}
 */
export async function passesSelfTest(read) {
  try {
    for (const inverted of [false, true]) {
      const texts = await read(selfTestPicture(inverted));
      if (texts.length !== 1 || texts[0] !== SELF_TEST_TEXT) {
        return false;
      }
    }
    return true;
  } catch {
    return false;
  }
}

/**
 * @typedef {{fillStyle: any, fillRect: (x: number, y: number, width: number, height: number) => void,
 *   getImageData: (x: number, y: number, width: number, height: number) => ImageData}} Context  Of either canvas.
 */

/**
 * Whether a canvas returns what was drawn on it: some browsers hide pixels to protect against fingerprinting. Draws
 * over the canvas.
 * @param {Context} context  Of a canvas of 8 pixels or more.
 */
export function canReadPixels(context) {
  LEVELS.forEach((level, column) => {
    context.fillStyle = `rgb(${level}, ${level}, ${level})`;
    context.fillRect(column * 2, 0, 2, CANVAS_SIDE);
  });
  const { data } = context.getImageData(0, 0, CANVAS_SIDE, CANVAS_SIDE);
  for (let at = 0; at < CANVAS_SIDE * CANVAS_SIDE; at++) {
    const level = LEVELS[(at % CANVAS_SIDE) >> 1];
    if (data.length < 4 * at + 4 || Math.abs(data[4 * at] - level) > MOST_DIFFERENCE) {
      return false;
    }
  }
  return true;
}
