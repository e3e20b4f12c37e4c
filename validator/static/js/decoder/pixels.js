// @ts-check
/** Whether a canvas gives back what was drawn on it: some browsers hide pixels from pages, to hide their users. */

const SIDE = 8;
const MOST_DIFFERENCE = 8; // grey levels; some browsers change the last bits only
const LEVELS = [20, 235, 90, 160];

/**
 * @typedef {{fillStyle: any, fillRect: (x: number, y: number, width: number, height: number) => void,
 *   getImageData: (x: number, y: number, width: number, height: number) => ImageData}} Context  Of either canvas.
 */

/**
 * Draws known levels and reads them back; what was there is drawn over.
 * @param {Context} context  Of a canvas of 8 pixels or more.
 */
export function showsPixels(context) {
  LEVELS.forEach((level, column) => {
    context.fillStyle = `rgb(${level}, ${level}, ${level})`;
    context.fillRect(column * 2, 0, 2, SIDE);
  });
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  for (let at = 0; at < SIDE * SIDE; at++) {
    const level = LEVELS[(at % SIDE) >> 1];
    if (data.length < 4 * at + 4 || Math.abs(data[4 * at] - level) > MOST_DIFFERENCE) {
      return false;
    }
  }
  return true;
}
