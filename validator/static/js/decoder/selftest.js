// @ts-check
/** A code of our own, drawn here, that an engine must read both ways round before it may read for anyone. */

/** @typedef {import("./types.js").Grey} Grey */

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

/**
 * The code as a grey picture; inverted as the Router's own generator draws them.
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
 * Whether this engine reads the code both ways round, to the letter; false where it throws.
 * @param {(picture: Grey) => Promise<string[]> | string[]} read
 * @returns {Promise<boolean>}
 */
export async function proves(read) {
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
