/** The scanner's page. */

import { offerInstall } from "../pwa/app.js";
import { ScreenWakeLock, wakeText } from "../pwa/wake.js";
import { enhanceSettings } from "../settings/panel.js";
import { begin } from "./common.js";
import { openCounter, scrollToAnswer, wireNumber } from "./counter.js";
import { enhancePhotoForm } from "./photo.js";
import { Station } from "./station.js";

/**
 * @import {Camera} from "../camera/camera.js"
 * @import {CameraState} from "../camera/supervisor.js"
 * @import {Preferences} from "../settings/preferences.js"
 * @import {TextField} from "../typing/field.js"
 * @import {Counter} from "./counter.js"
 */

/** One step of zoom: enough for a small code at arm's length, and one touch at a busy counter. */
const ZOOM = 2;

class ScanPage {
  #root;
  #counter;
  #photo;
  #number;
  #station;
  #controls;
  #awake = new ScreenWakeLock({ document, navigator });

  /** @param {HTMLElement} root @param {Counter} counter */
  constructor(root, counter) {
    const ways = /** @type {HTMLElement} */ (document.querySelector("[data-ways]"));
    const form = /** @type {HTMLFormElement} */ (ways.querySelector("form.number"));
    this.#root = root;
    this.#counter = counter;
    this.#photo = /** @type {HTMLFormElement} */ (ways.querySelector("form.photo"));
    this.#number = this.#wireNumber(form);
    this.#station = this.#createStation();
    this.#photo.hidden = true;
    root.querySelector("[data-number-place]")?.append(this.#photo, form);
    this.#controls = new Controls(root, {
      camera: this.#station.camera,
      preferences: counter.preferences,
      field: this.#number.field,
      photo: this.#photo,
      start: () => this.#start(),
      pause: () => this.#pause(),
    });
  }

  open() {
    const { board, camera } = this.#station;
    const { field } = this.#number;
    const lastCardAt = () => this.#station.lastCardAt();
    this.#enhanceForms();
    this.#root.hidden = false;
    if (matchMedia("(min-width: 56rem) and (pointer: fine)").matches) {
      // A desk has a keyboard; on a tablet the focus would open one on the screen.
      field.focus({ preventScroll: true });
    }
    this.#counter.showContradictions(board);
    void this.#counter.checkHeld((payload) => this.#station.card(payload, "scanner"));
    begin({ isIdle: this.#counter.idleCheck({ lastCardAt, board, field }) });
    void camera.isPermitted().then((may) => (may ? this.#start() : undefined));
  }

  /** @param {HTMLFormElement} form */
  #wireNumber(form) {
    const showAnswer = () => scrollToAnswer(this.#root);
    return wireNumber({
      input: /** @type {HTMLInputElement} */ (form.querySelector("#number")),
      note: /** @type {HTMLElement} */ (form.querySelector("[data-number-note]")),
      onCard: (payload) => {
        this.#station.card(payload, "typed");
        showAnswer();
      },
      onRefusal: (refusal) => {
        this.#station.foreign(refusal, "typed");
        showAnswer();
      },
      showAnswer,
    });
  }

  #createStation() {
    const { zone, preferences, checking } = this.#counter;
    const { field, follow, change } = this.#number;
    return new Station({
      root: this.#root,
      zone,
      preferences,
      checking,
      numberField: field,
      readsOnServer: () => this.#counter.me()?.server_reading ?? false,
      onView: follow,
      onChange: change,
      onBlind: (isBlind) => void (this.#photo.hidden &&= !isBlind),
      onCamera: (state) => this.#onCamera(state),
    });
  }

  /** Without a camera picture the photo form is the next best way. @param {CameraState} state */
  #onCamera(state) {
    if (state === "trouble" || state === "live") {
      this.#photo.hidden = state === "live";
    }
    if (state === "live" || state === "off") {
      this.#controls.refresh();
    }
  }

  #enhanceForms() {
    const { camera, feedback } = this.#station;
    enhancePhotoForm(this.#photo, {
      read: (picture) => this.#counter.checking.api.scan(picture),
      onTaken: () => {
        const reading = this.#station.picture();
        scrollToAnswer(this.#root);
        return reading;
      },
    });
    enhanceSettings(/** @type {HTMLElement} */ (this.#root.querySelector("[data-settings]")), {
      preferences: this.#counter.preferences,
      feedback,
      cameras: () => camera.list(),
      onCamera: (id) => void (id === null ? camera.restart() : camera.choose(id)),
      facts: () => [wakeText(this.#awake.state())],
    });
    const offer = /** @type {HTMLElement | null} */ (document.querySelector("[data-install]"));
    if (offer) {
      const { userAgent, maxTouchPoints } = navigator;
      offerInstall(offer, { userAgent, maxTouchPoints, isStandalone: matchMedia("(display-mode: standalone)").matches });
    }
  }

  async #start() {
    void this.#awake.start();
    await this.#station.start();
  }

  #pause() {
    this.#station.camera.stop();
    void this.#awake.stop();
  }
}

/** The buttons under the viewfinder: start, light, other camera, zoom, photo, type. */
class Controls {
  #root;
  #parts;

  /**
   * @param {HTMLElement} root
   * @param {{camera: Camera, preferences: Preferences, field: TextField, photo: HTMLFormElement,
   *   start: () => Promise<void>, pause: () => void}} parts
   */
  constructor(root, parts) {
    const { camera, field, photo, start, pause } = parts;
    this.#root = root;
    this.#parts = parts;
    this.#onClick("start-camera", () => void start());
    this.#button("start-camera")?.removeAttribute("disabled");
    this.#onClick("restart", () => void camera.restart());
    root.querySelector("[data-video]")?.addEventListener("click", () => void camera.restart());
    this.#onClick("torch", async (torch) => {
      const isOn = torch.getAttribute("aria-pressed") !== "true";
      press(torch, (await camera.torch(isOn)) && isOn);
    });
    this.#onClick("flip", () => void camera.flip());
    this.#onClick("zoom", async (zoom) => {
      const isOn = zoom.getAttribute("aria-pressed") !== "true";
      const range = camera.capabilities()?.zoom;
      press(zoom, (await camera.zoom(isOn ? Math.min(ZOOM, range?.max ?? ZOOM) : (range?.min ?? 1))) && isOn);
    });
    this.#onClick("pause", () => {
      pause();
      // This button is hidden with the picture; the one that starts it again gets the focus.
      this.#button("start-camera")?.focus();
    });
    this.#onClick("photo", () => {
      photo.hidden = false;
      /** @type {HTMLInputElement | null} */ (photo.querySelector("input[type=file]"))?.click();
    });
    this.#onClick("type", () => field.focus());
  }

  /** Show what this camera can do, and hide the rest. */
  async refresh() {
    const { camera, preferences } = this.#parts;
    const can = camera.capabilities();
    const [torch, zoom] = [this.#button("torch"), this.#button("zoom")];
    this.#button("pause")?.toggleAttribute("hidden", camera.state() !== "live");
    torch?.toggleAttribute("hidden", !can?.torch);
    zoom?.toggleAttribute("hidden", !can?.zoom || can.zoom.max <= can.zoom.min);
    press(torch, preferences.get("camera.torch", false));
    press(zoom, preferences.get("camera.zoom", 1) > 1);
    this.#button("flip")?.toggleAttribute("hidden", (await camera.list()).length < 2);
  }

  /** @param {string} name @returns {HTMLButtonElement | null} */
  #button(name) {
    return this.#root.querySelector(`button[data-${name}]`);
  }

  /** @param {string} name @param {(button: HTMLButtonElement) => void} act */
  #onClick(name, act) {
    const button = this.#button(name);
    button?.addEventListener("click", () => act(button));
  }
}

/** @param {HTMLButtonElement | null} button @param {boolean} isOn */
function press(button, isOn) {
  button?.setAttribute("aria-pressed", String(isOn));
}

const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-scanner]"));
const counter = root && (await openCounter(root));
if (root && counter) {
  new ScanPage(root, counter).open();
} else if (!root) {
  begin({ isIdle: () => true });
} else if (root.hidden) {
  root.remove();
  document.querySelector("[data-ways]")?.removeAttribute("data-ways");
  document.querySelector(".with-scanner")?.classList.remove("with-scanner");
  begin({ isIdle: () => true });
}
