// @ts-check
/** What would help with a code that is held up and not read. */

/** @typedef {"torch" | "glare" | "zoom" | "closer" | "farther" | "still" | "type"} Hint */

const DARK = 45; // grey levels
const WASHED_OUT = 0.3; // of the middle
const MODULES = 33; // across an official code
const SMALL_MODULE = 3.2; // pixels; ordinary pictures are read from 3.5
const FILLS = 0.8; // of the frame's shorter side

/**
 * @param {object} view
 * @param {import("../decoder/types.js").Scene} view.scene
 * @param {number} view.located  Side of a symbol in pixels; 0 where none was located.
 * @param {number} view.width @param {number} view.height
 * @param {{torch: boolean, zoom: object | null} | null} view.abilities  Of the camera.
 * @param {number} due  1 for the first help of a presentation; later ones offer another way.
 * @returns {Hint}
 */
export function hintFor({ scene, located, width, height, abilities }, due) {
  if (due > 1) {
    return "type";
  }
  if (scene.light < DARK && abilities?.torch === true) {
    return "torch";
  }
  if (located === 0) {
    return scene.glare > WASHED_OUT ? "glare" : "closer";
  }
  if (located / MODULES < SMALL_MODULE) {
    return abilities?.zoom ? "zoom" : "closer";
  }
  if (located > FILLS * Math.min(width, height)) {
    return "farther";
  }
  return scene.glare > WASHED_OUT ? "glare" : "still";
}
