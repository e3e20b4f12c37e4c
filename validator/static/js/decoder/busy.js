// @ts-check
/** Parts of a frame that are as busy as a code, found without reading: where a closer look is worth its time. */

/** @typedef {import("./types.js").Plane} Plane */
/** @typedef {import("./types.js").Rect} Rect */

const BLOCKS = 56; // along the longer side
const SAMPLES = 8; // a side of a block
const REACH = 4; // pixels between the two that are compared: a blurred edge is seen too
const ABOVE_USUAL = 1.6;
const OF_MOST = 0.35;
const NOISE = 2; // grey levels
const MARGIN = 1; // blocks around a part
const MOST_PARTS = 3;

/**
 * The most promising parts of the frame, best first, at most three; none of them lies in one of `apart`.
 * @param {Plane} plane
 * @param {Rect[]} apart  What was read already.
 * @returns {Rect[]}
 */
export function busyParts(plane, apart) {
  const block = Math.max(8, Math.ceil(Math.max(plane.width, plane.height) / BLOCKS));
  const columns = Math.floor((plane.width - REACH) / block);
  const rows = Math.floor((plane.height - REACH) / block);
  if (columns < 1 || rows < 1) {
    return [];
  }
  const scores = levelled(scoresOf(plane, block, columns, rows), columns, rows);
  const least = leastOf(scores);
  blank(scores, block, columns, rows, apart);
  const most = scores.reduce((top, score) => Math.max(top, score), 0);
  const groups = groupsOf(scores, columns, rows, Math.max(least, OF_MOST * most));
  return groups
    .sort((one, other) => other.weight - one.weight)
    .slice(0, MOST_PARTS)
    .map((group) => rectOf(group, block, plane));
}

/** How much each block changes in the direction in which it changes less: an edge or a stripe counts little.
 * @param {Plane} plane @param {number} block @param {number} columns @param {number} rows */
function scoresOf({ data, stride }, block, columns, rows) {
  const scores = new Float32Array(columns * rows);
  const pace = block / SAMPLES;
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      let across = 0;
      let down = 0;
      for (let line = 0; line < SAMPLES; line++) {
        const start = Math.floor(row * block + line * pace) * stride + column * block;
        for (let sample = 0; sample < SAMPLES; sample++) {
          const place = start + Math.floor(sample * pace);
          across += Math.abs(data[place + REACH] - data[place]);
          down += Math.abs(data[place + REACH * stride] - data[place]);
        }
      }
      scores[at] = Math.min(across, down) / SAMPLES ** 2;
    }
  }
  return scores;
}

/** Each score as the mean of those around it: a code whose modules stand apart stays in one piece.
 * @param {Float32Array} scores @param {number} columns @param {number} rows */
function levelled(scores, columns, rows) {
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

/** What is busier than most of the frame. @param {Float32Array} scores */
function leastOf(scores) {
  const usual = Float32Array.from(scores).sort()[scores.length >> 1];
  return ABOVE_USUAL * Math.min(usual, 10) + NOISE;
}

/** @param {Float32Array} scores @param {number} block @param {number} columns @param {number} rows
 * @param {Rect[]} apart */
function blank(scores, block, columns, rows, apart) {
  for (const { x, y, width, height } of apart) {
    const bottom = Math.min(rows, Math.ceil((y + height) / block));
    const right = Math.min(columns, Math.ceil((x + width) / block));
    for (let row = Math.max(0, Math.floor(y / block)); row < bottom; row++) {
      scores.fill(0, row * columns + Math.max(0, Math.min(right, Math.floor(x / block))), row * columns + right);
    }
  }
}

/**
 * @typedef {{left: number, top: number, right: number, bottom: number, weight: number}} Group
 *   Blocks, both ends inside; `weight` tells how much a group is like a code.
 */

/** Busy blocks that touch, also by a corner. @param {Float32Array} scores @param {number} columns
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
