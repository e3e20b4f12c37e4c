/** Watches a started camera: reports when it gives no pictures, and decides when to try again. */

/** @import {Intervals} from "../timers.js" */

/**
 * @typedef {object} Health  What is known of a stream; instants in ms.
 * @property {number} now
 * @property {number} since  The stream began, or the page came back to the front.
 * @property {number} lastFrame  The last new picture; `since` where there was none yet.
 * @property {number | null} mutedSince
 * @property {boolean} ended
 * @property {boolean} black  All pictures since the stream began were black.
 * @property {boolean} hidden  The page is not visible: nothing is a fault.
 *
 * @typedef {"ended" | "muted" | "still" | "black"} Fault
 *
 * @typedef {object} Page  The document and window whose return to the front matters.
 * @property {Document} document
 * @property {Window} window
 */

const STILL_MS = 2000;
const BLACK_MS = 1500; // some cameras begin with a few dark pictures
const MUTED_MS = 1500; // an incoming call mutes the camera for a moment
const HEALTHY_MS = 5000; // after this time without a fault, earlier restarts no longer count
/** Before the first, second and third restart in a row; after that the person at the device is asked to help. */
const RESTART_DELAYS_MS = [0, 700, 2500];
const TICK_MS = 250;
const SLEPT_MS = 1500; // a longer gap between ticks: the device slept, and the camera needs a moment to wake
const BLACK = 6; // grey level of the brightest spot

/**
 * @param {Health} health
 * @returns {Fault | null}
 */
export function findFault({ now, since, lastFrame, mutedSince, ended, black, hidden }) {
  if (hidden) {
    return null;
  }
  if (ended) {
    return "ended";
  }
  if (mutedSince !== null && now - Math.max(mutedSince, since) >= MUTED_MS) {
    return "muted";
  }
  if (now - Math.max(lastFrame, since) >= STILL_MS) {
    return "still";
  }
  return black && now - since >= BLACK_MS ? "black" : null;
}

/**
 * How long to wait before another restart, in ms; null after too many.
 * @param {number} restarts  In a row, without a healthy stream between.
 * @returns {number | null}
 */
export function restartDelay(restarts) {
  return RESTART_DELAYS_MS[restarts] ?? null;
}

/**
 * @param {HTMLVideoElement} video
 * @param {{now: () => number, timers: Intervals, page: Page, brightest: (video: HTMLVideoElement) => number | null,
 *   onFault: (fault: Fault) => void, onHealthy: () => void, onReturn: () => void}} parts
 *   `brightest`: the grey level of the picture's brightest spot; null where it is unknown.
 *   `onReturn`: the page came back to the front.
 * @returns {{start: (track: MediaStreamTrack) => void, stop: () => void, close: () => void}}
 */
export function createWatchdog(video, { now, timers, page, brightest, onFault, onHealthy, onReturn }) {
  /** @type {MediaStreamTrack | null} */
  let track = null;
  /** @type {unknown} */
  let interval;
  let since = 0;
  let lastTick = 0;
  /** @type {number | null} */
  let mutedSince = null;
  const picture = createPictureCheck(video, brightest);
  const onMute = () => void (mutedSince = now());
  const onUnmute = () => void (mutedSince = null);

  /** @param {MediaStreamTrack} started */
  function start(started) {
    stop();
    track = started;
    since = lastTick = now();
    picture.reset(since);
    mutedSince = track.muted ? since : null;
    track.addEventListener("mute", onMute);
    track.addEventListener("unmute", onUnmute);
    track.addEventListener("ended", tick);
    interval = timers.setInterval(tick, TICK_MS);
  }

  function stop() {
    timers.clearInterval(interval);
    track?.removeEventListener("mute", onMute);
    track?.removeEventListener("unmute", onUnmute);
    track?.removeEventListener("ended", tick);
    track = null;
  }

  function tick() {
    if (track === null) {
      return;
    }
    const at = now();
    since = at - lastTick > SLEPT_MS ? at : since;
    lastTick = at;
    const ended = track.readyState === "ended";
    const hidden = page.document.visibilityState === "hidden";
    const fault = findFault({ now: at, since, ...picture.check(at), mutedSince, ended, hidden });
    if (fault !== null) {
      stop();
      onFault(fault);
    } else if (at - since >= HEALTHY_MS) {
      onHealthy();
    }
  }

  function comeBack() {
    if (page.document.visibilityState !== "hidden") {
      since = lastTick = now();
      onReturn();
      tick();
    }
  }

  const close = onFront(page, comeBack);
  return {
    start,
    stop,
    close() {
      stop();
      close();
    },
  };
}

/**
 * When the last new picture came, and whether all pictures so far were black.
 * @param {HTMLVideoElement} video @param {(video: HTMLVideoElement) => number | null} brightest
 */
function createPictureCheck(video, brightest) {
  let lastFrame = 0;
  let lastTime = -1;
  let black = true;
  return {
    /** @param {number} at */
    reset(at) {
      lastFrame = at;
      lastTime = video.currentTime;
      black = true;
    },
    /** @param {number} at */
    check(at) {
      if (video.currentTime !== lastTime) {
        lastTime = video.currentTime;
        lastFrame = at;
        black = black && (brightest(video) ?? 255) <= BLACK;
      }
      return { lastFrame, black };
    },
  };
}

/**
 * Calls `act` when the page comes to the front; returns a function that ends this. After iOS brought an app to the
 * front the picture can be dead without any visibilitychange.
 * @param {Page} page @param {() => void} act
 */
function onFront({ document, window }, act) {
  document.addEventListener("visibilitychange", act);
  window.addEventListener("pageshow", act);
  window.addEventListener("focus", act);
  return () => {
    document.removeEventListener("visibilitychange", act);
    window.removeEventListener("pageshow", act);
    window.removeEventListener("focus", act);
  };
}

/**
 * Measures the brightest of a few spots of the picture, on a tiny canvas so that the page does not wait.
 * @returns {(video: HTMLVideoElement) => number | null}
 */
export function createBrightnessMeter() {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [16, 9];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return (video) => {
    if (context === null || video.readyState < 2) {
      return null;
    }
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return data.reduce((most, value, at) => (at % 4 === 1 ? Math.max(most, value) : most), 0);
  };
}
