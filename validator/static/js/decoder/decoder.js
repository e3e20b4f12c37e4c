/** The page's side of the decoder: one frame at a time goes to the worker; a worker that fails or hangs is replaced. */

/** @import {Engines, Seen} from "./types.js" */
/** @import {Timers} from "../timers.js" */

import { TIMERS } from "../timers.js";
import { scriptUrl } from "../trusted.js";

/**
 * @typedef {object} Decoder
 * @property {Promise<Engines>} ready  Both false where nothing can be read on this device; never rejects.
 * @property {(video: HTMLVideoElement) => Promise<Seen | null>} read
 *   What the current frame shows; null where it could not be read (loading, busy, no picture, a fault). Without an
 *   engine the result still has the frame's light and movement.
 * @property {() => boolean} isBlind  This browser hides the pixels of pictures from pages.
 * @property {() => boolean} works  False after its workers have failed too often: nothing will be read here.
 * @property {() => void} close
 *
 * @typedef {{resolve: (seen: Seen | null) => void, id: number}} Waiting
 */

const READ_TIMEOUT_MS = 3000;
const LOAD_TIMEOUT_MS = 30_000; // 330 KB over the slowest supported link
const MOST_FAULTS = 4; // in a row, without a frame that was read between
const NO_ENGINE = { wasm: false, native: false };

/**
 * Starts the worker, which loads its engines.
 * @param {{start?: () => Worker, timers?: Timers}} [parts]
 * @returns {Decoder}
 */
export function startDecoder({ start = startWorker, timers = TIMERS } = {}) {
  const grabFrame = createFrameGrabber();
  /** @type {Worker | null} */
  let worker = null;
  /** @type {Waiting | null} */
  let waiting = null;
  /** @type {unknown} */
  let timeout;
  let isLoaded = false;
  let isBlind = false;
  let faults = 0;
  let lastId = 0;
  /** @type {(engines: Engines) => void} */
  let settle = () => undefined;
  /** @type {Promise<Engines>} */
  const ready = new Promise((resolve) => void (settle = resolve));

  function open() {
    isLoaded = false;
    try {
      worker = start();
    } catch {
      settle(NO_ENGINE);
      return;
    }
    worker.addEventListener("message", onMessage);
    worker.addEventListener("error", replace);
    startTimeout(LOAD_TIMEOUT_MS);
  }

  /** @param {number} ms */
  function startTimeout(ms) {
    timers.clearTimeout(timeout);
    timeout = timers.setTimeout(replace, ms);
  }

  function close() {
    timers.clearTimeout(timeout);
    worker?.terminate();
    worker = null;
    answer(null);
  }

  function replace() {
    close();
    faults += 1;
    if (faults < MOST_FAULTS) {
      open();
    } else {
      settle(NO_ENGINE);
    }
  }

  /** @param {number} id */
  function isWaitingFor(id) {
    return waiting !== null && waiting.id === id;
  }

  /** @param {Seen | null} seen @param {number} [id]  Of the frame; without it the current frame is answered. */
  function answer(seen, id = waiting?.id) {
    if (waiting !== null && waiting.id === id) {
      const { resolve } = waiting;
      waiting = null;
      resolve(seen);
    }
  }

  /** @param {MessageEvent} event */
  function onMessage({ data }) {
    timers.clearTimeout(timeout);
    if (data.ready !== undefined) {
      isLoaded = true;
      settle(data.ready);
    } else if (data.isHidden === true) {
      isBlind = true;
      answer(null, data.id);
    } else if (data.seen === null) {
      replace();
    } else {
      faults = 0;
      isBlind = false;
      answer(data.seen, data.id);
    }
  }

  /** @param {HTMLVideoElement} video @returns {Promise<Seen | null>} */
  async function read(video) {
    if (worker === null || !isLoaded || waiting !== null) {
      return null;
    }
    const id = (lastId += 1);
    /** @type {Promise<Seen | null>} */
    const seen = new Promise((resolve) => void (waiting = { resolve, id }));
    const frame = await grabFrame(video);
    if (frame === null) {
      answer(null, id);
    } else if (isWaitingFor(id)) {
      startTimeout(READ_TIMEOUT_MS);
      worker.postMessage({ id, frame }, [frame]);
    } else {
      frame.close();
    }
    return seen;
  }

  open();
  return { ready, read, isBlind: () => isBlind, works: () => worker !== null, close };
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
