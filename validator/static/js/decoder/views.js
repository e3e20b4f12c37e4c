// @ts-check
/** A step's picture: the part of the plane that its view names, prepared as it says. */

import { double, shrink } from "./luminance.js";
import { place } from "./schedule.js";
import { soften, threshold } from "./threshold.js";

/** @typedef {import("./types.js").Grey} Grey */
/** @typedef {import("./types.js").Plane} Plane */
/** @typedef {import("./types.js").Point} Point */
/** @typedef {import("./types.js").Symbol} Symbol */
/** @typedef {import("./schedule.js").Preparation} Preparation */
/** @typedef {import("./schedule.js").Step} Step */

/** @type {Record<Preparation, (grey: Grey) => Grey>}
 * Radii and biases: the best of those tried on drawn frames. */
const PREPARE = {
  plain: (grey) => grey,
  fine: (grey) => threshold(grey, 8, 3),
  coarse: (grey) => threshold(grey, 12, 4),
  soft: (grey) => threshold(soften(grey), 12, 1),
  double,
};

/**
 * The picture to read in this step, and how its places become places of the frame.
 * @param {Step} step @param {Plane} plane @param {Point | null} target
 * @returns {{grey: Grey, toFrame: (symbol: Symbol) => Symbol}}
 */
export function view(step, plane, target) {
  const { rect, factor } = place(step.view, plane.width, plane.height, target);
  const scale = step.prepare === "double" ? factor / 2 : factor;
  return {
    grey: PREPARE[step.prepare](shrink(plane, rect, factor)),
    toFrame: ({ text, centre, side }) => ({
      text,
      centre: { x: rect.x + centre.x * scale, y: rect.y + centre.y * scale },
      side: side * scale,
    }),
  };
}
