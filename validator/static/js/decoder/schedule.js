// @ts-check
/**
 * Which part of a frame is looked at, how it is prepared, with which options: in turn over the frames that
 * fail.
 */

/** @typedef {import("./types.js").Rect} Rect */
/** @typedef {import("./types.js").Point} Point */

/**
 * @typedef {object} ReaderOptions  The options of zxing-wasm that differ from step to step.
 * @property {boolean} tryDenoise
 * @property {number} downscaleFactor
 * @property {string} formats
 * @property {number} minLineCount
 * @property {boolean} tryHarder
 * @property {boolean} tryInvert
 * @property {boolean} returnErrors
 */

/**
 * @typedef {"plain" | "fine" | "coarse" | "soft" | "double" | "ground" | "light_ground" | "joined"} Preparation
 *   fine, coarse, soft: thresholds by the surroundings, small, larger, and after softening.
 *   joined: dark spots grow until they touch.
 *   ground, light_ground: for codes without a quiet zone on a ground of their own colour, dark or light.
 *
 * @typedef {object} Step
 * @property {string} name  For its measured cost.
 * @property {"whole" | "middle" | "close" | "part" | "half" | "tiny"} view
 *   close: where something was located, else a busy part or the middle; part: a busy part, in its own pixels;
 *   half, tiny: the same part, shrunk.
 * @property {Preparation} prepare
 * @property {Partial<ReaderOptions>} [options]
 */

// The longest side that is read at once: 5 ms on a server of 2024, 20 ms on a middling phone.
const WIDEST = 1280;
const NARROWEST = 720;
const SMALL_STREAM = 1280; // up to here the close view is worth doubling
/** @type {Record<"part" | "half" | "tiny", number>} The longest side of a busy part; tiny: five pixels a module. */
const WIDEST_PART = { part: 960, half: 480, tiny: 240 };

/** @type {Step} */
const WHOLE = { name: "whole", view: "whole", prepare: "plain" };
/** @type {Step} */
const MIDDLE = { name: "middle", view: "middle", prepare: "plain" };
/** @type {Step[]} Of 124 drawn frames that WHOLE misses these read 26, 9 and 6 more, at 4 to 6 ms each. */
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

/** @type {Step} Wallet passes draw Aztec and PDF417; a step of the cost of one for QR codes. */
const OTHER_KINDS = {
  name: "other kinds",
  view: "whole",
  prepare: "plain",
  options: { formats: "Aztec,PDF417", returnErrors: false },
};

/** @type {Step} What libraries print; 1 ms, where one for QR codes takes 13. */
const LINEAR = {
  name: "linear",
  view: "whole",
  prepare: "plain",
  options: { formats: "Code39,Code128", minLineCount: 3, tryHarder: false, tryInvert: false, returnErrors: false },
};

/**
 * The steps for a frame, most promising first; the caller stops where its time ends.
 * @param {number} misses  Frames since the last reading. @param {number} width @param {number} height
 * @param {boolean} lively  Something is in view: all steps; else only the plain ones and one more.
 * @param {number} [turn]  Costlier steps since the last reading: the next ones come first, so that slow devices
 *   come round to all of them.
 * @returns {{plain: Step[], extra: Step[]}}
 */
export function stepsFor(misses, width, height, lively, turn = misses) {
  const plain = shrinkFactor(width, height) > 1 ? [WHOLE, MIDDLE] : [WHOLE];
  const larger = Math.max(width, height) <= SMALL_STREAM ? DOUBLE : PART;
  const extra = rotated([...THRESHOLDS, FINE_PART, larger, ...GROUNDS, TINY, OTHER_KINDS, LINEAR, OUTSIDE, DENOISE], turn);
  return { plain: rotated(plain, misses), extra: lively ? extra : extra.slice(0, 1) };
}

/** @param {Step[]} steps @param {number} by */
function rotated(steps, by) {
  const at = by % steps.length;
  return [...steps.slice(at), ...steps.slice(0, at)];
}

/**
 * By how much the whole frame is shrunk to be read at once.
 * @param {number} width @param {number} height
 */
export function shrinkFactor(width, height) {
  return Math.ceil(Math.max(width, height) / WIDEST);
}

/**
 * The part of a frame that a view shows and by how much it is shrunk; even numbers, inside the frame.
 * @param {Step["view"]} view @param {number} width @param {number} height
 * @param {Point | null} target  Where the close view looks; the middle where it is null.
 * @param {Rect | null} [part]  A busy part; the whole frame where it is null.
 * @returns {{rect: Rect, factor: number}}
 */
export function place(view, width, height, target, part = null) {
  if (view === "part" || view === "half" || view === "tiny") {
    const rect = part ?? { x: 0, y: 0, width, height };
    return { rect, factor: Math.ceil(Math.max(rect.width, rect.height) / WIDEST_PART[view]) };
  }
  if (view === "whole") {
    return { rect: { x: 0, y: 0, width, height }, factor: shrinkFactor(width, height) };
  }
  const [long, short] = view === "middle" ? [WIDEST, NARROWEST] : [WIDEST * 0.75, NARROWEST * 0.75];
  const share = view === "middle" ? 1 : 0.5;
  const wide = even(Math.min(width * share, width >= height ? long : short));
  const high = even(Math.min(height * share, width >= height ? short : long));
  const at = view === "close" && target !== null ? target : { x: width / 2, y: height / 2 };
  const x = within(at.x - wide / 2, width - wide);
  return { rect: { x, y: within(at.y - high / 2, height - high), width: wide, height: high }, factor: 1 };
}

/** @param {number} value */
function even(value) {
  return Math.floor(value / 2) * 2;
}

/** @param {number} value @param {number} most */
function within(value, most) {
  return even(Math.min(most, Math.max(0, value)));
}
