/** Keeps one camera stream running: opens it, restarts it after a fault, reports a trouble where that fails. */

/** @import {CameraChoice} from "./stream.js" */
/** @import {Platform, Trouble} from "./trouble.js" */
/** @import {Page} from "./watchdog.js" */
/** @import {Intervals, Timers} from "../platform.js" */

import { closeStream, openStream } from "./stream.js";
import { describeTrouble } from "./trouble.js";
import { Watchdog, restartDelay } from "./watchdog.js";

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
 */

export class Supervisor {
  #video;
  #parts;
  #watchdog;
  /** @type {CameraState} */
  #state = "off";
  /** @type {MediaStream | null} */
  #stream = null;
  #generation = 0; // a later start or stop makes every earlier start void
  #restarts = 0; // in a row, without a healthy stream between
  #queue = Promise.resolve();

  /** @param {HTMLVideoElement} video @param {SupervisorParts} parts */
  constructor(video, parts) {
    this.#video = video;
    this.#parts = parts;
    const { now, timers, page, brightest } = parts;
    this.#watchdog = new Watchdog(video, {
      now,
      timers,
      page,
      brightest,
      onFault: (fault) => this.#restart(fault),
      onHealthy: () => void (this.#restarts = 0),
      onReturn: () => void (this.#state === "trouble" && this.#restarts > 0 ? this.start() : undefined),
    });
  }

  /** Settles when this start, or a later one that replaced it, has ended. */
  start() {
    this.#restarts = 0;
    this.#enter("starting");
    return this.#enqueue();
  }

  stop() {
    this.#generation += 1;
    this.#release();
    this.#video.srcObject = null;
    this.#parts.on.trouble(null);
    this.#enter("off");
  }

  close() {
    this.stop();
    this.#watchdog.close();
  }

  state() {
    return this.#state;
  }

  /** @returns {MediaStreamTrack | null} */
  track() {
    return this.#stream?.getVideoTracks()[0] ?? null;
  }

  /** @param {CameraState} next */
  #enter(next) {
    if (this.#state !== next) {
      this.#state = next;
      this.#parts.on.state(next);
    }
  }

  #release() {
    this.#watchdog.stop();
    closeStream(this.#stream);
    this.#stream = null;
  }

  /** @param {number} ms @returns {Promise<void>} */
  #wait(ms) {
    return new Promise((resolve) => void this.#parts.timers.setTimeout(resolve, ms));
  }

  /** One start at a time: on iOS a second getUserMedia stops the first one's stream. @returns {Promise<void>} */
  #enqueue() {
    const mine = ++this.#generation;
    this.#queue = this.#queue.then(() => (mine === this.#generation ? this.#open(mine) : undefined));
    return this.#queue;
  }

  /** @param {number} mine */
  async #open(mine) {
    this.#release();
    const { mediaDevices, choice } = this.#parts;
    const opened = await openStream(mediaDevices, choice(), (ms) => this.#wait(ms));
    if (mine !== this.#generation) {
      closeStream(opened.ok ? opened.stream : null);
    } else if (!opened.ok) {
      this.#fail(opened.name);
    } else {
      this.#stream = opened.stream;
      await this.#play(opened.stream, mine);
    }
  }

  /** @param {MediaStream} opened @param {number} mine */
  async #play(opened, mine) {
    const isAllowed = await playIn(this.#video, opened);
    if (mine !== this.#generation) {
      return;
    }
    if (!isAllowed) {
      this.#fail("tap");
      return;
    }
    const [track] = opened.getVideoTracks();
    this.#parts.on.trouble(null);
    this.#enter("live");
    this.#watchdog.start(track);
    await this.#parts.prepare(track);
  }

  /** @param {string} name  Of an error or a fault. */
  #fail(name) {
    if (this.#restarts > 0 && name !== "tap" && restartDelay(this.#restarts) !== null) {
      this.#restart(name);
      return;
    }
    this.#release();
    this.#enter("trouble");
    this.#parts.on.trouble(describeTrouble(name, this.#parts.platform));
  }

  /** @param {string} name */
  #restart(name) {
    const delay = restartDelay(this.#restarts);
    if (delay === null) {
      this.#fail(name);
      return;
    }
    this.#restarts += 1;
    this.#enter("restarting");
    const mine = this.#generation;
    void this.#wait(delay).then(() => (mine === this.#generation ? this.#enqueue() : undefined));
  }
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
