// @ts-check
/**
 * Grey levels out of camera frames: the luminance plane as it comes, cropped, shrunk by averaging, doubled.
 */

/** @typedef {import("./types.js").Grey} Grey */
/** @typedef {import("./types.js").Plane} Plane */
/** @typedef {import("./types.js").Rect} Rect */

// Luminance comes first and in bytes in these; the formats of 10 and 12 bits have other names and go by a
// canvas.
const PLANAR = new Set(["I420", "I420A", "I422", "I422A", "I444", "I444A", "NV12"]);
/** @type {Record<string, [number, number, number]>}
 * Where red, green and blue stand in a pixel of four bytes. */
const PACKED = { RGBA: [0, 1, 2], RGBX: [0, 1, 2], BGRA: [2, 1, 0], BGRX: [2, 1, 0] };

/**
 * Whether frames of this pixel format can be taken without a canvas.
 * @param {string | null} format
 */
export function isKnownFormat(format) {
  return format !== null && (PLANAR.has(format) || format in PACKED);
}

/**
 * The luminance of copied frame bytes; `layout` is that of the first plane.
 * @param {string} format @param {Uint8Array} bytes @param {{offset: number, stride: number}} layout
 * @param {number} width @param {number} height
 * @returns {Plane}
 */
export function luminance(format, bytes, layout, width, height) {
  const data = bytes.subarray(layout.offset);
  if (PLANAR.has(format)) {
    return { data, stride: layout.stride, width, height };
  }
  return weighed(data, layout.stride, PACKED[format], width, height);
}

/**
 * The luminance of a canvas's pixels.
 * @param {{data: Uint8ClampedArray, width: number, height: number}} pixels
 * @returns {Plane}
 */
export function luminanceOfRgba({ data, width, height }) {
  return weighed(data, width * 4, PACKED.RGBA, width, height);
}

/**
 * @param {Uint8Array | Uint8ClampedArray} pixels @param {number} stride
 * @param {[number, number, number]} order
 * @param {number} width @param {number} height
 * @returns {Plane}
 */
function weighed(pixels, stride, [red, green, blue], width, height) {
  const data = new Uint8Array(width * height);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0, from = y * stride; x < width; x++, from += 4) {
      const warm = 306 * pixels[from + red] + 601 * pixels[from + green];
      data[to++] = (warm + 117 * pixels[from + blue] + 512) >> 10;
    }
  }
  return { data, stride: width, width, height };
}

/**
 * A part of a plane, each pixel the mean of `factor` by `factor` pixels; what is left over at the edges
 *   falls away.
 * @param {Plane} plane @param {Rect} rect @param {number} factor  1, 2, 3 …
 * @returns {Grey}
 */
export function shrink(plane, rect, factor) {
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
 * The picture at twice the size, pixels between pixels weighed 3 to 1.
 * @param {Grey} grey
 * @returns {Grey}
 */
export function double({ data, width, height }) {
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
