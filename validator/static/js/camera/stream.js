// @ts-check
/** Asking for the camera: the chosen one, else the one that faces away, as large as codes need. */

/**
 * @typedef {{facing: "environment" | "user", device: string | null}} Wish
 * @typedef {{ok: true, stream: MediaStream, isChosen: boolean} | {ok: false, name: string}} Opened
 *   `isChosen`: the wished device was there; `name`: of the error.
 */

// 15 mm codes at 20 cm need 1920 pixels across: 3.5 a module.
const SIZE = { width: { ideal: 1920 }, height: { ideal: 1080 } };
const BUSY = new Set(["NotReadableError", "TrackStartError", "AbortError"]);
const GONE = new Set(["OverconstrainedError", "NotFoundError", "DevicesNotFoundError"]);
const SOON_MS = 600; // another app, or our own last stream, may be just letting go of it

/**
 * @param {Wish} wish
 * @returns {MediaStreamConstraints}
 */
export function constraintsOf({ facing, device }) {
  const which = device === null ? { facingMode: { ideal: facing } } : { deviceId: { exact: device } };
  return { audio: false, video: { ...SIZE, ...which } };
}

/**
 * Never rejects. A chosen device that is gone falls back to any; a busy one is asked once more.
 * @param {Pick<MediaDevices, "getUserMedia"> | undefined} mediaDevices @param {Wish} wish
 * @param {(ms: number) => Promise<void>} wait
 * @returns {Promise<Opened>}
 */
export async function openStream(mediaDevices, wish, wait) {
  if (mediaDevices === undefined || mediaDevices.getUserMedia === undefined) {
    return { ok: false, name: "unsupported" };
  }
  const first = await ask(mediaDevices, wish);
  if (first.ok) {
    return first;
  }
  if (BUSY.has(first.name)) {
    await wait(SOON_MS);
    return ask(mediaDevices, wish);
  }
  return GONE.has(first.name) && wish.device !== null ? ask(mediaDevices, { ...wish, device: null }) : first;
}

/** @param {Pick<MediaDevices, "getUserMedia">} mediaDevices @param {Wish} wish @returns {Promise<Opened>} */
async function ask(mediaDevices, wish) {
  try {
    const stream = await mediaDevices.getUserMedia(constraintsOf(wish));
    return { ok: true, stream, isChosen: wish.device !== null };
  } catch (error) {
    return { ok: false, name: error instanceof Error ? error.name : "unknown" };
  }
}

/**
 * Let go of a stream at once: on iOS a second one would kill the first.
 * @param {MediaStream | null} stream
 */
export function closeStream(stream) {
  for (const track of stream?.getTracks() ?? []) {
    track.stop();
  }
}
