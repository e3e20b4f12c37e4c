/** The scanner's loop: each new picture goes to the decoder, one at a time, while the page is visible. */

/** @import {Camera} from "../camera/camera.js" */
/** @import {Decoder} from "../decoder/decoder.js" */
/** @import {Meta, Seen} from "../decoder/types.js" */
/** @import {Hint} from "./scan_events.js" */
/** @import {ReadOnServer, ServerMeta} from "./server_reading.js" */
/** @import {Timers} from "../platform.js" */
/** @import {Payload, Refusal} from "../types.js" */

import { TIMERS } from "../platform.js";
import { createMovementMeter, IdleTimer } from "./presence.js";
import { isCard, ScanEvents } from "./scan_events.js";
import { ServerReading, takePicture } from "./server_reading.js";

/**
 * @typedef {"loading" | "scanning" | "no_pixels" | "no_decoder" | "stopped"} ScannerState
 *   no_pixels: the browser hides the camera's pixels from pages, so the server could not read its pictures either.
 *   no_decoder: nothing can be read here; frames go to the server where that is allowed.
 *
 * @typedef {object} ScannerEvents  The same card is reported up to four times a second; the listener decides about it.
 * @property {(payload: Payload, meta: Meta | ServerMeta, beside?: Refusal | null) => void} card  `beside`: another
 *   code in the same picture.
 * @property {(refusal: Refusal) => void} [foreign]
 * @property {() => void} [several]
 * @property {(kind: Hint | "server" | null) => void} [hint]  Null: the last hint is over.
 * @property {(state: ScannerState) => void} [state]
 * @property {(isIdle: boolean) => void} [idle]  Idle: nothing is read until a touch or a movement in the picture.
 *
 * @typedef {(video: HTMLVideoElement, onFrame: () => void, timers: Timers) => () => void} Schedule
 *   Calls `onFrame` at new pictures until the returned function is called.
 *
 * @typedef {Pick<Decoder, "ready" | "read" | "isBlind" | "works">} ScannerDecoder
 *
 * @typedef {object} ScannerParts
 * @property {HTMLVideoElement} video
 * @property {Pick<Camera, "capabilities" | "restart">} camera
 * @property {ScannerDecoder | Promise<ScannerDecoder>} decoder
 * @property {ScannerEvents} on
 * @property {ReadOnServer | null} [readOnServer]
 * @property {() => boolean} [mayReadOnServer]  Called before each picture: the site's setting and the link decide.
 * @property {() => number} [now]
 * @property {Timers} [timers]
 * @property {Schedule} [schedule]
 * @property {Pick<Document, "visibilityState" | "addEventListener" | "removeEventListener">} [page]
 * @property {(video: HTMLVideoElement) => Promise<Blob | null>} [takePicture]
 * @property {boolean} [mayIdle]  Whether reading pauses after two minutes without a code.
 * @property {() => number | null} [movement]  See presence.js.
 */

const RESTED_MS = 20_000; // without movement
const REST_MS = 80; // then pictures are read at this interval, to save the battery
const STRUCTURED = 0.03; // share of edges in the middle
const MOVED = 3; // grey levels of mean change
const SEND_EVERY_MS = 1500;
const WITHOUT_CALLBACK_MS = 66;
const LATE_CALLBACK_MS = 300; // no callbacks come while the video is not painted; a look then costs little

/** Scans until `stop`, whenever the video has a new picture. */
export class Scanner {
  #parts;
  #on;
  #now;
  #events;
  #server;
  #idle;
  /** @type {ScannerDecoder | null} */
  #decoder = null;
  /** @type {ScannerState} */
  #state = "loading";
  #isReading = false;
  #isNewer = false; // a new picture came while the last one was read
  #lastRead = -Infinity;
  #lastMove;
  #lastSent = -Infinity;
  #cancel = () => {};

  /** @param {ScannerParts} parts */
  constructor(parts) {
    const { video, camera, on, now = () => performance.now(), mayIdle = false } = parts;
    this.#parts = parts;
    this.#on = on;
    this.#now = now;
    this.#lastMove = now();
    const askServer = () => void this.#server.request();
    this.#events = new ScanEvents({ on, now, capabilities: () => camera.capabilities(), askServer });
    this.#server = new ServerReading({
      read: parts.readOnServer ?? null,
      isAllowed: parts.mayReadOnServer ?? (() => true),
      takePicture: () => (parts.takePicture ?? takePicture)(video),
      now,
      on: {
        card: (payload, meta) => on.card(payload, meta),
        foreign: (refusal) => on.foreign?.(refusal),
        busy: (isBusy) => this.#events.setServerBusy(isBusy),
      },
    });
    const movement = parts.movement ?? (mayIdle ? createMovementMeter(video) : () => null);
    this.#idle = new IdleTimer({ now, movement, on: (isIdle) => on.idle?.(isIdle) });
    void this.#load();
  }

  stop() {
    this.#cancel();
    this.#server.cancel();
    this.#enter("stopped");
  }

  restart() {
    return this.#parts.camera.restart();
  }

  state() {
    return this.#state;
  }

  /** Another input came: the server's answer to an older picture is ignored. */
  cancelServerReading() {
    this.#server.cancel();
  }

  /** A person is there: read for two more minutes. */
  wake() {
    this.#idle.wake();
  }

  /** @param {ScannerState} next */
  #enter(next) {
    if (this.#state !== next && this.#state !== "stopped") {
      this.#state = next;
      this.#on.state?.(next);
    }
  }

  async #load() {
    const { video, timers = TIMERS, schedule = onEveryFrame } = this.#parts;
    this.#decoder = await Promise.resolve(this.#parts.decoder).catch(() => null); // its script could not be loaded
    const engines = await this.#decoder?.ready;
    if (this.#state !== "stopped") {
      this.#enter(engines?.wasm || engines?.native ? "scanning" : "no_decoder");
      this.#cancel = schedule(video, () => this.#onFrame(), timers);
    }
  }

  #onFrame() {
    const { page = document, mayIdle = false } = this.#parts;
    const now = this.#now();
    const isResting = now - this.#lastMove > RESTED_MS && now - this.#lastRead < REST_MS;
    if (this.#isReading) {
      this.#isNewer = true;
    } else if (page.visibilityState !== "hidden" && !isResting && !(mayIdle && this.#idle.isIdle())) {
      void this.#read();
    }
  }

  async #read() {
    const decoder = this.#decoder;
    this.#isReading = true;
    this.#isNewer = false;
    this.#lastRead = this.#now();
    const seen = decoder === null ? null : await decoder.read(this.#parts.video);
    this.#isReading = false;
    if (seen === null && decoder?.works() === false) {
      this.#enter("no_decoder");
    } else if (this.#state !== "no_decoder") {
      this.#enter(decoder?.isBlind() ? "no_pixels" : "scanning");
    }
    if (this.#state === "scanning" && seen !== null) {
      this.#handle(seen);
    } else if (this.#state === "no_decoder") {
      this.#sendToServer(seen);
    }
    if (this.#isNewer && this.#state !== "stopped") {
      this.#onFrame();
    }
  }

  /** @param {Seen} seen */
  #handle(seen) {
    const isRead = seen.seen !== "nothing";
    this.#lastMove = isRead || seen.meta.scene.change > MOVED ? this.#now() : this.#lastMove;
    if (isCard(seen)) {
      this.#server.cancel();
    }
    if (isRead || seen.meta.located > 0) {
      this.#idle.wake();
    }
    this.#events.handle(seen);
  }

  /** Without a decoder, pictures that are not empty go to the server. @param {Seen | null} seen */
  #sendToServer(seen) {
    const isEmpty = seen !== null && seen.meta.scene.structure < STRUCTURED && seen.meta.scene.change < MOVED;
    if (!isEmpty && this.#now() - this.#lastSent >= SEND_EVERY_MS) {
      this.#lastSent = this.#now();
      void this.#server.request();
    }
  }
}

/** At every new picture where the browser reports them, and from time to time. @type {Schedule} */
export function onEveryFrame(video, onFrame, timers) {
  const hasCallback = typeof video.requestVideoFrameCallback === "function";
  let callback = 0;
  /** @type {unknown} */
  let timer;
  const next = () => {
    timer = timers.setTimeout(arrive, hasCallback ? LATE_CALLBACK_MS : WITHOUT_CALLBACK_MS);
    callback = hasCallback ? video.requestVideoFrameCallback(arrive) : 0;
  };
  const cancel = () => {
    timers.clearTimeout(timer);
    if (hasCallback) {
      video.cancelVideoFrameCallback(callback);
    }
  };
  const arrive = () => {
    cancel();
    next();
    onFrame();
  };
  next();
  return cancel;
}
