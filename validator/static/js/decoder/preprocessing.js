/** Operations on grey pictures before they are read: crop, scale, threshold, blur, erode, invert. */

/** @import {Grey, Plane, Rect} from "./types.js" */

/**
 * A part of a plane, each pixel the mean of `factor` by `factor` pixels; remaining pixels at the edges are left out.
 * @param {Plane} plane @param {Rect} rect @param {number} factor  1, 2, 3 …
 * @returns {Grey}
 */
export function downscale(plane, rect, factor) {
  if (factor === 1) {
    return crop(plane, rect);
  }
  const width = Math.floor(rect.width / factor);
  const height = Math.floor(rect.height / factor);
  const into = { data: new Uint8Array(width * height), width, height };
  return factor === 2 ? halve(plane, rect, into) : average(plane, rect, factor, into);
}

/** @param {Plane} plane @param {Rect} rect @returns {Grey} */
function crop({ data, stride }, { x, y, width, height }) {
  const cut = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const from = (y + row) * stride + x;
    cut.set(data.subarray(from, from + width), row * width);
  }
  return { data: cut, width, height };
}

/** @param {Plane} plane @param {Rect} rect @param {Grey} into @returns {Grey} */
function halve({ data, stride }, rect, into) {
  for (let row = 0, to = 0; row < into.height; row++) {
    let from = (rect.y + 2 * row) * stride + rect.x;
    for (let end = to + into.width; to < end; from += 2) {
      const below = from + stride;
      into.data[to++] = (data[from] + data[from + 1] + data[below] + data[below + 1] + 2) >> 2;
    }
  }
  return into;
}

/** @param {Plane} plane @param {Rect} rect @param {number} factor @param {Grey} into @returns {Grey} */
function average({ data, stride }, rect, factor, into) {
  const sums = new Uint32Array(into.width);
  for (let row = 0; row < into.height; row++) {
    sums.fill(0);
    for (let line = 0; line < factor; line++) {
      let from = (rect.y + row * factor + line) * stride + rect.x;
      for (let column = 0; column < into.width; column++) {
        for (let step = 0; step < factor; step++) {
          sums[column] += data[from++];
        }
      }
    }
    const to = row * into.width;
    for (let column = 0; column < into.width; column++) {
      into.data[to + column] = sums[column] / (factor * factor);
    }
  }
  return into;
}

/**
 * The picture at twice the size, by linear interpolation (weights 3 to 1).
 * @param {Grey} grey
 * @returns {Grey}
 */
export function upscale({ data, width, height }) {
  const wide = 2 * width;
  const into = new Uint8Array(wide * 2 * height);
  let above = new Uint16Array(wide);
  let row = new Uint16Array(wide);
  let below = new Uint16Array(wide);
  stretch(data, 0, width, row);
  above.set(row);
  for (let y = 0; y < height; y++) {
    stretch(data, Math.min(height - 1, y + 1) * width, width, below);
    const top = 2 * y * wide;
    for (let x = 0; x < wide; x++) {
      const own = 3 * row[x] + 8;
      into[top + x] = (own + above[x]) >> 4;
      into[top + wide + x] = (own + below[x]) >> 4;
    }
    [above, row, below] = [row, below, above];
  }
  return { data: into, width: wide, height: 2 * height };
}

/** @param {Uint8Array} data @param {number} from @param {number} width @param {Uint16Array} into */
function stretch(data, from, width, into) {
  for (let x = 0; x < width; x++) {
    const own = 3 * data[from + x];
    into[2 * x] = own + data[from + (x > 0 ? x - 1 : 0)];
    into[2 * x + 1] = own + data[from + (x < width - 1 ? x + 1 : x)];
  }
}

/**
 * Adaptive threshold, against glare, shadow and stripes: white where a pixel is brighter than the mean of the
 * (2·radius+1)² pixels around it minus `bias`.
 * @param {Grey} grey @param {number} radius @param {number} bias  Grey levels.
 * @returns {Grey}
 */
export function adaptiveThreshold({ data, width, height }, radius, bias) {
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

/** The column sums before row 0: those of its window, moved up by one row.
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
 * Each pixel becomes the mean of the nine around it.
 * @param {Grey} grey
 * @returns {Grey}
 */
export function blur({ data, width, height }) {
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
 * Each pixel becomes the darkest of the nine around it.
 * @param {Grey} grey
 * @returns {Grey}
 */
export function erode({ data, width, height }) {
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

/** @param {Grey} grey @returns {Grey} */
export function invert({ data, width, height }) {
  const into = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at++) {
    into[at] = 255 - data[at];
  }
  return { data: into, width, height };
}
