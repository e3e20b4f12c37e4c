/** What the scanner and the kiosk share: camera, decoder, hand-held scanner, checks, and the result on the page. */

import { Camera } from "../camera/camera.js";
import { createFeedback } from "../feedback/feedback.js";
import { TIMERS, now } from "../platform.js";
import { Board } from "../result/board.js";
import { Scanner } from "../scanning/scanner.js";
import { listenForWedge, typesText } from "../wedge/listen.js";
import { drawCamera, drawTrouble, watchExtras, watchSound } from "./indicators.js";

/**
 * @import {CameraState} from "../camera/supervisor.js"
 * @import {Checking} from "../checking/checking.js"
 * @import {Answer, By} from "../result/types.js"
 * @import {View} from "../result/view.js"
 * @import {Preferences} from "../settings/preferences.js"
 * @import {Payload, Refusal, Verdict} from "../types.js"
 * @import {TextField} from "../typing/field.js"
 */

/**
 * @typedef {Payload & {verdict?: Verdict}} Read  A code that the server read on a picture has its verdict already.
 * @typedef {object} Parts
 * @property {HTMLElement} root
 * @property {string} zone  of the place where cards are checked
 * @property {Preferences} preferences
 * @property {Checking} checking
 * @property {() => boolean} readsOnServer
 * @property {boolean} [isKiosk]
 * @property {TextField | null} [numberField]
 * @property {(state: CameraState) => void} [onCamera]
 * @property {(view: View | null) => void} [onView]
 * @property {(isBlind: boolean) => void} [onBlind]  this browser hides the camera's pixels from the page
 * @property {() => void} [onChange]  a person wants to change the typed number
 */

/** Refusals that are about the code on a picture; the others are about the picture. */
const CODE_REFUSALS = new Set(["not_an_esc_code", "esi_not_escn", "lookalike_host", "several_codes"]);

/** At a door most people hold the card to the front camera first. */
export const KIOSK_FACING = "user";

/** `start` opens the camera. */
export class Station {
  #parts;
  #lastCardAt = now();
  #isScanning = false;
  #sound;
  #stopWedge;
  #wake = () => this.scanner.wake();

  /** @param {Parts} parts */
  constructor(parts) {
    const { root, preferences, checking } = parts;
    const announcer = /** @type {HTMLElement} */ (root.querySelector("[data-announcer]"));
    const video = /** @type {HTMLVideoElement} */ (root.querySelector("[data-video]"));
    this.#parts = parts;
    this.feedback = createFeedback({ window, announcer, preferences });
    this.#sound = watchSound(root.querySelector("[data-sound-off]"), this.feedback, () => this.#isScanning);
    this.board = this.#createBoard();
    this.camera = this.#createCamera(video);
    this.scanner = this.#createScanner(video);
    checking.link.onChange(() => this.#showHint(null));
    document.addEventListener("pointerdown", this.#wake, { capture: true, passive: true });
    document.addEventListener("visibilitychange", this.#wake);
    this.#stopWedge = listenForWedge(document, {
      onCard: (payload) => this.card(payload, "scanner"),
      onForeign: (refusal) => this.foreign(refusal, "scanner"),
      onExtras: watchExtras(root, preferences),
      isTyping: typesText,
      numberField: parts.numberField ?? null,
    });
  }

  /** Called in a person's tap, which also unlocks the sound. */
  async start() {
    void this.feedback.unlock();
    await this.camera.start();
  }

  /**
   * A card that did not come from the camera. An answer of the server about an older picture is now too late.
   * @param {Payload} payload
   * @param {By} by
   */
  card(payload, by) {
    this.scanner.cancelServerReading();
    this.#lastCardAt = now();
    this.board.card(payload, by);
  }

  /** @param {Refusal} refusal @param {By} by */
  foreign(refusal, by) {
    this.scanner.cancelServerReading();
    this.board.foreign(refusal, by);
  }

  /** A photo was taken. */
  picture() {
    this.scanner.cancelServerReading();
    this.#lastCardAt = now();
    return this.board.picture();
  }

  lastCardAt() {
    return this.#lastCardAt;
  }

  close() {
    this.#stopWedge();
    document.removeEventListener("pointerdown", this.#wake, { capture: true });
    document.removeEventListener("visibilitychange", this.#wake);
    this.#sound.stop();
    this.scanner.stop();
    this.camera.close();
    this.board.close();
  }

  #createBoard() {
    const { root, zone, preferences, isKiosk = false, onView, onChange } = this.#parts;
    return new Board({
      root,
      zone,
      preferences,
      feedback: this.feedback,
      check: (payload, onAnswer) => this.#check(payload, onAnswer),
      now,
      date: () => new Date(),
      timers: TIMERS,
      kiosk: isKiosk,
      onView: (view) => onView?.(view),
      onChange: () => onChange?.(),
    });
  }

  /** @param {HTMLVideoElement} video */
  #createCamera(video) {
    const { root, preferences, isKiosk = false } = this.#parts;
    return new Camera(video, {
      mediaDevices: navigator.mediaDevices,
      preferences,
      facing: isKiosk ? KIOSK_FACING : "environment",
      on: { state: (state) => this.#onCamera(state), trouble: (trouble) => drawTrouble(root, trouble) },
    });
  }

  /** @param {HTMLVideoElement} video */
  #createScanner(video) {
    return new Scanner({
      video,
      camera: this.camera,
      decoder: loadDecoder(),
      readOnServer: (picture) => this.#readOnServer(picture),
      mayReadOnServer: () => this.#mayReadOnServer(),
      // A kiosk has mains power, and must see each card at once.
      mayIdle: !this.#parts.isKiosk,
      on: {
        card: (payload, _meta, beside) => this.#onCard(payload, beside),
        foreign: (refusal) => this.board.foreign(refusal),
        several: () => this.board.several(),
        hint: (hint) => this.#showHint(hint),
        state: (state) => (this.#showHint(null), this.#parts.onBlind?.(state === "no_pixels")),
        idle: (isIdle) => this.#showHint(isIdle && this.camera.state() === "live" ? "idle" : null),
      },
    });
  }

  /** @param {CameraState} state */
  #onCamera(state) {
    this.#isScanning = state === "live" || state === "restarting";
    if (state === "live") {
      this.scanner.wake();
    }
    this.#sound.refresh();
    drawCamera(this.#parts.root, state);
    this.#parts.onCamera?.(state);
  }

  /** `beside`: another code in the picture. @param {Payload} payload @param {Refusal | null} [beside] */
  #onCard(payload, beside = null) {
    this.#lastCardAt = now();
    this.board.card(payload, "camera", beside);
  }

  /** @param {Read} payload @param {(answer: Answer) => void} onAnswer */
  #check(payload, onAnswer) {
    if (payload.verdict) {
      onAnswer({ phase: "live", verdict: payload.verdict, confirming: false, change: null, trouble: null });
    } else {
      this.#parts.checking.check(payload, onAnswer);
    }
  }

  #mayReadOnServer() {
    const { readsOnServer, checking } = this.#parts;
    return readsOnServer() && checking.link.state() !== "offline";
  }

  /**
   * Let the server read one frame that could not be read here; a card comes with its verdict.
   * @param {Blob} picture
   * @returns {Promise<Read | Refusal | null>}
   */
  async #readOnServer(picture) {
    const { checking } = this.#parts;
    const result = await checking.api.scan(picture);
    if (result.ok) {
      return { escn: result.verdict.card.number, warnings: [], isMasked: true, verdict: result.verdict };
    }
    if (result.why === "signed_out") {
      checking.endSession();
    }
    const code = result.why === "refused" ? result.problem : undefined;
    return code !== undefined && CODE_REFUSALS.has(code) ? { code, kind: null } : null;
  }

  /** Show this hint, or another way if nothing can be read here. @param {string | null} hint */
  #showHint(hint) {
    this.board.hint(hint ?? this.#otherWay());
  }

  #otherWay() {
    const state = this.scanner.state();
    if (state === "no_decoder") {
      return this.#mayReadOnServer() ? "only_server" : "cannot_read";
    }
    return state === "no_pixels" ? "no_pixels" : null;
  }
}

/** The decoder is loaded after everything that the page needs at first. */
async function loadDecoder() {
  await new Promise((resolve) => {
    const whenIdle = () =>
      "requestIdleCallback" in window ? requestIdleCallback(resolve, { timeout: 1_000 }) : setTimeout(resolve, 200);
    if (document.readyState === "complete") {
      whenIdle();
    } else {
      addEventListener("load", whenIdle, { once: true });
    }
  });
  const { Decoder } = await import("../decoder/decoder.js");
  return new Decoder();
}
