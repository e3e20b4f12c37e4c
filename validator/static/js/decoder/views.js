// @ts-check
/** A step's picture: the part of the plane that its view names, prepared as it says. */

import { negative, withoutGround } from "./ground.js";
import { double, shrink } from "./luminance.js";
import { place } from "./schedule.js";
import { soften, thicken, threshold } from "./threshold.js";

/** @typedef {import("./types.js").Grey} Grey */
/** @typedef {import("./types.js").Plane} Plane */
/** @typedef {import("./types.js").Point} Point */
/** @typedef {import("./types.js").Rect} Rect */
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
  joined: (grey) => soften(thicken(grey)),
  ground: withoutGround,
  light_ground: (grey) => withoutGround(negative(grey)),
};
/** @type {Partial<Record<Step["view"], number>>} Up to so many pixels a part is worth doubling. */
const SMALL_PART = { part: 420, half: 240 };

/**
 * @typedef {object} Aim  Where the views of one frame look.
 * @property {Point | null} target
 * @property {Rect | null} part
 */

/**
 * The picture to read in this step, and how its places become places of the frame.
 * @param {Step} step @param {Plane} plane @param {Aim} aim
 * @returns {{grey: Grey, toFrame: (symbol: Symbol) => Symbol}}
 */
export function view(step, plane, { target, part }) {
  const { rect, factor } = place(step.view, plane.width, plane.height, target, part);
  const seen = shrink(plane, rect, factor);
  const isSmall = Math.max(seen.width, seen.height) <= (SMALL_PART[step.view] ?? 0);
  const scale = step.prepare === "double" || isSmall ? factor / 2 : factor;
  return {
    grey: PREPARE[step.prepare](isSmall ? double(seen) : seen),
    toFrame: ({ text, centre, side }) => ({
      text,
      centre: { x: rect.x + centre.x * scale, y: rect.y + centre.y * scale },
      side: side * scale,
    }),
  };
}
