/** One camera stream: opens it, closes it, and controls its torch, zoom and focus. Nothing here throws. */

/**
 * @typedef {{facing: "environment" | "user", device: string | null}} CameraChoice  `device`: the id of a chosen camera.
 * @typedef {{ok: true, stream: MediaStream} | {ok: false, name: string}} Opened  `name`: of the error.
 *
 * @typedef {object} Capabilities  What the camera in use can do.
 * @property {boolean} torch
 * @property {{min: number, max: number, step: number} | null} zoom
 * @property {string} label
 * @property {number} width
 * @property {number} height
 *
 * @typedef {MediaTrackCapabilities & {torch?: boolean, zoom?: {min: number, max: number, step: number},
 *   focusMode?: string[]}} TrackCapabilities  As browsers report them; the DOM's types leave these out.
 */

// Codes of 15 mm at a distance of 20 cm need 1920 pixels across: 3.5 pixels a module.
const SIZE = { width: { ideal: 1920 }, height: { ideal: 1080 } };
const BUSY = new Set(["NotReadableError", "TrackStartError", "AbortError"]);
const GONE = new Set(["OverconstrainedError", "NotFoundError", "DevicesNotFoundError"]);
const RETRY_MS = 600; // another app, or our own last stream, may still be releasing the camera

/**
 * Never rejects. Falls back to any camera if the chosen one is gone; tries a busy one once more.
 * @param {Pick<MediaDevices, "getUserMedia"> | undefined} mediaDevices @param {CameraChoice} choice
 * @param {(ms: number) => Promise<void>} wait
 * @returns {Promise<Opened>}
 */
export async function openStream(mediaDevices, choice, wait) {
  if (mediaDevices === undefined || mediaDevices.getUserMedia === undefined) {
    return { ok: false, name: "unsupported" };
  }
  const first = await request(mediaDevices, choice);
  if (first.ok) {
    return first;
  }
  if (BUSY.has(first.name)) {
    await wait(RETRY_MS);
    return request(mediaDevices, choice);
  }
  return GONE.has(first.name) && choice.device !== null ? request(mediaDevices, { ...choice, device: null }) : first;
}

/** @param {Pick<MediaDevices, "getUserMedia">} mediaDevices @param {CameraChoice} choice @returns {Promise<Opened>} */
async function request(mediaDevices, { facing, device }) {
  const which = device === null ? { facingMode: { ideal: facing } } : { deviceId: { exact: device } };
  try {
    return { ok: true, stream: await mediaDevices.getUserMedia({ audio: false, video: { ...SIZE, ...which } }) };
  } catch (error) {
    return { ok: false, name: error instanceof Error ? error.name : "unknown" };
  }
}

/**
 * Stops a stream at once: on iOS a second stream would stop the first.
 * @param {MediaStream | null} stream
 */
export function closeStream(stream) {
  for (const track of stream?.getTracks() ?? []) {
    track.stop();
  }
}

/**
 * @param {MediaStreamTrack} track
 * @returns {Capabilities}
 */
export function capabilitiesOf(track) {
  const { torch, zoom: range } = trackCapabilities(track);
  const { width = 0, height = 0 } = track.getSettings?.() ?? {};
  const zoom = range !== undefined && range.max > range.min ? range : null;
  const { min, max, step } = zoom ?? { min: 1, max: 1, step: 1 };
  return { torch: torch === true, zoom: zoom && { min, max, step }, label: track.label, width, height };
}

/**
 * Firefox before 132 has no getCapabilities.
 * @param {MediaStreamTrack} track
 * @returns {TrackCapabilities}
 */
function trackCapabilities(track) {
  try {
    return track.getCapabilities?.() ?? {};
  } catch {
    return {};
  }
}

/**
 * Switches continuous focus on where the camera has it.
 * @param {MediaStreamTrack} track
 */
export async function focusContinuously(track) {
  const canFocus = trackCapabilities(track).focusMode?.includes("continuous") ?? false;
  return canFocus && apply(track, { focusMode: "continuous" });
}

/**
 * Returns whether the torch is now as requested.
 * @param {MediaStreamTrack} track @param {boolean} on
 */
export async function setTorch(track, on) {
  return capabilitiesOf(track).torch && apply(track, { torch: on });
}

/**
 * Returns whether the zoom is now as requested, within the camera's range.
 * @param {MediaStreamTrack} track @param {number} level
 */
export async function setZoom(track, level) {
  const { zoom } = capabilitiesOf(track);
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
