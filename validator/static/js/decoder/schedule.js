/** The steps that read a frame: which part of it, how it is prepared, with which options. */

/** @import {Grey, Plane, Point, Rect, Symbol} from "./types.js" */

import { adaptiveThreshold, blur, downscale, erode, invert, upscale } from "./preprocessing.js";
import { addQuietZone } from "./quiet_zone.js";

/**
 * @typedef {object} ReaderOptions  The options of zxing-wasm that differ between steps.
 * @property {boolean} tryDenoise
 * @property {number} downscaleFactor
 * @property {string} formats
 * @property {number} minLineCount
 * @property {boolean} tryHarder
 * @property {boolean} tryInvert
 * @property {boolean} returnErrors
 *
 * @typedef {"plain" | "fine" | "coarse" | "soft" | "double" | "ground" | "light_ground" | "joined"} Preparation
 *   fine, coarse, soft: adaptive thresholds with a small radius, a larger one, and after a blur.
 *   joined: dark spots grow until they touch.
 *   ground, light_ground: for codes without a quiet zone on a ground of their own colour, dark or light.
 *
 * @typedef {object} Step
 * @property {string} name  Its measured cost is stored under it.
 * @property {"whole" | "middle" | "close" | "part" | "half" | "tiny"} view
 *   close: where a symbol was located, else a busy part or the middle; part: a busy part, in its own pixels; half,
 *   tiny: the same part, smaller.
 * @property {Preparation} prepare
 * @property {Partial<ReaderOptions>} [options]
 *
 * @typedef {object} Aim  Where the views of one frame look.
 * @property {Point | null} target
 * @property {Rect | null} part
 */

// The longest side that is read at once: 5 ms on a server of 2024, 20 ms on an average phone.
const WIDEST = 1280;
const NARROWEST = 720;
const SMALL_STREAM = 1280; // up to this size the close view is doubled
/** The longest side of a busy part; tiny: five pixels a module. @type {Record<"part" | "half" | "tiny", number>} */
const WIDEST_PART = { part: 960, half: 480, tiny: 240 };

/** @type {Step} */
const WHOLE = { name: "whole", view: "whole", prepare: "plain" };
/** @type {Step} */
const MIDDLE = { name: "middle", view: "middle", prepare: "plain" };
/** Of 124 test frames that WHOLE misses these read 26, 9 and 6 more, in 4 to 6 ms each. @type {Step[]} */
const THRESHOLDS = [
  { name: "fine", view: "close", prepare: "fine" },
  { name: "coarse", view: "close", prepare: "coarse" },
  { name: "soft", view: "close", prepare: "soft" },
];
/** @type {Step} */
const DOUBLE = { name: "double", view: "close", prepare: "double" };
/** @type {Step} */
const DENOISE = { name: "denoise", view: "whole", prepare: "plain", options: { tryDenoise: true } };
/** @type {Step} */
const OUTSIDE = { name: "outside", view: "whole", prepare: "fine" };
/** @type {Step} */
const PART = { name: "part", view: "part", prepare: "plain" };
/** @type {Step} */
const FINE_PART = { name: "fine part", view: "part", prepare: "fine" };
/** @type {Step[]} */
const GROUNDS = [
  { name: "ground", view: "half", prepare: "ground" },
  { name: "light ground", view: "half", prepare: "light_ground" },
];
/** @type {Step} */
const TINY = { name: "tiny", view: "tiny", prepare: "joined" };

/** Wallet passes use Aztec and PDF417; costs as much as a step for QR codes. @type {Step} */
const OTHER_KINDS = {
  name: "other kinds",
  view: "whole",
  prepare: "plain",
  options: { formats: "Aztec,PDF417", returnErrors: false },
};

/** On library cards; costs 1 ms, a step for QR codes 13 ms. @type {Step} */
const LINEAR = {
  name: "linear",
  view: "whole",
  prepare: "plain",
  options: { formats: "Code39,Code128", minLineCount: 3, tryHarder: false, tryInvert: false, returnErrors: false },
};

/** Radii and biases were measured on test frames. @type {Record<Preparation, (grey: Grey) => Grey>} */
const PREPARE = {
  plain: (grey) => grey,
  fine: (grey) => adaptiveThreshold(grey, 8, 3),
  coarse: (grey) => adaptiveThreshold(grey, 12, 4),
  soft: (grey) => adaptiveThreshold(blur(grey), 12, 1),
  double: upscale,
  joined: (grey) => blur(erode(grey)),
  ground: addQuietZone,
  light_ground: (grey) => addQuietZone(invert(grey)),
};
/** Up to this size, in pixels, a part is doubled. @type {Partial<Record<Step["view"], number>>} */
const SMALL_PART = { part: 420, half: 240 };

/**
 * The steps for a frame, the most promising first; the caller stops when its time is over.
 * @param {number} misses  Frames since the last reading. @param {number} width @param {number} height
 * @param {boolean} isLively  Something moved: all steps; else only the plain ones and one more.
 * @param {number} [turn]  Extra steps since the last reading: the next ones come first, so that slow devices get to
 *   each of them in turn.
 * @returns {{plain: Step[], extra: Step[]}}
 */
export function stepsFor(misses, width, height, isLively, turn = misses) {
  const plain = downscaleFactor(width, height) > 1 ? [WHOLE, MIDDLE] : [WHOLE];
  const larger = Math.max(width, height) <= SMALL_STREAM ? DOUBLE : PART;
  const extra = [...THRESHOLDS, FINE_PART, larger, ...GROUNDS, TINY, OTHER_KINDS, LINEAR, OUTSIDE, DENOISE];
  return { plain: rotated(plain, misses), extra: rotated(extra, turn).slice(0, isLively ? undefined : 1) };
}

/** @param {Step[]} steps @param {number} by */
function rotated(steps, by) {
  const at = by % steps.length;
  return [...steps.slice(at), ...steps.slice(0, at)];
}

/**
 * The factor by which the whole frame is made smaller to be read at once.
 * @param {number} width @param {number} height
 */
export function downscaleFactor(width, height) {
  return Math.ceil(Math.max(width, height) / WIDEST);
}

/**
 * The part of a frame that a view shows, and the factor by which it is made smaller; even numbers, inside the frame.
 * @param {Step["view"]} view @param {number} width @param {number} height
 * @param {Point | null} target  The middle of the close view; null: the middle of the frame.
 * @param {Rect | null} [part]  A busy part; null: the whole frame.
 * @returns {{rect: Rect, factor: number}}
 */
export function cropOf(view, width, height, target, part = null) {
  if (view === "part" || view === "half" || view === "tiny") {
    const rect = part ?? { x: 0, y: 0, width, height };
    return { rect, factor: Math.ceil(Math.max(rect.width, rect.height) / WIDEST_PART[view]) };
  }
  if (view === "whole") {
    return { rect: { x: 0, y: 0, width, height }, factor: downscaleFactor(width, height) };
  }
  const [long, short] = view === "middle" ? [WIDEST, NARROWEST] : [WIDEST * 0.75, NARROWEST * 0.75];
  const share = view === "middle" ? 1 : 0.5;
  const wide = even(Math.min(width * share, width >= height ? long : short));
  const high = even(Math.min(height * share, width >= height ? short : long));
  const at = view === "close" && target !== null ? target : { x: width / 2, y: height / 2 };
  const x = within(at.x - wide / 2, width - wide);
  return { rect: { x, y: within(at.y - high / 2, height - high), width: wide, height: high }, factor: 1 };
}

/**
 * The picture to read in this step, and a function that converts positions in it to positions in the frame.
 * @param {Step} step @param {Plane} plane @param {Aim} aim
 * @returns {{grey: Grey, toFrame: (symbol: Symbol) => Symbol}}
 */
export function pictureFor(step, plane, { target, part }) {
  const { rect, factor } = cropOf(step.view, plane.width, plane.height, target, part);
  const picture = downscale(plane, rect, factor);
  const isSmall = Math.max(picture.width, picture.height) <= (SMALL_PART[step.view] ?? 0);
  const scale = step.prepare === "double" || isSmall ? factor / 2 : factor;
  return {
    grey: PREPARE[step.prepare](isSmall ? upscale(picture) : picture),
    toFrame: ({ text, centre, side }) => ({
      text,
      centre: { x: rect.x + centre.x * scale, y: rect.y + centre.y * scale },
      side: side * scale,
    }),
  };
}

/** @param {number} value */
function even(value) {
  return Math.floor(value / 2) * 2;
}

/** @param {number} value @param {number} most */
function within(value, most) {
  return even(Math.min(most, Math.max(0, value)));
}
