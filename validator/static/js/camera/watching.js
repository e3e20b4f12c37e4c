// @ts-check
/**
 * The watch over a started camera: feeds what happens to a stream and its page to the rules of watchdog.js.
 */

import { faultOf, HEALTHY_MS } from "./watchdog.js";

/** @typedef {import("./watchdog.js").Fault} Fault */

/**
 * @typedef {Pick<typeof globalThis, "setTimeout" | "clearTimeout" | "setInterval" | "clearInterval">} Timers
 *
 * @typedef {object} Page  The document and window whose coming back matters.
 * @property {Document} document
 * @property {Window} window
 */

const TICK_MS = 250;
const SLEPT_MS = 1500; // ticks that far apart: the device slept, and the camera may need a moment too
const BLACK = 6; // grey levels of the brightest spot

/**
 * @param {HTMLVideoElement} video
 * @param {{now: () => number, timers: Timers, page: Page, glimpse: (video: HTMLVideoElement) => number |
 *   null,
 *   onFault: (fault: Fault) => void, onHealthy: () => void, onReturn: () => void}} parts
 *   `glimpse`: the grey level of the picture's brightest spot, null where it cannot be told.
 * @returns {{begin: (track: MediaStreamTrack) => void, end: () => void, close: () => void}}
 */
export function createWatching(video, { now, timers, page, glimpse, onFault, onHealthy, onReturn }) {
  /** @type {MediaStreamTrack | null} */
  let track = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let ticking;
  let since = 0;
  let lastFrame = 0;
  let lastTick = 0;
  let lastTime = -1;
  let isBlack = true;
  /** @type {number | null} */
  let mutedSince = null;

  const noteMute = () => void (mutedSince = now());
  const noteUnmute = () => void (mutedSince = null);

  /** @param {MediaStreamTrack} started */
  function begin(started) {
    end();
    track = started;
    since = lastTick = lastFrame = now();
    lastTime = video.currentTime;
    isBlack = true;
    mutedSince = track.muted ? since : null;
    track.addEventListener("mute", noteMute);
    track.addEventListener("unmute", noteUnmute);
    track.addEventListener("ended", tick);
    ticking = timers.setInterval(tick, TICK_MS);
  }

  function end() {
    timers.clearInterval(ticking);
    track?.removeEventListener("mute", noteMute);
    track?.removeEventListener("unmute", noteUnmute);
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
    lookAtPicture(at);
    const ended = track.readyState === "ended";
    const hidden = page.document.visibilityState === "hidden";
    const fault = faultOf({ now: at, since, lastFrame, mutedSince, ended, black: isBlack, hidden });
    if (fault !== null) {
      end();
      onFault(fault);
    } else if (at - since >= HEALTHY_MS) {
      onHealthy();
    }
  }

  /** @param {number} at */
  function lookAtPicture(at) {
    if (video.currentTime !== lastTime) {
      lastTime = video.currentTime;
      lastFrame = at;
      isBlack = isBlack && (glimpse(video) ?? 255) <= BLACK;
    }
  }

  function comeBack() {
    if (page.document.visibilityState !== "hidden") {
      since = lastTick = now();
      onReturn();
      tick();
    }
  }

  // After iOS brought an app to the front the picture can be dead with no visibilitychange at all.
  page.document.addEventListener("visibilitychange", comeBack);
  page.window.addEventListener("pageshow", comeBack);
  page.window.addEventListener("focus", comeBack);

  function close() {
    end();
    page.document.removeEventListener("visibilitychange", comeBack);
    page.window.removeEventListener("pageshow", comeBack);
    page.window.removeEventListener("focus", comeBack);
  }

  return { begin, end, close };
}

/**
 * The brightest of a few spots of the picture; a tiny canvas, so that the page does not wait.
 * @returns {(video: HTMLVideoElement) => number | null}
 */
export function createGlimpse() {
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
