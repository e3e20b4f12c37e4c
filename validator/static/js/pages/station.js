/** What the scanner and the kiosk have in common: camera, decoder, hand-held scanner, checks, and the board. */

import { createCamera } from "../camera/camera.js";
import { createFeedback } from "../feedback/feedback.js";
import { createBoard } from "../result/board.js";
import { createScanner } from "../scanning/scanner.js";
import { typesText, listenForWedge } from "../wedge/listen.js";
import { now, WINDOW_TIMERS } from "./timers.js";
import { drawCamera, drawTrouble } from "./viewfinder.js";

/**
 * @typedef {import("../checking/checking.js").Checking} Checking
 * @typedef {import("../settings/preferences.js").Preferences} Preferences
 * @typedef {import("../types.js").Payload} Payload
 * @typedef {import("../types.js").Verdict} Verdict
 * @typedef {import("../camera/types.js").CameraState} CameraState
 * @typedef {Payload & {told?: Verdict}} Seen  What the server read on a picture comes with its verdict.
 *
 * @typedef {object} Given
 * @property {HTMLElement} root
 * @property {import("../result/types.js").Words} words
 * @property {Preferences} preferences
 * @property {Checking} checking
 * @property {() => boolean} readsOnServer
 * @property {boolean} [isKiosk]
 * @property {HTMLInputElement | null} [numberField]
 * @property {(state: CameraState) => void} [onCamera]
 * @property {(view: import("../result/view.js").View | null) => void} [onView]
 *
 * @typedef {ReturnType<typeof createStation>} Station
 */

/** At a door almost everybody tries the front camera first. */
export const KIOSK_FACING = "user";

/**
 * Put a station together; nothing is asked of the camera before `start`.
 * @param {Given} given
 */
export function createStation({
  root,
  words,
  preferences,
  checking,
  readsOnServer,
  isKiosk = false,
  numberField = null,
  onCamera = () => undefined,
  onView = () => undefined,
}) {
  let lastCardAt = now();
  const announcer = /** @type {HTMLElement} */ (root.querySelector("[data-announcer]"));
  const video = /** @type {HTMLVideoElement} */ (root.querySelector("[data-video]"));
  const feedback = createFeedback({ window, announcer, preferences });
  const board = createBoard({
    root,
    words,
    preferences,
    feedback,
    check,
    now,
    date: () => new Date(),
    timers: WINDOW_TIMERS,
    kiosk: isKiosk,
    onView,
  });

  /** @param {Seen} payload @param {(answer: import("../result/types.js").Answer) => void} onAnswer */
  function check(payload, onAnswer) {
    if (payload.told) {
      onAnswer({ phase: "live", verdict: payload.told, confirming: false, change: null, trouble: null });
      return;
    }
    checking.check(payload, onAnswer);
  }

  /** @param {Payload} payload */
  function card(payload) {
    lastCardAt = now();
    board.card(payload);
  }

  const camera = createCamera(video, {
    mediaDevices: navigator.mediaDevices,
    preferences,
    facing: isKiosk ? KIOSK_FACING : "environment",
    on: {
      state(state) {
        drawCamera(root, state);
        onCamera(state);
      },
      trouble: (trouble) => drawTrouble(root, trouble),
    },
  });

  /** The decoder comes after everything that a first look needs. */
  const decoder = whenQuiet().then(async () => {
    const { startDecoder } = await import("../decoder/decoder.js");
    return startDecoder();
  });

  /**
   * One frame that could not be read here; what the server read comes with its verdict.
   * @param {Blob} picture
   * @returns {Promise<Seen | null>}
   */
  async function readOnServer(picture) {
    const read = await checking.api.scan(picture);
    return read.ok ? seen(read.verdict) : null;
  }

  /** @param {Verdict} verdict @returns {Seen} */
  const seen = (verdict) => ({ escn: verdict.card.number, warnings: [], isMasked: true, told: verdict });

  const scanner = createScanner({
    video,
    camera,
    decoder,
    readOnServer,
    mayReadOnServer: () => readsOnServer() && checking.link.state() !== "offline",
    on: { card, foreign: board.foreign, several: board.several, hint: board.hint, state: onScanner },
  });

  /** @param {import("../scanning/scanner.js").ScannerState} state */
  function onScanner(state) {
    if (state === "no_decoder") {
      board.hint(readsOnServer() ? "server" : "type");
    }
  }

  const stopWedge = listenForWedge(document, {
    onCard: card,
    onForeign: board.foreign,
    isTyping: typesText,
    numberField,
  });

  return Object.freeze({
    board,
    camera,
    feedback,
    scanner,
    card,
    /** A verdict that came with a picture. @param {Verdict} verdict */
    told: (verdict) => card(seen(verdict)),
    lastCardAt: () => lastCardAt,

    /** By a person's tap: sound is unlocked with the camera. */
    async start() {
      void feedback.unlock();
      await camera.start();
    },

    close() {
      stopWedge();
      scanner.stop();
      camera.close();
      board.close();
    },
  });
}

/** When the page has been shown and nothing else is to do. */
function whenQuiet() {
  return new Promise((resolve) => {
    const idle = () =>
      "requestIdleCallback" in window ? requestIdleCallback(resolve, { timeout: 1_000 }) : setTimeout(resolve, 200);
    if (document.readyState === "complete") {
      idle();
    } else {
      addEventListener("load", idle, { once: true });
    }
  });
}
