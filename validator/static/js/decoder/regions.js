/** Where a code may be in a picture: busy parts of a frame, and the four sides around a set of points. */

/** @import {Plane, Point, Rect} from "./types.js" */

const BLOCKS = 56; // along the longer side
const SAMPLES = 8; // a side of a block
const REACH = 4; // pixels between the two that are compared: it also finds blurred edges
const ABOVE_USUAL = 1.6;
const OF_MOST = 0.35;
const NOISE = 2; // grey levels
const MARGIN = 1; // blocks around a part
const MOST_REGIONS = 3;
const SIDES = 4;

/**
 * The parts of a frame that are as busy as a code, without reading: the best first, at most three, none inside one of
 * `exclude`.
 * @param {Plane} plane
 * @param {Rect[]} exclude  Codes that were read already.
 * @returns {Rect[]}
 */
export function busyRegions(plane, exclude) {
  const block = Math.max(8, Math.ceil(Math.max(plane.width, plane.height) / BLOCKS));
  const columns = Math.floor((plane.width - REACH) / block);
  const rows = Math.floor((plane.height - REACH) / block);
  if (columns < 1 || rows < 1) {
    return [];
  }
  const scores = smooth(scoresOf(plane, block, columns, rows), columns, rows);
  const least = leastScore(scores);
  blank(scores, block, columns, rows, exclude);
  const most = scores.reduce((top, score) => Math.max(top, score), 0);
  const groups = groupsOf(scores, columns, rows, Math.max(least, OF_MOST * most));
  return groups
    .sort((one, other) => other.weight - one.weight)
    .slice(0, MOST_REGIONS)
    .map((group) => rectOf(group, block, plane));
}

/** How much each block changes in the direction of the smaller change: an edge or a stripe counts little.
 * @param {Plane} plane @param {number} block @param {number} columns @param {number} rows */
function scoresOf({ data, stride }, block, columns, rows) {
  const scores = new Float32Array(columns * rows);
  const pace = block / SAMPLES;
  for (let row = 0, index = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, index++) {
      let across = 0;
      let down = 0;
      for (let line = 0; line < SAMPLES; line++) {
        const start = Math.floor(row * block + line * pace) * stride + column * block;
        for (let sample = 0; sample < SAMPLES; sample++) {
          const at = start + Math.floor(sample * pace);
          across += Math.abs(data[at + REACH] - data[at]);
          down += Math.abs(data[at + REACH * stride] - data[at]);
        }
      }
      scores[index] = Math.min(across, down) / SAMPLES ** 2;
    }
  }
  return scores;
}

/** Each score becomes the mean of those around it: a code with separate modules stays in one piece.
 * @param {Float32Array} scores @param {number} columns @param {number} rows */
function smooth(scores, columns, rows) {
  const into = new Float32Array(scores.length);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      let [sum, count] = [0, 0];
      for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
        for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
          sum += scores[y * columns + x];
          count += 1;
        }
      }
      into[at] = sum / count;
    }
  }
  return into;
}

/** The score that is above most of the frame. @param {Float32Array} scores */
function leastScore(scores) {
  const usual = Float32Array.from(scores).sort()[scores.length >> 1];
  return ABOVE_USUAL * Math.min(usual, 10) + NOISE;
}

/** @param {Float32Array} scores @param {number} block @param {number} columns @param {number} rows
 * @param {Rect[]} exclude */
function blank(scores, block, columns, rows, exclude) {
  for (const { x, y, width, height } of exclude) {
    const bottom = Math.min(rows, Math.ceil((y + height) / block));
    const right = Math.min(columns, Math.ceil((x + width) / block));
    for (let row = Math.max(0, Math.floor(y / block)); row < bottom; row++) {
      scores.fill(0, row * columns + Math.max(0, Math.min(right, Math.floor(x / block))), row * columns + right);
    }
  }
}

/**
 * @typedef {{left: number, top: number, right: number, bottom: number, weight: number}} Group
 *   In blocks, both ends included; `weight`: how similar a group is to a code.
 */

/** Busy blocks that touch, at a side or a corner. @param {Float32Array} scores @param {number} columns
 * @param {number} rows @param {number} least @returns {Group[]} */
function groupsOf(scores, columns, rows, least) {
  const isOpen = Uint8Array.from(scores, (score) => (score > least ? 1 : 0));
  const groups = [];
  for (let start = 0; start < isOpen.length; start++) {
    if (isOpen[start] === 1) {
      groups.push(gather(isOpen, scores, columns, rows, start));
    }
  }
  return groups;
}

/** @param {Uint8Array} isOpen @param {Float32Array} scores @param {number} columns @param {number} rows
 * @param {number} start @returns {Group} */
function gather(isOpen, scores, columns, rows, start) {
  const group = { left: columns, top: rows, right: 0, bottom: 0, weight: 0 };
  const waiting = [start];
  isOpen[start] = 0;
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const [column, row] = [at % columns, Math.floor(at / columns)];
    group.left = Math.min(group.left, column);
    group.right = Math.max(group.right, column);
    group.top = Math.min(group.top, row);
    group.bottom = Math.max(group.bottom, row);
    group.weight += scores[at];
    for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
      for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
        const next = y * columns + x;
        if (isOpen[next] === 1) {
          isOpen[next] = 0;
          waiting.push(next);
        }
      }
    }
  }
  const [wide, high] = [group.right - group.left + 1, group.bottom - group.top + 1];
  group.weight *= (Math.min(wide, high) / Math.max(wide, high)) ** 2;
  return group;
}

/** @param {Group} group @param {number} block @param {Plane} plane @returns {Rect} */
function rectOf({ left, top, right, bottom }, block, { width, height }) {
  const x = even(Math.max(0, (left - MARGIN) * block));
  const y = even(Math.max(0, (top - MARGIN) * block));
  const far = Math.min(width, (right + 1 + MARGIN) * block + REACH);
  const low = Math.min(height, (bottom + 1 + MARGIN) * block + REACH);
  return { x, y, width: even(far - x), height: even(low - y) };
}

/** @param {number} value */
function even(value) {
  return Math.floor(value / 2) * 2;
}

/**
 * The corners, in order, of a four-sided figure around all points, hardly larger than necessary: the outline of a code
 * that is seen aslant. Null where the points have no area.
 * @param {Point[]} points  From top to bottom; in any order within a row.
 * @returns {Point[] | null}
 */
export function boundingQuad(points) {
  const corners = hull(points);
  while (corners.length > SIDES) {
    const options = corners.map((_, side) => withoutSide(corners, side));
    let best = -1;
    options.forEach((option, side) => {
      const isBetter = option !== null && (best < 0 || option.area < (options[best]?.area ?? 0));
      best = isBetter ? side : best;
    });
    if (best < 0) {
      return null;
    }
    const { corner } = /** @type {Replacement} */ (options[best]);
    const last = best + 1 === corners.length;
    corners.splice(best, last ? 1 : 2, corner);
    if (last) {
      corners.shift();
    }
  }
  return corners.length === SIDES ? corners : null;
}

/** @typedef {{corner: Point, area: number}} Replacement */

/** Removes a side: its neighbours are extended until they meet. Null where they never meet.
 * @param {Point[]} corners @param {number} side @returns {Replacement | null} */
function withoutSide(corners, side) {
  const count = corners.length;
  const [before, from, to, after] = [count - 1, 0, 1, 2].map((step) => corners[(side + step) % count]);
  const [inX, inY, outX, outY] = [from.x - before.x, from.y - before.y, after.x - to.x, after.y - to.y];
  const turn = inX * outY - inY * outX;
  if (turn <= 0) {
    return null;
  }
  const along = ((to.x - from.x) * outY - (to.y - from.y) * outX) / turn;
  const corner = { x: from.x + along * inX, y: from.y + along * inY };
  return { corner, area: Math.abs(cross(from, corner, to)) };
}

/** The corners of the convex hull, in order. @param {Point[]} points @returns {Point[]} */
function hull(points) {
  const sorted = [...points].sort((one, other) => one.y - other.y || one.x - other.x);
  const half = (/** @type {Point[]} */ along) => {
    /** @type {Point[]} */
    const kept = [];
    for (const point of along) {
      while (kept.length > 1 && cross(kept[kept.length - 2], kept[kept.length - 1], point) <= 0) {
        kept.pop();
      }
      kept.push(point);
    }
    return kept.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/** Twice the area of the triangle, negative where it turns the other way.
 * @param {Point} from @param {Point} to @param {Point} point */
function cross(from, to, point) {
  return (to.x - from.x) * (point.y - from.y) - (to.y - from.y) * (point.x - from.x);
}
