/** Activity in front of the camera: whether a code is presented and not read, and whether reading may pause. */

/** @import {Scene} from "../decoder/types.js" */

/**
 * @typedef {object} Presence
 * @property {number | null} began  When this presentation began; null while nothing is presented.
 * @property {number} lastSign  The last sign of it.
 * @property {number} hints  How many hints were due in it.
 * @property {number | null} stillSince  Since when the picture has been still.
 * @property {boolean} isArrival  It began with something that came into a still picture.
 *
 * @typedef {object} Evidence
 * @property {number} at
 * @property {boolean} isRead  A card was read.
 * @property {number} located
 * @property {Scene} scene
 */

const DUE_MS = [1750, 6000]; // after the beginning: the first hint, and the last
const GONE_MS = 1000; // without a sign a presentation is over
const STILL = 3; // grey levels of mean change
const STILL_MS = 1000;
const ARRIVED = 8;
const STRUCTURED = 0.06; // share of edges in the middle

export const IDLE_AFTER_MS = 120_000;
/** After a movement without a code, reading continues for this time. */
export const WOKEN_MS = 10_000;
const CHECK_MS = 200;
const MOVED = 6; // grey levels of mean change
const TIMES_USUAL = 2;
const SMOOTHING = 0.8;

/** @type {Presence} */
export const NO_PRESENCE = { began: null, lastSign: 0, hints: 0, stillSince: null, isArrival: false };

/**
 * The presence after one more frame; `due` is the number of the hint that is due now, else 0. A sign is a located
 * symbol, or something that came into a still picture. An idle scene is no sign, nor is a moving hand-held phone.
 * @param {Presence} before @param {Evidence} evidence
 * @returns {{presence: Presence, due: number}}
 */
export function updatePresence(before, { at, isRead, located, scene }) {
  const stillSince = scene.change <= STILL ? (before.stillSince ?? at) : null;
  if (isRead) {
    return { presence: { ...NO_PRESENCE, stillSince }, due: 0 };
  }
  const isArrival = before.isArrival || hasArrived(before, at, scene);
  const isSign = located > 0 || (isArrival && scene.change > STILL && scene.structure >= STRUCTURED);
  if (before.began === null) {
    const none = { ...NO_PRESENCE, stillSince };
    return { presence: isSign ? { ...none, began: at, lastSign: at, isArrival } : none, due: 0 };
  }
  if (!isSign && at - before.lastSign > GONE_MS) {
    return { presence: { ...NO_PRESENCE, stillSince }, due: 0 };
  }
  const isDue = before.hints < DUE_MS.length && isSign && at - before.began >= DUE_MS[before.hints];
  const hints = before.hints + (isDue ? 1 : 0);
  const lastSign = isSign ? at : before.lastSign;
  const presence = { began: before.began, lastSign, hints, stillSince, isArrival };
  return { presence, due: isDue ? hints : 0 };
}

/** @param {Presence} before @param {number} at @param {Scene} scene */
function hasArrived({ stillSince }, at, { change, structure }) {
  const wasStill = stillSince !== null && at - stillSince >= STILL_MS;
  return wasStill && change >= ARRIVED && structure >= STRUCTURED;
}

/**
 * Pauses the reading to save the battery: after two minutes without a code, until a touch, or until the picture
 * changes more than usual.
 */
export class IdleTimer {
  #parts;
  #isIdle = false;
  #due;
  #lastCheck = -Infinity;
  /** @type {number | null} */
  #usual = null;

  /**
   * @param {{now: () => number, movement: () => number | null, on: (isIdle: boolean) => void}} parts
   *   `movement`: mean change of the picture since the last call, in grey levels; null where it is unknown.
   */
  constructor(parts) {
    this.#parts = parts;
    this.#due = parts.now() + IDLE_AFTER_MS;
  }

  /** Call it for a code and for a touch. */
  wake() {
    this.#enter(false, IDLE_AFTER_MS);
  }

  /** Call it at every picture, before it is read. */
  isIdle() {
    const now = this.#parts.now();
    if (this.#isIdle) {
      this.#checkMovement(now);
    } else if (now >= this.#due) {
      this.#usual = null;
      this.#lastCheck = now;
      this.#parts.movement();
      this.#enter(true, 0);
    }
    return this.#isIdle;
  }

  /** @param {boolean} next @param {number} ms */
  #enter(next, ms) {
    this.#due = this.#parts.now() + ms;
    if (this.#isIdle !== next) {
      this.#isIdle = next;
      this.#parts.on(next);
    }
  }

  /** @param {number} now */
  #checkMovement(now) {
    if (now - this.#lastCheck < CHECK_MS) {
      return;
    }
    this.#lastCheck = now;
    const change = this.#parts.movement();
    if (change === null) {
      return;
    }
    const usual = this.#usual;
    // Constant movement, of a phone in a hand or of a screen in view, does not wake the scanner.
    this.#usual = usual === null ? change : SMOOTHING * usual + (1 - SMOOTHING) * change;
    if (usual !== null && change >= MOVED && change >= TIMES_USUAL * usual) {
      this.#enter(false, WOKEN_MS);
    }
  }
}

/**
 * Measures how much the picture of a video has changed since the last call, on a tiny canvas.
 * @param {HTMLVideoElement} video
 * @returns {() => number | null}
 */
export function createMovementMeter(video) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [32, 18];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  /** @type {Uint8ClampedArray | null} */
  let previous = null;
  return () => {
    if (context === null || video.readyState < 2) {
      return null;
    }
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const last = previous;
    previous = data;
    return last && meanChange(last, data);
  };
}

/** Over the green of each pixel. @param {Uint8ClampedArray} one @param {Uint8ClampedArray} other */
function meanChange(one, other) {
  let sum = 0;
  for (let at = 1; at < one.length; at += 4) sum += Math.abs(one[at] - other[at]);
  return (4 * sum) / one.length;
}
