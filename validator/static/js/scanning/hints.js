// @ts-check
/** What would help with a code that is held up and not read. */

/** @typedef {"torch" | "glare" | "zoom" | "closer" | "farther" | "too_close" | "beside" | "still" | "type"} Hint */

const DARK = 45; // grey levels
const WASHED_OUT = 0.3; // of the middle
const MODULES = 33; // across an official code
const SMALL_MODULE = 3.2; // pixels; ordinary pictures are read from 3.5
const FILLS = 0.8; // of the frame's shorter side
const BLURRED = 0.4; // steepness of the sharpest edges
const NEAR = 0.35; // of the frame's shorter side: a blurred code of that size is too near for the lens

/**
 * @param {object} view
 * @param {import("../decoder/types.js").Scene} view.scene
 * @param {number} view.located  Side of a symbol in pixels; 0 where none was located.
 * @param {boolean} [view.isBeside]  Another code was read.
 * @param {number} view.width @param {number} view.height
 * @param {{torch: boolean, zoom: object | null} | null} view.abilities  Of the camera.
 * @param {number} due  1 for the first help of a presentation; later ones offer another way.
 * @returns {Hint}
 */
export function hintFor({ scene, located, isBeside = false, width, height, abilities }, due) {
  if (due > 1) {
    return "type";
  }
  if (scene.light < DARK && abilities?.torch === true) {
    return "torch";
  }
  if (located === 0 && isBeside) {
    return "beside";
  }
  if (scene.sharpness < BLURRED && scene.glare <= WASHED_OUT) {
    return located === 0 || located > NEAR * Math.min(width, height) ? "too_close" : "still";
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
