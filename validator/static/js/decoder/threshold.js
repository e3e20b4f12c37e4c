// @ts-check
/**
 * Black and white by each pixel's own surroundings: what glare, shadow, bands and scratches leave of a code.
 */

/** @typedef {import("./types.js").Grey} Grey */

/**
 * White where a pixel is brighter than the mean of the (2·radius+1)² pixels around it less `bias`.
 * @param {Grey} grey @param {number} radius @param {number} bias  Grey levels.
 * @returns {Grey}
 */
export function threshold({ data, width, height }, radius, bias) {
  const into = new Uint8Array(width * height);
  const area = (2 * radius + 1) ** 2;
  const columns = firstColumns(data, width, height, radius);
  for (let y = 0; y < height; y++) {
    const enter = Math.min(height - 1, y + radius) * width;
    const leave = Math.max(0, y - radius - 1) * width;
    for (let x = 0; x < width; x++) {
      columns[x] += data[enter + x] - data[leave + x];
    }
    thresholdRow(columns, data, into, y * width, { width, radius, bias, area });
  }
  return { data: into, width, height };
}

/** The column sums as they stand before row 0: its window, moved up by one row.
 * @param {Uint8Array} data @param {number} width @param {number} height @param {number} radius */
function firstColumns(data, width, height, radius) {
  const columns = new Int32Array(width);
  for (let row = -radius - 1; row < radius; row++) {
    const from = Math.min(height - 1, Math.max(0, row)) * width;
    for (let x = 0; x < width; x++) {
      columns[x] += data[from + x];
    }
  }
  return columns;
}

/** @param {Int32Array} columns @param {Uint8Array} data @param {Uint8Array} into @param {number} at
 * @param {{width: number, radius: number, bias: number, area: number}} how */
function thresholdRow(columns, data, into, at, { width, radius, bias, area }) {
  const last = width - 1;
  let sum = 0;
  for (let x = -radius; x < radius; x++) {
    sum += columns[x < 0 ? 0 : x > last ? last : x];
  }
  for (let x = 0; x < width; x++) {
    const enter = x + radius;
    sum += columns[enter > last ? last : enter];
    into[at + x] = (data[at + x] + bias) * area > sum ? 255 : 0;
    const leave = x - radius;
    sum -= columns[leave < 0 ? 0 : leave];
  }
}

/**
 * The picture with each pixel the mean of the nine around it.
 * @param {Grey} grey
 * @returns {Grey}
 */
export function soften({ data, width, height }) {
  const across = new Uint16Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      across[at] = data[x > 0 ? at - 1 : at] + data[at] + data[x < width - 1 ? at + 1 : at];
    }
  }
  const into = new Uint8Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    const up = y > 0 ? -width : 0;
    const down = y < height - 1 ? width : 0;
    for (let x = 0; x < width; x++, at++) {
      into[at] = ((across[at + up] + across[at] + across[at + down]) * 7282) >> 16; // a ninth
    }
  }
  return { data: into, width, height };
}

/**
 * The picture with each pixel the darkest of the nine around it.
 * @param {Grey} grey
 * @returns {Grey}
 */
export function thicken({ data, width, height }) {
  const across = new Uint8Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      across[at] = Math.min(data[x > 0 ? at - 1 : at], data[at], data[x < width - 1 ? at + 1 : at]);
    }
  }
  const into = new Uint8Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    const up = y > 0 ? -width : 0;
    const down = y < height - 1 ? width : 0;
    for (let x = 0; x < width; x++, at++) {
      into[at] = Math.min(across[at + up], across[at], across[at + down]);
    }
  }
  return { data: into, width, height };
}
