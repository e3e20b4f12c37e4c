// @ts-check
/**
 * The loop of a scanner: pictures to the decoder, one at a time, whenever there is a new one and somebody
 * looks.
 */

import { onEveryFrame } from "./frames.js";
import { createIdle, createMovement } from "./idle.js";
import { createServerReading } from "./server.js";
import { takeStill } from "./still.js";
import { createTelling, isCard } from "./telling.js";

/** @typedef {import("../types.js").Payload} Payload */
/** @typedef {import("../types.js").Refusal} Refusal */
/** @typedef {import("../decoder/types.js").Meta} Meta */
/** @typedef {import("../decoder/types.js").Seen} Seen */
/** @typedef {import("../decoder/decoder.js").Decoder} Decoder */
/** @typedef {import("../camera/camera.js").Camera} Camera */
/** @typedef {import("./frames.js").Timers} Timers */
/** @typedef {import("./frames.js").Schedule} Schedule */
/** @typedef {import("./server.js").ReadOnServer} ReadOnServer */
/** @typedef {import("./server.js").ServerMeta} ServerMeta */

/**
 * @typedef {"loading" | "scanning" | "no_pixels" | "no_decoder" | "stopped"} ScannerState
 *   no_pixels: the browser hides the camera's pixels from pages, from our server's pictures too.
 *   no_decoder: nothing can be read here; frames go to the server where that is allowed.
 *
 * @typedef {object} ScannerEvents  All at a decent pace; the same card again is the listener's to judge.
 * @property {(payload: Payload, meta: Meta | ServerMeta, beside?: Refusal | null) => void} card  `beside`: another
 *   code in the same picture.
 * @property {(refusal: Refusal) => void} [foreign]
 * @property {() => void} [several]
 * @property {(kind: import("./hints.js").Hint | "server" | null) => void} [hint]  Null where it is over.
 * @property {(state: ScannerState) => void} [state]
 * @property {(isIdle: boolean) => void} [idle]  Nothing is read until a touch or a movement in the picture.
 *
 * @typedef {object} ScannerParts
 * @property {HTMLVideoElement} video
 * @property {Pick<Camera, "capabilities" | "restart">} camera
 * @property {Decoder | Promise<Decoder>} decoder
 * @property {ScannerEvents} on
 * @property {ReadOnServer | null} [readOnServer]
 * @property {() => boolean} [mayReadOnServer]  Asked before each picture: the site's setting, the link.
 * @property {() => number} [now]
 * @property {Timers} [timers]
 * @property {Schedule} [schedule]
 * @property {Pick<Document, "visibilityState" | "addEventListener" | "removeEventListener">} [page]
 * @property {(video: HTMLVideoElement) => Promise<Blob | null>} [still]
 * @property {boolean} [mayIdle]  Whether reading stops after two minutes without a code.
 * @property {() => number | null} [movement]  See idle.js.
 *
 * @typedef {object} Scanner
 * @property {() => void} stop
 * @property {() => Promise<void>} restart
 * @property {() => ScannerState} state
 * @property {() => void} overtake  Something came in another way: what the server says of an older picture is dropped.
 * @property {() => void} wake  Somebody is there: read on for two minutes.
 */

const RESTED_MS = 20_000; // after so long without movement
const REST_MS = 80; // pictures are looked at this far apart, to spare the battery
const STRUCTURED = 0.03; // share of edges in the middle
const MOVED = 3; // grey levels of mean change
const SEND_EVERY_MS = 1500;

/**
 * Scans from now on, whenever the film has pictures, until `stop`.
 * @param {ScannerParts} parts
 * @returns {Scanner}
 */
export function createScanner(parts) {
  const { video, camera, on, now = () => performance.now(), timers = globalThis, page = document } = parts;
  const { still = takeStill, schedule = onEveryFrame } = parts;
  const askServer = () => void server.ask();
  const telling = createTelling({ on, now, abilities: camera.capabilities, askServer });
  const server = createServerReading({
    read: parts.readOnServer ?? null,
    may: parts.mayReadOnServer ?? (() => true),
    still: () => still(video),
    now,
    on: { card: on.card, foreign: (refusal) => on.foreign?.(refusal), busy: telling.serverIs },
  });
  const { mayIdle = false, movement = mayIdle ? createMovement(video) : () => null } = parts;
  const idle = createIdle({ now, movement, on: (isIdle) => on.idle?.(isIdle) });
  /** @type {Decoder | null} */
  let decoder = null;
  /** @type {ScannerState} */
  let state = "loading";
  let isLooking = false;
  let isNewer = false; // a picture came while the last was looked at
  let lastLook = -Infinity;
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
    decoder = await Promise.resolve(parts.decoder).catch(() => null); // its script did not come
    const engines = await decoder?.ready;
    if (state !== "stopped") {
      enter(engines?.wasm || engines?.native ? "scanning" : "no_decoder");
      cancel = schedule(video, arrive, timers);
    }
  }

  function arrive() {
    const isResting = now() - lastMove > RESTED_MS && now() - lastLook < REST_MS;
    if (isLooking) {
      isNewer = true;
    } else if (page.visibilityState !== "hidden" && !isResting && !(mayIdle && idle.isIdle())) {
      void look();
    }
  }

  async function look() {
    isLooking = true;
    isNewer = false;
    lastLook = now();
    const seen = decoder === null ? null : await decoder.look(video);
    isLooking = false;
    if (seen === null && decoder?.works() === false) {
      enter("no_decoder");
    } else if (state !== "no_decoder") {
      enter(decoder?.isBlind() ? "no_pixels" : "scanning");
    }
    if (state === "scanning" && seen !== null) {
      hear(seen);
    } else if (state === "no_decoder") {
      sendInstead(seen);
    }
    if (isNewer && state !== "stopped") {
      arrive();
    }
  }

  /** @param {Seen} seen */
  function hear(seen) {
    const isRead = seen.seen !== "nothing";
    lastMove = isRead || seen.meta.scene.change > MOVED ? now() : lastMove;
    if (isCard(seen)) {
      server.overtake();
    }
    if (isRead || seen.meta.located > 0) {
      idle.wake();
    }
    telling.hear(seen);
  }

  /**
   * Where nothing is read here, pictures with something in them go to the server. @param {Seen | null} seen
   */
  function sendInstead(seen) {
    const isEmpty = seen !== null && seen.meta.scene.structure < STRUCTURED && seen.meta.scene.change < MOVED;
    if (!isEmpty && now() - lastSent >= SEND_EVERY_MS) {
      lastSent = now();
      void server.ask();
    }
  }

  function stop() {
    cancel();
    server.overtake();
    enter("stopped");
  }

  void load();
  return { stop, state: () => state, restart: () => camera.restart(), overtake: server.overtake, wake: idle.wake };
}
