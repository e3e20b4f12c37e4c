/** The scanner's loop: each new picture goes to the decoder, one at a time, while the page is visible. */

/** @import {Camera} from "../camera/camera.js" */
/** @import {Decoder} from "../decoder/decoder.js" */
/** @import {Meta, Seen} from "../decoder/types.js" */
/** @import {Hint} from "./scan_events.js" */
/** @import {ReadOnServer, ServerMeta} from "./server_reading.js" */
/** @import {Timers} from "../timers.js" */
/** @import {Payload, Refusal} from "../types.js" */

import { TIMERS } from "../timers.js";
import { createIdleTimer, createMovementMeter } from "./presence.js";
import { createScanEvents, isCard } from "./scan_events.js";
import { createServerReading, takePicture as takePictureOf } from "./server_reading.js";

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
 * @typedef {object} ScannerParts
 * @property {HTMLVideoElement} video
 * @property {Pick<Camera, "capabilities" | "restart">} camera
 * @property {Decoder | Promise<Decoder>} decoder
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
 *
 * @typedef {object} Scanner
 * @property {() => void} stop
 * @property {() => Promise<void>} restart
 * @property {() => ScannerState} state
 * @property {() => void} cancelServerReading  Another input came: the server's answer to an older picture is ignored.
 * @property {() => void} wake  A person is there: read for two more minutes.
 */

const RESTED_MS = 20_000; // without movement
const REST_MS = 80; // then pictures are read at this interval, to save the battery
const STRUCTURED = 0.03; // share of edges in the middle
const MOVED = 3; // grey levels of mean change
const SEND_EVERY_MS = 1500;
const WITHOUT_CALLBACK_MS = 66;
const LATE_CALLBACK_MS = 300; // no callbacks come while the video is not painted; a look then costs little

/**
 * Scans until `stop`, whenever the video has a new picture.
 * @param {ScannerParts} parts
 * @returns {Scanner}
 */
export function createScanner(parts) {
  const { video, camera, on, now = () => performance.now(), timers = TIMERS, page = document } = parts;
  const { takePicture = takePictureOf, schedule = onEveryFrame } = parts;
  const askServer = () => void server.request();
  const events = createScanEvents({ on, now, capabilities: camera.capabilities, askServer });
  const server = createServerReading({
    read: parts.readOnServer ?? null,
    isAllowed: parts.mayReadOnServer ?? (() => true),
    takePicture: () => takePicture(video),
    now,
    on: { card: on.card, foreign: (refusal) => on.foreign?.(refusal), busy: events.setServerBusy },
  });
  const { mayIdle = false, movement = mayIdle ? createMovementMeter(video) : () => null } = parts;
  const idle = createIdleTimer({ now, movement, on: (isIdle) => on.idle?.(isIdle) });
  /** @type {Decoder | null} */
  let decoder = null;
  /** @type {ScannerState} */
  let state = "loading";
  let isReading = false;
  let isNewer = false; // a new picture came while the last one was read
  let lastRead = -Infinity;
  let lastMove = now();
  let lastSent = -Infinity;
  let cancel = () => {};

  /** @param {ScannerState} next */
  function enter(next) {
    if (state !== next && state !== "stopped") {
      state = next;
      on.state?.(next);
    }
  }

  async function load() {
    decoder = await Promise.resolve(parts.decoder).catch(() => null); // its script could not be loaded
    const engines = await decoder?.ready;
    if (state !== "stopped") {
      enter(engines?.wasm || engines?.native ? "scanning" : "no_decoder");
      cancel = schedule(video, onFrame, timers);
    }
  }

  function onFrame() {
    const isResting = now() - lastMove > RESTED_MS && now() - lastRead < REST_MS;
    if (isReading) {
      isNewer = true;
    } else if (page.visibilityState !== "hidden" && !isResting && !(mayIdle && idle.isIdle())) {
      void read();
    }
  }

  async function read() {
    isReading = true;
    isNewer = false;
    lastRead = now();
    const seen = decoder === null ? null : await decoder.read(video);
    isReading = false;
    if (seen === null && decoder?.works() === false) {
      enter("no_decoder");
    } else if (state !== "no_decoder") {
      enter(decoder?.isBlind() ? "no_pixels" : "scanning");
    }
    if (state === "scanning" && seen !== null) {
      handle(seen);
    } else if (state === "no_decoder") {
      sendToServer(seen);
    }
    if (isNewer && state !== "stopped") {
      onFrame();
    }
  }

  /** @param {Seen} seen */
  function handle(seen) {
    const isRead = seen.seen !== "nothing";
    lastMove = isRead || seen.meta.scene.change > MOVED ? now() : lastMove;
    if (isCard(seen)) {
      server.cancel();
    }
    if (isRead || seen.meta.located > 0) {
      idle.wake();
    }
    events.handle(seen);
  }

  /** Without a decoder, pictures that are not empty go to the server. @param {Seen | null} seen */
  function sendToServer(seen) {
    const isEmpty = seen !== null && seen.meta.scene.structure < STRUCTURED && seen.meta.scene.change < MOVED;
    if (!isEmpty && now() - lastSent >= SEND_EVERY_MS) {
      lastSent = now();
      void server.request();
    }
  }

  function stop() {
    cancel();
    server.cancel();
    enter("stopped");
  }

  void load();
  const restart = () => camera.restart();
  return { stop, state: () => state, restart, cancelServerReading: server.cancel, wake: idle.wake };
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
