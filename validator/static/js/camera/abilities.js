// @ts-check
/**
 * What a camera's track can do beyond pictures: torch, zoom, focus. Any of it may be missing; nothing here
 * throws.
 */

/** @typedef {import("./types.js").Abilities} Abilities */
/** @typedef {import("./types.js").WideCapabilities} WideCapabilities */

/**
 * @param {MediaStreamTrack} track
 * @returns {Abilities}
 */
export function abilitiesOf(track) {
  const able = capabilitiesOf(track);
  const { width = 0, height = 0 } = track.getSettings?.() ?? {};
  const zoom = able.zoom !== undefined && able.zoom.max > able.zoom.min ? able.zoom : null;
  const { min, max, step } = zoom ?? { min: 1, max: 1, step: 1 };
  return { torch: able.torch === true, zoom: zoom && { min, max, step }, label: track.label, width, height };
}

/**
 * Firefox before 132 has no getCapabilities at all.
 * @param {MediaStreamTrack} track
 * @returns {WideCapabilities}
 */
function capabilitiesOf(track) {
  try {
    return track.getCapabilities?.() ?? {};
  } catch {
    return {};
  }
}

/**
 * Keep the focus moving where the camera can.
 * @param {MediaStreamTrack} track
 */
export async function focusContinuously(track) {
  const canFocus = capabilitiesOf(track).focusMode?.includes("continuous") ?? false;
  return canFocus && apply(track, { focusMode: "continuous" });
}

/**
 * Whether the torch is now as asked.
 * @param {MediaStreamTrack} track @param {boolean} on
 */
export async function setTorch(track, on) {
  return abilitiesOf(track).torch && apply(track, { torch: on });
}

/**
 * Whether the zoom is now as asked, as near as the camera can.
 * @param {MediaStreamTrack} track @param {number} level
 */
export async function setZoom(track, level) {
  const { zoom } = abilitiesOf(track);
  return zoom !== null && apply(track, { zoom: Math.min(zoom.max, Math.max(zoom.min, level)) });
}

/** @param {MediaStreamTrack} track @param {Record<string, unknown>} constraint */
async function apply(track, constraint) {
  try {
    await track.applyConstraints({ advanced: [/** @type {MediaTrackConstraintSet} */ (constraint)] });
    return true;
  } catch {
    return false;
  }
}
