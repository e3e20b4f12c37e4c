/** The page's side of the decoder: one frame at a time goes to the worker; a worker that fails or hangs is replaced. */

/** @import {Engines, Seen} from "./types.js" */
/** @import {Timers} from "../platform.js" */

import { scriptUrl } from "../addresses.js";
import { TIMERS } from "../platform.js";

/** @typedef {{resolve: (seen: Seen | null) => void, id: number}} Waiting */

const READ_TIMEOUT_MS = 3000;
const LOAD_TIMEOUT_MS = 30_000; // 330 KB over the slowest supported link
const MOST_FAULTS = 4; // in a row, without a frame that was read between
const NO_ENGINE = { wasm: false, native: false };

export class Decoder {
  /** Both false where nothing can be read on this device; never rejects. @type {Promise<Engines>} */
  ready;
  #startWorker;
  #timers;
  #grabFrame = createFrameGrabber();
  /** @type {Worker | null} */
  #worker = null;
  /** @type {Waiting | null} */
  #waiting = null;
  /** @type {unknown} */
  #timeout;
  #isLoaded = false;
  #isBlind = false;
  #faults = 0;
  #lastId = 0;
  /** @type {(engines: Engines) => void} */
  #settle = () => undefined;

  /** Starts the worker, which loads its engines. @param {{start?: () => Worker, timers?: Timers}} [parts] */
  constructor({ start = startWorker, timers = TIMERS } = {}) {
    this.#startWorker = start;
    this.#timers = timers;
    this.ready = new Promise((resolve) => void (this.#settle = resolve));
    this.#open();
  }

  /**
   * What the current frame shows; null where it could not be read (loading, busy, no picture, a fault). Without an
   * engine the result still has the frame's light and movement.
   * @param {HTMLVideoElement} video
   * @returns {Promise<Seen | null>}
   */
  async read(video) {
    const worker = this.#worker;
    if (worker === null || !this.#isLoaded || this.#waiting !== null) {
      return null;
    }
    const id = (this.#lastId += 1);
    /** @type {Promise<Seen | null>} */
    const seen = new Promise((resolve) => void (this.#waiting = { resolve, id }));
    const frame = await this.#grabFrame(video);
    if (frame === null) {
      this.#answer(null, id);
    } else if (this.#isWaitingFor(id)) {
      this.#startTimeout(READ_TIMEOUT_MS);
      this.#worker?.postMessage({ id, frame }, [frame]);
    } else {
      frame.close();
    }
    return seen;
  }

  /** Whether this browser hides the pixels of pictures from pages. */
  isBlind() {
    return this.#isBlind;
  }

  /** False after its workers have failed too often: nothing will be read here. */
  works() {
    return this.#worker !== null;
  }

  close() {
    this.#timers.clearTimeout(this.#timeout);
    this.#worker?.terminate();
    this.#worker = null;
    this.#answer(null);
  }

  #open() {
    this.#isLoaded = false;
    try {
      this.#worker = this.#startWorker();
    } catch {
      this.#settle(NO_ENGINE);
      return;
    }
    this.#worker.addEventListener("message", (event) => this.#onMessage(event));
    this.#worker.addEventListener("error", () => this.#replace());
    this.#startTimeout(LOAD_TIMEOUT_MS);
  }

  #replace() {
    this.close();
    this.#faults += 1;
    if (this.#faults < MOST_FAULTS) {
      this.#open();
    } else {
      this.#settle(NO_ENGINE);
    }
  }

  /** @param {number} ms */
  #startTimeout(ms) {
    this.#timers.clearTimeout(this.#timeout);
    this.#timeout = this.#timers.setTimeout(() => this.#replace(), ms);
  }

  /** @param {number} id */
  #isWaitingFor(id) {
    return this.#waiting !== null && this.#waiting.id === id;
  }

  /** @param {Seen | null} seen @param {number} [id]  Of the frame; without it the current frame is answered. */
  #answer(seen, id = this.#waiting?.id) {
    if (this.#waiting !== null && this.#waiting.id === id) {
      const { resolve } = this.#waiting;
      this.#waiting = null;
      resolve(seen);
    }
  }

  /** @param {MessageEvent} event */
  #onMessage({ data }) {
    this.#timers.clearTimeout(this.#timeout);
    if (data.ready !== undefined) {
      this.#isLoaded = true;
      this.#settle(data.ready);
    } else if (data.isHidden === true) {
      this.#isBlind = true;
      this.#answer(null, data.id);
    } else if (data.seen === null) {
      this.#replace();
    } else {
      this.#faults = 0;
      this.#isBlind = false;
      this.#answer(data.seen, data.id);
    }
  }
}

/** @returns {Worker} */
function startWorker() {
  return new Worker(scriptUrl(new URL("worker.js", import.meta.url).href), { type: "module" });
}

/** Grabs a frame without a copy where the browser can; after a fault always with a copy. */
function createFrameGrabber() {
  let canShare = typeof VideoFrame === "function";
  /** @param {HTMLVideoElement} video @returns {Promise<VideoFrame | ImageBitmap | null>} */
  return async (video) => {
    if (video.readyState < 2 || video.videoWidth === 0) {
      return null;
    }
    if (canShare) {
      try {
        return new VideoFrame(video);
      } catch {
        canShare = false;
      }
    }
    return createImageBitmap(video).catch(() => null);
  };
}
