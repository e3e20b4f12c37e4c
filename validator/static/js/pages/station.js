/** What the scanner and the kiosk have in common: camera, decoder, hand-held scanner, checks, and the board. */

import { Camera } from "../camera/camera.js";
import { createFeedback } from "../feedback/feedback.js";
import { createBoard } from "../result/board.js";
import { Scanner } from "../scanning/scanner.js";
import { typesText, listenForWedge } from "../wedge/listen.js";
import { watchExtras } from "./scanner_tip.js";
import { watchSound } from "./sound.js";
import { now, TIMERS } from "../timers.js";
import { drawCamera, drawTrouble } from "./viewfinder.js";

/**
 * @typedef {import("../checking/checking.js").Checking} Checking
 * @typedef {import("../settings/preferences.js").Preferences} Preferences
 * @typedef {import("../types.js").Payload} Payload
 * @typedef {import("../types.js").Verdict} Verdict
 * @typedef {import("../camera/supervisor.js").CameraState} CameraState
 * @typedef {Payload & {told?: Verdict}} Seen  What the server read on a picture comes with its verdict.
 *
 * @typedef {object} Given
 * @property {HTMLElement} root
 * @property {string} zone  Of the place where cards are checked.
 * @property {Preferences} preferences
 * @property {Checking} checking
 * @property {() => boolean} readsOnServer
 * @property {boolean} [isKiosk]
 * @property {import("../typing/field.js").TextField | null} [numberField]
 * @property {(state: CameraState) => void} [onCamera]
 * @property {(view: import("../result/view.js").View | null) => void} [onView]
 * @property {(isBlind: boolean) => void} [onBlind]  This browser hides the camera's pixels from the page.
 * @property {() => void} [onChange]  Somebody wants to change the number that was typed.
 *
 * @typedef {ReturnType<typeof createStation>} Station
 */

/** What the server says of a picture because of the code on it; the rest is about the picture. */
const OF_CODES = new Set(["not_an_esc_code", "esi_not_escn", "lookalike_host", "several_codes"]);

/** At a door almost everybody tries the front camera first. */
export const KIOSK_FACING = "user";

/**
 * Put a station together; nothing is asked of the camera before `start`.
 * @param {Given} given
 */
export function createStation({
  root,
  zone,
  preferences,
  checking,
  readsOnServer,
  isKiosk = false,
  numberField = null,
  onCamera = () => undefined,
  onView = () => undefined,
  onChange = () => undefined,
  onBlind = () => undefined,
}) {
  let lastCardAt = now();
  let isScanning = false;
  const announcer = /** @type {HTMLElement} */ (root.querySelector("[data-announcer]"));
  const video = /** @type {HTMLVideoElement} */ (root.querySelector("[data-video]"));
  const feedback = createFeedback({ window, announcer, preferences });
  const sound = watchSound(root.querySelector("[data-sound-off]"), feedback, () => isScanning);
  const board = createBoard({
    root,
    zone,
    preferences,
    feedback,
    check,
    now,
    date: () => new Date(),
    timers: TIMERS,
    kiosk: isKiosk,
    onView,
    onChange,
  });

  /** @param {Seen} payload @param {(answer: import("../result/types.js").Answer) => void} onAnswer */
  function check(payload, onAnswer) {
    if (payload.told) {
      onAnswer({ phase: "live", verdict: payload.told, confirming: false, change: null, trouble: null });
      return;
    }
    checking.check(payload, onAnswer);
  }

  /**
   * A card that the camera has seen, with another code beside it or none.
   * @param {Payload} payload @param {unknown} _meta @param {import("../types.js").Refusal | null} [beside]
   */
  function seeCard(payload, _meta, beside = null) {
    lastCardAt = now();
    board.card(payload, "camera", beside);
  }

  /**
   * A card that came in another way: what the server still reads on an older picture of the camera's is too late.
   * @param {Payload} payload @param {import("../result/types.js").By} by
   */
  function card(payload, by) {
    scanner.cancelServerReading();
    lastCardAt = now();
    board.card(payload, by);
  }

  /** @param {import("../types.js").Refusal} refusal @param {import("../result/types.js").By} by */
  function foreign(refusal, by) {
    scanner.cancelServerReading();
    board.foreign(refusal, by);
  }

  const camera = new Camera(video, {
    mediaDevices: navigator.mediaDevices,
    preferences,
    facing: isKiosk ? KIOSK_FACING : "environment",
    on: {
      state(state) {
        isScanning = state === "live" || state === "restarting";
        if (state === "live") {
          scanner.wake();
        }
        sound.refresh();
        drawCamera(root, state);
        onCamera(state);
      },
      trouble: (trouble) => drawTrouble(root, trouble),
    },
  });

  /** The decoder comes after everything that a first look needs. */
  const decoder = whenQuiet().then(async () => {
    const { Decoder } = await import("../decoder/decoder.js");
    return new Decoder();
  });

  /**
   * One frame that could not be read here; what the server read comes with its verdict.
   * @param {Blob} picture
   * @returns {Promise<Seen | import("../types.js").Refusal | null>}
   */
  async function readOnServer(picture) {
    const read = await checking.api.scan(picture);
    if (read.ok) {
      return seen(read.verdict);
    }
    if (read.why === "signed_out") {
      checking.endSession();
    }
    const code = read.why === "refused" ? read.problem : undefined;
    return code !== undefined && OF_CODES.has(code) ? { code, kind: null } : null;
  }

  /** @param {Verdict} verdict @returns {Seen} */
  const seen = (verdict) => ({ escn: verdict.card.number, warnings: [], isMasked: true, told: verdict });

  const mayReadOnServer = () => readsOnServer() && checking.link.state() !== "offline";
  const scanner = new Scanner({
    video,
    camera,
    decoder,
    readOnServer,
    mayReadOnServer,
    // A kiosk has mains power, and must see each card at once.
    mayIdle: !isKiosk,
    on: {
      card: seeCard,
      foreign: board.foreign,
      several: board.several,
      hint: showHint,
      state: onScanner,
      idle: (isIdle) => showHint(isIdle && camera.state() === "live" ? "idle" : null),
    },
  });
  checking.link.onChange(() => showHint(null));

  /**
   * What to do where nothing is read here, whenever nothing else is to be said.
   * @param {string | null} hint
   */
  function showHint(hint) {
    board.hint(hint ?? otherWay());
  }

  function otherWay() {
    const state = scanner.state();
    if (state === "no_decoder") {
      return mayReadOnServer() ? "only_server" : "cannot_read";
    }
    return state === "no_pixels" ? "no_pixels" : null;
  }

  /** @param {import("../scanning/scanner.js").ScannerState} state */
  function onScanner(state) {
    showHint(null);
    onBlind(state === "no_pixels");
  }

  const comeBack = () => scanner.wake();
  document.addEventListener("pointerdown", comeBack, { capture: true, passive: true });
  document.addEventListener("visibilitychange", comeBack);

  const stopWedge = listenForWedge(document, {
    onCard: (payload) => card(payload, "scanner"),
    onForeign: (refusal) => foreign(refusal, "scanner"),
    onExtras: watchExtras(root, preferences),
    isTyping: typesText,
    numberField,
  });

  return Object.freeze({
    board,
    camera,
    feedback,
    scanner,
    card,
    foreign,
    /** A photo was taken. @returns {import("../result/board.js").Reading} */
    picture() {
      scanner.cancelServerReading();
      lastCardAt = now();
      return board.picture();
    },
    lastCardAt: () => lastCardAt,

    /** By a person's tap: sound is unlocked with the camera. */
    async start() {
      void feedback.unlock();
      await camera.start();
    },

    close() {
      stopWedge();
      document.removeEventListener("pointerdown", comeBack, { capture: true });
      document.removeEventListener("visibilitychange", comeBack);
      sound.stop();
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
