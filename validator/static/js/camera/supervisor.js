/** Keeps one camera stream running: opens it, restarts it after a fault, reports a trouble where that fails. */

/** @import {CameraChoice} from "./stream.js" */
/** @import {Platform, Trouble} from "./trouble.js" */
/** @import {Page} from "./watchdog.js" */
/** @import {Intervals, Timers} from "../timers.js" */

import { closeStream, openStream } from "./stream.js";
import { describeTrouble } from "./trouble.js";
import { createWatchdog, restartDelay } from "./watchdog.js";

/**
 * @typedef {"off" | "starting" | "live" | "restarting" | "trouble"} CameraState
 *
 * @typedef {object} SupervisorParts
 * @property {MediaDevices | undefined} mediaDevices
 * @property {() => CameraChoice} choice
 * @property {(track: MediaStreamTrack) => Promise<unknown>} prepare  Applied to every new track: focus, zoom, torch.
 * @property {{state: (state: CameraState) => void, trouble: (trouble: Trouble | null) => void}} on
 * @property {() => number} now
 * @property {Platform} platform
 * @property {Timers & Intervals} timers
 * @property {Page} page
 * @property {(video: HTMLVideoElement) => number | null} brightest  See watchdog.js.
 *
 * @typedef {object} Supervisor
 * @property {() => Promise<void>} start  Settles when this start, or a later one that replaced it, has ended.
 * @property {() => void} stop
 * @property {() => void} close
 * @property {() => CameraState} state
 * @property {() => MediaStreamTrack | null} track
 */

/**
 * @param {HTMLVideoElement} video @param {SupervisorParts} parts
 * @returns {Supervisor}
 */
export function createSupervisor(video, parts) {
  const { mediaDevices, choice, prepare, on, now, platform, timers, page, brightest } = parts;
  /** @type {CameraState} */
  let state = "off";
  /** @type {MediaStream | null} */
  let stream = null;
  let generation = 0; // a later start or stop makes every earlier start void
  let restarts = 0; // in a row, without a healthy stream between
  let queue = Promise.resolve();
  const onHealthy = () => void (restarts = 0);
  const onReturn = () => void (state === "trouble" && restarts > 0 ? start() : undefined);
  const watchdog = createWatchdog(video, { now, timers, page, brightest, onFault: restart, onHealthy, onReturn });

  /** @param {CameraState} next */
  function enter(next) {
    if (state !== next) {
      state = next;
      on.state(next);
    }
  }

  function release() {
    watchdog.stop();
    closeStream(stream);
    stream = null;
  }

  /** @param {number} ms @returns {Promise<void>} */
  function wait(ms) {
    return new Promise((resolve) => void timers.setTimeout(resolve, ms));
  }

  /** One start at a time: on iOS a second getUserMedia stops the first one's stream. @returns {Promise<void>} */
  function enqueue() {
    const mine = ++generation;
    queue = queue.then(() => (mine === generation ? open(mine) : undefined));
    return queue;
  }

  /** @param {number} mine */
  async function open(mine) {
    release();
    const opened = await openStream(mediaDevices, choice(), wait);
    if (mine !== generation) {
      closeStream(opened.ok ? opened.stream : null);
    } else if (!opened.ok) {
      fail(opened.name);
    } else {
      stream = opened.stream;
      await play(stream, mine);
    }
  }

  /** @param {MediaStream} opened @param {number} mine */
  async function play(opened, mine) {
    const isAllowed = await playIn(video, opened);
    if (mine !== generation) {
      return;
    }
    if (!isAllowed) {
      fail("tap");
      return;
    }
    const [track] = opened.getVideoTracks();
    on.trouble(null);
    enter("live");
    watchdog.start(track);
    await prepare(track);
  }

  /** @param {string} name  Of an error or a fault. */
  function fail(name) {
    if (restarts > 0 && name !== "tap" && restartDelay(restarts) !== null) {
      restart(name);
      return;
    }
    release();
    enter("trouble");
    on.trouble(describeTrouble(name, platform));
  }

  /** @param {string} name */
  function restart(name) {
    const delay = restartDelay(restarts);
    if (delay === null) {
      fail(name);
      return;
    }
    restarts += 1;
    enter("restarting");
    const mine = generation;
    void wait(delay).then(() => (mine === generation ? enqueue() : undefined));
  }

  function start() {
    restarts = 0;
    enter("starting");
    return enqueue();
  }

  function stop() {
    generation += 1;
    release();
    video.srcObject = null;
    on.trouble(null);
    enter("off");
  }

  function close() {
    stop();
    watchdog.close();
  }

  return { start, stop, close, state: () => state, track: () => stream?.getVideoTracks()[0] ?? null };
}

/**
 * Returns false where the browser plays only after a tap.
 * @param {HTMLVideoElement} video @param {MediaStream} stream
 */
async function playIn(video, stream) {
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  return video.play().then(
    () => true,
    (error) => error.name !== "NotAllowedError",
  );
}
