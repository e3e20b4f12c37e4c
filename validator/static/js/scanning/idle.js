// @ts-check
/**
 * When pictures are no longer read, to spare the battery: after two minutes without a code, until a touch or a
 * movement that is more than the picture's usual one.
 */

export const IDLE_AFTER_MS = 120_000;
/** What only moved, and showed no code, keeps the reading on for so long. */
export const WOKEN_MS = 10_000;
const WATCH_MS = 200;
const MOVED = 6; // grey levels of mean change
const MORE_THAN_USUAL = 2;
const INERTIA = 0.8;

/**
 * Whether this change of the picture is somebody's coming, and what is usual after it. A phone in a hand sways, a
 * screen in view moves: what goes on for ever wakes nobody.
 * @param {number | null} usual @param {number} change
 * @returns {{isComing: boolean, usual: number}}
 */
export function weigh(usual, change) {
  const isComing = usual !== null && change >= MOVED && change >= MORE_THAN_USUAL * usual;
  return { isComing, usual: usual === null ? change : INERTIA * usual + (1 - INERTIA) * change };
}

/**
 * @param {{now: () => number, movement: () => number | null, on: (isIdle: boolean) => void}} parts
 *   `movement`: mean change of the picture, in grey levels, since it was last asked; null where it cannot be told.
 * @returns {{wake: () => void, isIdle: () => boolean}} `wake` is for a code and for a touch; `isIdle` is asked at
 *   every picture, before it is read.
 */
export function createIdle({ now, movement, on }) {
  let isIdle = false;
  let due = now() + IDLE_AFTER_MS;
  let lastWatch = -Infinity;
  /** @type {number | null} */
  let usual = null;

  /** @param {boolean} next @param {number} ms */
  function become(next, ms) {
    due = now() + ms;
    if (isIdle !== next) {
      isIdle = next;
      on(next);
    }
  }

  function fallIdle() {
    usual = null;
    lastWatch = now();
    movement();
    become(true, 0);
  }

  function watch() {
    if (now() - lastWatch < WATCH_MS) {
      return;
    }
    lastWatch = now();
    const change = movement();
    if (change !== null) {
      const weighed = weigh(usual, change);
      usual = weighed.usual;
      if (weighed.isComing) {
        become(false, WOKEN_MS);
      }
    }
  }

  return {
    wake: () => become(false, IDLE_AFTER_MS),
    isIdle() {
      if (isIdle) {
        watch();
      } else if (now() >= due) {
        fallIdle();
      }
      return isIdle;
    },
  };
}

/**
 * How much the picture of a film has changed since the last call, seen on a tiny canvas.
 * @param {HTMLVideoElement} video
 * @returns {() => number | null}
 */
export function createMovement(video) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [32, 18];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  /** @type {Uint8ClampedArray | null} */
  let before = null;
  return () => {
    if (context === null || video.readyState < 2) {
      return null;
    }
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const last = before;
    before = data;
    return last && meanChange(last, data);
  };
}

/** Of the green of each point. @param {Uint8ClampedArray} one @param {Uint8ClampedArray} other */
function meanChange(one, other) {
  let sum = 0;
  for (let at = 1; at < one.length; at += 4) sum += Math.abs(one[at] - other[at]);
  return (4 * sum) / one.length;
}
