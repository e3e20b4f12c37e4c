/** Reading by the server: one full picture at a time, dropped when this device reads something first. */

/** @import {Payload, Refusal} from "../types.js" */

/**
 * @typedef {{engine: "server", ms: number}} ServerMeta
 *
 * @typedef {(picture: Blob, signal: AbortSignal) => Promise<Payload | Refusal | null | undefined | void>} ReadOnServer
 *   What the server read, with any other fields that the listener needs; null where it read nothing. `signal` aborts
 *   when a local reading came first.
 *
 * @typedef {object} ServerReadingParts
 * @property {ReadOnServer | null} read
 * @property {() => boolean} isAllowed
 * @property {() => Promise<Blob | null>} takePicture
 * @property {() => number} now
 * @property {{card: (payload: Payload, meta: ServerMeta) => void, foreign?: (refusal: Refusal) => void,
 *   busy?: (isBusy: boolean) => void}} on
 */

const JPEG_QUALITY = 0.9;

export class ServerReading {
  #parts;
  /** @type {AbortController | null} */
  #running = null;

  /** @param {ServerReadingParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Sends one picture, unless one is being read or it is not allowed. */
  async request() {
    const { read, isAllowed, on } = this.#parts;
    if (read === null || this.#running !== null || !isAllowed()) {
      return;
    }
    this.#running = new AbortController();
    on.busy?.(true);
    try {
      await this.#run(read, this.#running.signal);
    } catch {
      // No picture or no answer: the next presentation of a code sends another picture.
    } finally {
      this.#running = null;
      on.busy?.(false);
    }
  }

  /** A local reading came: the server's answer to an older picture is ignored. */
  cancel() {
    this.#running?.abort();
  }

  /** @param {ReadOnServer} read @param {AbortSignal} signal */
  async #run(read, signal) {
    const { takePicture, now, on } = this.#parts;
    const began = now();
    const picture = await takePicture();
    const found = picture === null || signal.aborted ? null : await read(picture, signal);
    if (!found || signal.aborted) {
      return;
    }
    if ("code" in found) {
      on.foreign?.(found);
    } else {
      on.card(found, { engine: "server", ms: now() - began });
    }
  }
}

/**
 * The current picture of the video as a JPEG in full resolution; null where there is none. Nothing of it is stored.
 * @param {HTMLVideoElement} video
 * @returns {Promise<Blob | null>}
 */
export async function takePicture(video) {
  if (video.readyState < 2 || video.videoWidth === 0) {
    return null;
  }
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext("2d");
  if (context === null) {
    return null;
  }
  context.drawImage(video, 0, 0);
  /** @type {Blob | null} */
  const picture = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", JPEG_QUALITY));
  [canvas.width, canvas.height] = [0, 0]; // Safari keeps the memory of unused canvases for a long time
  return picture;
}
