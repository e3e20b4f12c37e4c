// @ts-check
/** One look at one frame: our engine and, on the same frame, the browser's own; the first card wins. */

import { createScene } from "./scene.js";
import { sight } from "./sightings.js";
import { createSteps } from "./steps.js";

/** @typedef {import("./types.js").Plane} Plane */
/** @typedef {import("./types.js").Reader} Reader */
/** @typedef {import("./types.js").Seen} Seen */
/** @typedef {import("./types.js").Meta} Meta */
/** @typedef {import("./native.js").Native} Native */
/** @typedef {import("./sightings.js").Sighting} Sighting */

const NATIVE_PATIENCE_MS = 60; // how long a frame waits for the browser's detector where ours found nothing
const LIVELY_MS = 6000; // all steps for so long after something moved: a still room costs little
const MOVED = 6; // grey levels of mean change

/** @type {{sighting: Sighting, located: number}} */
const NOTHING = { sighting: { seen: "nothing" }, located: 0 };

/**
 * Looks at frames and closes them. The answer is all that may leave the worker; rejects where the engine
 *   broke.
 * @param {{reader: Reader | null, native: Native | null, now: () => number, wait: (ms: number) =>
 *   Promise<void>,
 *   take: (frame: VideoFrame | ImageBitmap) => Promise<Plane>, budget?: number}} parts
 * @returns {(frame: VideoFrame | ImageBitmap) => Promise<Seen>}
 */
export function createLook({ reader, native, now, wait, take, budget }) {
  const scene = createScene();
  const steps = reader === null ? () => NOTHING : createSteps({ reader, now, budget });
  let livelyUntil = now() + LIVELY_MS;

  /** @param {Promise<string[]> | null} pending @returns {Promise<Sighting>} */
  async function others(pending) {
    const late = wait(NATIVE_PATIENCE_MS).then(() => []);
    return pending === null ? NOTHING.sighting : sight(await Promise.race([pending, late]));
  }

  return async (frame) => {
    const began = now();
    const pending = native === null ? null : native.detect(frame);
    try {
      const plane = await take(frame);
      const view = scene.see(plane, began);
      livelyUntil = view.change > MOVED ? began + LIVELY_MS : livelyUntil;
      const { sighting: ours, located } = steps(plane, began, began < livelyUntil);
      const theirs = isCard(ours) ? NOTHING.sighting : await others(pending);
      const isTheirs = ours.seen === "nothing" ? theirs.seen !== "nothing" : isCard(theirs);
      const engine = isTheirs ? "native" : reader === null ? "none" : "wasm";
      const { width, height } = plane;
      const meta = { engine, ms: now() - began, width, height, located, scene: view };
      return seen(isTheirs ? theirs : ours, /** @type {Meta} */ (meta));
    } finally {
      void Promise.resolve(pending).finally(() => frame.close());
    }
  };
}

/** @param {Sighting} sighting */
function isCard({ seen: what }) {
  return what === "card" || what === "several";
}

/** @param {Sighting} sighting @param {Meta} meta @returns {Seen} */
function seen(sighting, meta) {
  return sighting.seen === "nothing" ? { ...sighting, hint: meta.located > 0, meta } : { ...sighting, meta };
}
