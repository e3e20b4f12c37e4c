// @ts-check
/**
 * A camera stream that keeps running: one at a time, recovered by itself, a trouble in words where it cannot
 * be.
 */

import { troubleOf } from "./trouble.js";
import { closeStream, openStream } from "./stream.js";
import { waitBefore } from "./watchdog.js";
import { createWatching } from "./watching.js";

/** @typedef {import("./types.js").CameraState} CameraState */
/** @typedef {import("./types.js").Facts} Facts */
/** @typedef {import("./types.js").Trouble} Trouble */
/** @typedef {import("./stream.js").Wish} Wish */
/** @typedef {import("./watching.js").Page} Page */
/** @typedef {import("./watching.js").Timers} Timers */

/**
 * @typedef {object} RunningParts
 * @property {MediaDevices | undefined} mediaDevices
 * @property {() => Wish} wish
 * @property {(track: MediaStreamTrack) => Promise<unknown>} equip  What every fresh track gets: focus,
 *   zoom, torch.
 * @property {{state: (state: CameraState) => void, trouble: (trouble: Trouble | null) => void}} on
 * @property {() => number} now
 * @property {Facts} facts
 * @property {Timers} timers
 * @property {Page} page
 * @property {(video: HTMLVideoElement) => number | null} glimpse
 *
 * @typedef {object} Running
 * @property {() => Promise<void>} start  Settles when this start, or the one that came after it, is through.
 * @property {() => void} stop
 * @property {() => void} close
 * @property {() => CameraState} state
 * @property {() => MediaStreamTrack | null} track
 */

/**
 * @param {HTMLVideoElement} video @param {RunningParts} parts
 * @returns {Running}
 */
export function createRunning(video, { mediaDevices, wish, equip, on, now, facts, timers, page, glimpse }) {
  /** @type {CameraState} */
  let state = "off";
  /** @type {MediaStream | null} */
  let stream = null;
  let turn = 0; // a later wish makes every earlier one void
  let restarts = 0; // in a row, without health between
  let line = Promise.resolve();
  const onHealthy = () => void (restarts = 0);
  const onReturn = () => void (state === "trouble" && restarts > 0 ? start() : undefined);
  const watch = { now, timers, page, glimpse, onFault: recover, onHealthy, onReturn };
  const watching = createWatching(video, watch);

  /** @param {CameraState} next */
  function enter(next) {
    if (state !== next) {
      state = next;
      on.state(next);
    }
  }

  function letGo() {
    watching.end();
    closeStream(stream);
    stream = null;
  }

  /** @param {number} ms @returns {Promise<void>} */
  function wait(ms) {
    return new Promise((resolve) => void timers.setTimeout(resolve, ms));
  }

  /** One at a time: on iOS a second getUserMedia kills the first one's stream. @returns {Promise<void>} */
  function begin() {
    const mine = ++turn;
    line = line.then(() => (mine === turn ? open(mine) : undefined));
    return line;
  }

  /** @param {number} mine */
  async function open(mine) {
    letGo();
    const opened = await openStream(mediaDevices, wish(), wait);
    if (mine !== turn) {
      closeStream(opened.ok ? opened.stream : null);
    } else if (!opened.ok) {
      fail(opened.name);
    } else {
      stream = opened.stream;
      await show(stream, mine);
    }
  }

  /** @param {MediaStream} opened @param {number} mine */
  async function show(opened, mine) {
    video.muted = true;
    video.playsInline = true;
    video.srcObject = opened;
    const isPlaying = await video.play().then(
      () => true,
      (error) => error.name !== "NotAllowedError",
    );
    if (mine !== turn) {
      return;
    }
    if (!isPlaying) {
      fail("tap");
      return;
    }
    const [track] = opened.getVideoTracks();
    on.trouble(null);
    enter("live");
    watching.begin(track);
    await equip(track);
  }

  /** @param {string} name  Of an error or a fault. */
  function fail(name) {
    if (restarts > 0 && name !== "tap" && waitBefore(restarts) !== null) {
      recover(name);
      return;
    }
    letGo();
    enter("trouble");
    on.trouble(troubleOf(name, facts));
  }

  /** @param {string} name */
  function recover(name) {
    const pause = waitBefore(restarts);
    if (pause === null) {
      fail(name);
      return;
    }
    restarts += 1;
    enter("restarting");
    const mine = turn;
    void wait(pause).then(() => (mine === turn ? begin() : undefined));
  }

  function start() {
    restarts = 0;
    enter("starting");
    return begin();
  }

  function stop() {
    turn += 1;
    letGo();
    video.srcObject = null;
    on.trouble(null);
    enter("off");
  }

  function close() {
    stop();
    watching.close();
  }

  return { start, stop, close, state: () => state, track: () => stream?.getVideoTracks()[0] ?? null };
}
