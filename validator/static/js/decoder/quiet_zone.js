/**
 * Adds the missing quiet zone to a code on a ground of its own colour: finds the code's edge by its light modules and
 * paints the ground outside light.
 */

/** @import {Grey, Point} from "./types.js" */

import { boundingQuad } from "./regions.js";

const SHARE = 0.3; // of the light runs are not longer than a module
const LONGEST_RUN = 64; // pixels
const FEWEST_RUNS = 40;
const SMALLEST = 2; // pixels a module
const JOINED = 2.5; // dark modules between light ones of the same code
const STRAIGHT = 5; // steps of a chamfer distance, in fifths of a pixel
const SLANTED = 7;
const LIGHT = 255;

/**
 * Paints the dark ground outside the code light; returns the same picture where it shows no modules.
 * @param {Grey} grey
 * @returns {Grey}
 */
export function addQuietZone({ data, width, height }) {
  const isLight = binarize(data);
  const module = moduleSize(isLight, width, height);
  const into = Uint8Array.from(data);
  if (module !== null) {
    const far = distances(isLight, width, height);
    const corners = boundingQuad(busiestBody(far, width, height, (JOINED / 2) * module * STRAIGHT));
    if (corners !== null) {
      paintOutside(into, width, height, corners);
    }
  }
  return { data: into, width, height };
}

/** 1 where a pixel is light, by Otsu's threshold. @param {Uint8Array} data */
function binarize(data) {
  const counts = new Uint32Array(256);
  for (let at = 0; at < data.length; at++) {
    counts[data[at]] += 1;
  }
  const border = otsuThreshold(counts, data.length);
  const isLight = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at++) {
    isLight[at] = data[at] > border ? 1 : 0;
  }
  return isLight;
}

/** @param {Uint32Array} counts @param {number} all */
function otsuThreshold(counts, all) {
  const total = counts.reduce((sum, count, level) => sum + count * level, 0);
  let [below, sum, best, border] = [0, 0, -1, 127];
  for (let level = 0; level < 255; level++) {
    below += counts[level];
    sum += counts[level] * level;
    const above = all - below;
    if (below > 0 && above > 0) {
      const apart = sum / below - (total - sum) / above;
      const between = below * above * apart * apart;
      [best, border] = between > best ? [between, level] : [best, border];
    }
  }
  return border;
}

/** Pixels a module, from the lengths of light runs between dark ones; null where there are too few.
 * @param {Uint8Array} isLight @param {number} width @param {number} height */
function moduleSize(isLight, width, height) {
  const lengths = new Uint32Array(LONGEST_RUN);
  for (let row = 0; row < height; row += 2) {
    countRuns(isLight, row * width, 1, width, lengths);
  }
  for (let column = 0; column < width; column += 2) {
    countRuns(isLight, column, width, height, lengths);
  }
  const runs = lengths.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  const module = lengths.findIndex((count) => (seen += count) >= SHARE * runs);
  return runs < FEWEST_RUNS || module < SMALLEST ? null : module;
}

/** @param {Uint8Array} isLight @param {number} from @param {number} step @param {number} length
 * @param {Uint32Array} lengths */
function countRuns(isLight, from, step, length, lengths) {
  let run = -1; // no dark pixel yet
  for (let place = 0, at = from; place < length; place++, at += step) {
    if (isLight[at] === 1) {
      run += run < 0 ? 0 : 1;
    } else {
      if (run > 1 && run < LONGEST_RUN) {
        lengths[run] += 1;
      }
      run = 0;
    }
  }
}

/** The distance of each pixel from the nearest light one; outside the picture there is none.
 * @param {Uint8Array} isLight @param {number} width @param {number} height */
function distances(isLight, width, height) {
  const wide = width + 2; // with a border of far pixels
  const far = new Uint16Array(wide * (height + 2)).fill(0x7fff);
  for (let row = 0, from = 0; row < height; row++) {
    for (let column = 0, at = (row + 1) * wide + 1; column < width; column++, at++) {
      far[at] = isLight[from++] === 1 ? 0 : nearest(far[at - 1], far[at - wide], far[at - wide - 1], far[at - wide + 1]);
    }
  }
  for (let row = height; row > 0; row--) {
    for (let at = row * wide + width; at > row * wide; at--) {
      const near = nearest(far[at + 1], far[at + wide], far[at + wide + 1], far[at + wide - 1]);
      far[at] = near < far[at] ? near : far[at];
    }
  }
  return far;
}

/** @param {number} beside @param {number} above @param {number} left @param {number} right */
function nearest(beside, above, left, right) {
  const straight = (beside < above ? beside : above) + STRAIGHT;
  const slanted = (left < right ? left : right) + SLANTED;
  return straight < slanted ? straight : slanted;
}

/** The outermost light pixels, row by row, of the connected body with the most changes from light to dark.
 * @param {Uint16Array} far @param {number} width @param {number} height @param {number} reach
 * @returns {Point[]} */
function busiestBody(far, width, height, reach) {
  const wide = width + 2;
  const body = new Uint16Array(far.length);
  const waiting = new Int32Array(far.length);
  let [best, most, count] = [0, 0, 0];
  for (let start = 0; start < far.length; start++) {
    if (body[start] !== 0 || far[start] > reach) {
      continue;
    }
    count += 1;
    const changes = fill(far, body, waiting, { start, wide, reach, label: count });
    [best, most] = changes > most ? [count, changes] : [best, most];
  }
  return edges(far, body, best, width, height);
}

/** Labels all pixels that are connected to the start; returns how often light and dark meet in them.
 * @param {Uint16Array} far @param {Uint16Array} body @param {Int32Array} waiting
 * @param {{start: number, wide: number, reach: number, label: number}} options */
function fill(far, body, waiting, { start, wide, reach, label }) {
  let [count, changes] = [1, 0];
  waiting[0] = start;
  body[start] = label;
  while (count > 0) {
    const at = waiting[--count];
    changes += far[at] === 0 && far[at + 1] > 0 ? 1 : 0;
    for (const next of [at - 1, at + 1, at - wide, at + wide]) {
      if (far[next] <= reach && body[next] === 0) {
        body[next] = label;
        waiting[count++] = next;
      }
    }
  }
  return changes;
}

/** @param {Uint16Array} far @param {Uint16Array} body @param {number} label @param {number} width
 * @param {number} height @returns {Point[]} */
function edges(far, body, label, width, height) {
  /** @type {Point[]} */
  const points = [];
  for (let y = 0; y < height; y++) {
    let [left, right] = [-1, -1];
    for (let x = 0, at = (y + 1) * (width + 2) + 1; x < width; x++, at++) {
      if (far[at] === 0 && body[at] === label) {
        left = left < 0 ? x : left;
        right = x + 1;
      }
    }
    if (left >= 0) {
      points.push({ x: left, y }, { x: right, y }, { x: left, y: y + 1 }, { x: right, y: y + 1 });
    }
  }
  return points;
}

/** @param {Uint8Array} data @param {number} width @param {number} height @param {Point[]} corners */
function paintOutside(data, width, height, corners) {
  for (let y = 0; y < height; y++) {
    const [left, right] = spanAt(corners, y + 0.5);
    data.fill(LIGHT, y * width, y * width + Math.min(width, Math.max(0, Math.round(left))));
    data.fill(LIGHT, y * width + Math.min(width, Math.max(0, Math.round(right))), (y + 1) * width);
  }
}

/** Where a row enters and leaves the figure; an empty span (from Infinity) where it does not meet it.
 * @param {Point[]} corners @param {number} y */
function spanAt(corners, y) {
  let [left, right] = [Infinity, -Infinity];
  corners.forEach((from, side) => {
    const to = corners[(side + 1) % corners.length];
    if (from.y <= y !== to.y <= y) {
      const x = from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x);
      [left, right] = [Math.min(left, x), Math.max(right, x)];
    }
  });
  return [left, right];
}
