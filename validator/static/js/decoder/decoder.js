// @ts-check
/**
 * The page's side of the decoder: one frame at a time to the worker; a worker that dies or hangs is
 * replaced.
 */

import { scriptUrl } from "../trusted.js";

/** @typedef {import("./types.js").Engines} Engines */
/** @typedef {import("./types.js").Seen} Seen */

/**
 * @typedef {object} Decoder
 * @property {Promise<Engines>} ready  Both false where nothing can be read on this device; never rejects.
 * @property {(video: HTMLVideoElement) => Promise<Seen | null>} read
 *   What this moment's frame shows; null where it could not be looked at (loading, busy, no picture, a
 *   fault). Without an engine frames still tell of their light and movement.
 * @property {() => boolean} isBlind  This browser hides the pixels of pictures from pages.
 * @property {() => boolean} works  False once its workers have died too often: nothing will be read here.
 * @property {() => void} close
 *
 * @typedef {{resolve: (seen: Seen | null) => void, id: number}} Waiting
 */

const HANGS_MS = 3000;
const LOADS_MS = 30_000; // 330 KB over the worst link that still has a server
const MOST_FAULTS = 4; // in a row, without a look between
const NO_ENGINE = { wasm: false, native: false };

/**
 * Start the worker and load its engines.
 * @param {{start?: () => Worker, timers?: Pick<typeof globalThis, "setTimeout" | "clearTimeout">}} [parts]
 * @returns {Decoder}
 */
export function startDecoder({ start = startWorker, timers = globalThis } = {}) {
  const grab = createGrab();
  /** @type {Worker | null} */
  let worker = null;
  /** @type {Waiting | null} */
  let waiting = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let alarm;
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
    worker.addEventListener("message", hear);
    worker.addEventListener("error", replace);
    watch(LOADS_MS);
  }

  /** @param {number} ms */
  function watch(ms) {
    timers.clearTimeout(alarm);
    alarm = timers.setTimeout(replace, ms);
  }

  function close() {
    timers.clearTimeout(alarm);
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
  function isAsked(id) {
    return waiting !== null && waiting.id === id;
  }

  /** @param {Seen | null} seen @param {number} [id]  Only to this look; to whichever it is where left out. */
  function answer(seen, id = waiting?.id) {
    if (waiting !== null && waiting.id === id) {
      const { resolve } = waiting;
      waiting = null;
      resolve(seen);
    }
  }

  /** @param {MessageEvent} event */
  function hear({ data }) {
    timers.clearTimeout(alarm);
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
    const frame = await grab(video);
    if (frame === null) {
      answer(null, id);
    } else if (isAsked(id)) {
      watch(HANGS_MS);
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

/** A frame without copying it where the browser can; a fault leaves the copy for good. */
function createGrab() {
  let canWrap = typeof VideoFrame === "function";
  /** @param {HTMLVideoElement} video @returns {Promise<VideoFrame | ImageBitmap | null>} */
  return async (video) => {
    if (video.readyState < 2 || video.videoWidth === 0) {
      return null;
    }
    if (canWrap) {
      try {
        return new VideoFrame(video);
      } catch {
        canWrap = false;
      }
    }
    return createImageBitmap(video).catch(() => null);
  };
}
