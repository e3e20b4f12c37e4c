/** Watches a started camera: reports when it gives no pictures, and decides when to try again. */

/** @import {Intervals} from "../platform.js" */

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
 * @typedef {object} WatchdogParts
 * @property {() => number} now
 * @property {Intervals} timers
 * @property {Page} page
 * @property {(video: HTMLVideoElement) => number | null} brightest  The grey level of the picture's brightest spot;
 *   null where it is unknown.
 * @property {(fault: Fault) => void} onFault
 * @property {() => void} onHealthy
 * @property {() => void} onReturn  The page came back to the front.
 */

export class Watchdog {
  #parts;
  #picture;
  #endReturn;
  /** @type {MediaStreamTrack | null} */
  #track = null;
  /** @type {unknown} */
  #interval;
  #since = 0;
  #lastTick = 0;
  /** @type {number | null} */
  #mutedSince = null;
  #onMute = () => void (this.#mutedSince = this.#parts.now());
  #onUnmute = () => void (this.#mutedSince = null);
  #onTick = () => this.#tick();

  /** @param {HTMLVideoElement} video @param {WatchdogParts} parts */
  constructor(video, parts) {
    this.#parts = parts;
    this.#picture = createPictureCheck(video, parts.brightest);
    this.#endReturn = onFront(parts.page, () => this.#comeBack());
  }

  /** @param {MediaStreamTrack} track */
  start(track) {
    this.stop();
    this.#track = track;
    this.#since = this.#lastTick = this.#parts.now();
    this.#picture.reset(this.#since);
    this.#mutedSince = track.muted ? this.#since : null;
    track.addEventListener("mute", this.#onMute);
    track.addEventListener("unmute", this.#onUnmute);
    track.addEventListener("ended", this.#onTick);
    this.#interval = this.#parts.timers.setInterval(this.#onTick, TICK_MS);
  }

  stop() {
    this.#parts.timers.clearInterval(this.#interval);
    this.#track?.removeEventListener("mute", this.#onMute);
    this.#track?.removeEventListener("unmute", this.#onUnmute);
    this.#track?.removeEventListener("ended", this.#onTick);
    this.#track = null;
  }

  close() {
    this.stop();
    this.#endReturn();
  }

  #tick() {
    if (this.#track === null) {
      return;
    }
    const now = this.#parts.now();
    this.#since = now - this.#lastTick > SLEPT_MS ? now : this.#since;
    this.#lastTick = now;
    const [since, mutedSince] = [this.#since, this.#mutedSince];
    const ended = this.#track.readyState === "ended";
    const fault = findFault({ now, since, ...this.#picture.check(now), mutedSince, ended, hidden: this.#isHidden() });
    if (fault !== null) {
      this.stop();
      this.#parts.onFault(fault);
    } else if (now - since >= HEALTHY_MS) {
      this.#parts.onHealthy();
    }
  }

  #isHidden() {
    return this.#parts.page.document.visibilityState === "hidden";
  }

  #comeBack() {
    if (!this.#isHidden()) {
      this.#since = this.#lastTick = this.#parts.now();
      this.#parts.onReturn();
      this.#tick();
    }
  }
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
