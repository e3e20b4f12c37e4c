/** The kiosk's page: set up by a person, then a screen for visitors that starts by itself after every power cut. */

import { fetchOwn } from "../addresses.js";
import { Checking } from "../checking/checking.js";
import { openMemory } from "../memory/memory.js";
import { N_, _, loadMessages } from "../messages.js";
import { TIMERS, abortAfter } from "../platform.js";
import { ScreenWakeLock } from "../pwa/wake.js";
import { enhanceSettings } from "../settings/panel.js";
import { createPreferences, storageOf } from "../settings/preferences.js";
import { KIOSK_PAGE, begin } from "./common.js";
import { showStatus } from "./indicators.js";
import { Dimmer, modeOf, onHold } from "./kiosk_mode.js";
import { SIGN_IN, noteLeft, reloadOnce, sessionBegun } from "./session_end.js";
import { KIOSK_FACING, Station } from "./station.js";

/**
 * @import {EndedSession, Memory} from "../memory/memory.js"
 * @import {WakeState} from "../pwa/wake.js"
 * @import {Me} from "./common.js"
 * @import {Mode} from "./kiosk_mode.js"
 */

const SIGN_IN_HERE = `${SIGN_IN}?next=${KIOSK_PAGE}`;
const LOCK_TIMEOUT_MS = 8_000;
/** Without messages the kiosk reloads itself after this time. */
const RELOAD_MS = 5_000;
const LOCK_ERRORS = {
  wrong: N_("That is not your password. Check the keyboard and type it again."),
  later: N_("Too many tries. Wait a minute, then press the button again."),
  failed: N_("The tablet could not be locked. Check its connection, then press the button again."),
};

const root = /** @type {HTMLElement} */ (document.querySelector("[data-kiosk]"));
const at = (/** @type {string} */ name) => /** @type {HTMLElement | null} */ (root.querySelector(`[data-${name}]`));

class KioskPage {
  #preferences = createPreferences(storageOf(window));
  #awake = new ScreenWakeLock({ document, navigator, on: drawAwake });
  #readsOnServer = false;
  /** @type {Promise<unknown>} */
  #locking = Promise.resolve();
  /** @type {() => void} */
  #drawStatus = () => undefined;
  #checking;
  #station;
  #dimmer;

  /** @param {string} zone @param {Memory | null} memory */
  constructor(zone, memory) {
    this.#checking = new Checking({
      memory,
      changed: () => this.#drawStatus(),
      keepsCards: false,
      signedOut: (left) => this.#signedOut(left),
      personChanged: reloadOnce,
      replacing: () => this.#locking,
    });
    this.#station = new Station({
      root,
      zone,
      preferences: this.#preferences,
      checking: this.#checking,
      readsOnServer: () => this.#readsOnServer,
      isKiosk: true,
      onView: () => this.#dimmer.wake(),
    });
    this.#dimmer = new Dimmer({
      on: (isDimmed) => root.toggleAttribute("data-resting", isDimmed),
      mayDim: () => this.#preferences.get("dim", true) && isLocked() && !this.#station.board.isBusy(),
      timers: TIMERS,
    });
  }

  async open() {
    this.#drawStatus = showStatus(at("status"), () => this.#checking.status());
    this.#drawStatus();
    this.#wire();
    void this.#checking.askToPersist();
    begin({ isIdle: () => this.#dimmer.isDimmed() || root.dataset.mode === "over" });
    const wasLocked = this.#preferences.get("kioskLocked", false);
    if (wasLocked) {
      this.#become("locked");
    }
    const me = await this.#checking.api.me();
    if (me.ok) {
      const body = /** @type {Me} */ (me.body);
      if (await this.#checking.identify(body)) {
        sessionBegun();
      }
      this.#readsOnServer = body.server_reading === true;
    }
    const mode = modeOf(wasLocked, me);
    if (mode !== root.dataset.mode) {
      this.#become(mode);
    }
  }

  #wire() {
    const leave = at("leave");
    root.addEventListener("pointerdown", ({ target }) => {
      this.#dimmer.wake();
      // Full screen would move the button for staff away from under the pointer that holds it.
      if (isLocked() && !leave?.contains(/** @type {Node} */ (target))) {
        requestFullscreen();
      }
    });
    at("start-camera")?.removeAttribute("disabled");
    at("start-camera")?.addEventListener("click", () => void this.#station.start());
    at("restart")?.addEventListener("click", () => void this.#station.camera.restart());
    at("sign-in")?.addEventListener("click", () => location.assign(SIGN_IN_HERE));
    if (leave) {
      onHold(leave, () => location.assign(SIGN_IN_HERE), TIMERS);
    }
  }

  /** @param {EndedSession} left */
  #signedOut(left) {
    noteLeft(left);
    this.#become("over");
  }

  /** @param {Mode} mode */
  #become(mode) {
    if (mode === "sign_in") {
      location.replace(SIGN_IN_HERE);
      return;
    }
    root.dataset.mode = mode;
    at("stage")?.toggleAttribute("hidden", mode === "over");
    at("over")?.toggleAttribute("hidden", mode !== "over");
    if (mode === "over") {
      this.#station.close();
      void this.#awake.stop();
    } else {
      this.#preferences.set("kioskLocked", mode === "locked");
      this.#drawSetup(mode === "setup");
      void this.#run(mode);
    }
  }

  /** @param {"locked" | "setup"} mode */
  async #run(mode) {
    this.#mirror();
    if (mode === "locked") {
      void this.#awake.start();
    }
    if (mode === "locked" || (await this.#station.camera.isPermitted())) {
      // Not station.start(): without a tap there is no sound to unlock.
      await this.#station.camera.start();
    }
  }

  /** The setup is in a template: a locked tablet has no link and no button of it. @param {boolean} isShown */
  #drawSetup(isShown) {
    const place = at("setup-place");
    /** @type {HTMLTemplateElement | null} */
    const template = document.querySelector("[data-setup-template]");
    if (!place || !template || isShown === (place.childElementCount > 0)) {
      return;
    }
    place.replaceChildren(...(isShown ? [template.content.cloneNode(true)] : []));
    if (isShown) {
      const { feedback } = this.#station;
      enhanceSettings(place, { preferences: this.#preferences, feedback, onCamera: () => this.#onCameraChosen() });
      at("lock")?.addEventListener("submit", (event) => {
        event.preventDefault();
        void this.#lock(/** @type {HTMLFormElement} */ (event.target));
      });
      void this.#awake.start().then(drawAwake);
    }
  }

  #onCameraChosen() {
    this.#preferences.set("camera.device", null);
    this.#mirror();
    void this.#station.camera.restart();
  }

  /** People aim more easily at a mirrored picture of themselves. */
  #mirror() {
    root.toggleAttribute("data-front", this.#preferences.get("camera.facing", KIOSK_FACING) === KIOSK_FACING);
  }

  /**
   * Called inside the tap, because browsers grant wake lock, full screen, camera and sound only there. Full screen uses
   * the tap up, so it comes after the wake lock.
   * @param {HTMLFormElement} form
   */
  async #lock(form) {
    void this.#awake.start();
    requestFullscreen();
    void this.#station.start();
    const locking = this.#requestLock(new URLSearchParams(/** @type {any} */ (new FormData(form))));
    this.#locking = locking;
    const result = await locking;
    if (result === "locked") {
      this.#become("locked");
      return;
    }
    form.reset();
    at("lock-error")?.replaceChildren(_(LOCK_ERRORS[result]));
    at("lock-error")?.removeAttribute("hidden");
  }

  /** @param {URLSearchParams} body @returns {Promise<"locked" | "wrong" | "later" | "failed">} */
  async #requestLock(body) {
    const { signal, clear } = abortAfter(LOCK_TIMEOUT_MS);
    let status = 0;
    try {
      status = (await fetchOwn("/kiosk/lock", { method: "POST", body, redirect: "manual", signal })).status;
    } catch {
      return "failed";
    } finally {
      clear();
    }
    // The redirect may come from a network; only the server's own answer counts.
    if (modeOf(false, await this.#checking.api.me()) === "locked") {
      return "locked";
    }
    return status === 403 ? "wrong" : status === 429 || status === 503 ? "later" : "failed";
  }
}

function isLocked() {
  return root.dataset.mode === "locked";
}

/** @param {WakeState} state */
function drawAwake(state) {
  at("awake")?.replaceChildren(
    state === "on"
      ? _("The screen stays on by itself.")
      : _("This browser does not keep the screen on: please set the tablet’s screen to stay on."),
  );
}

/** Fill the screen as far as the browser allows; it needs a tap, and an iPhone does not allow it. */
function requestFullscreen() {
  if (!document.fullscreenElement) {
    void document.documentElement.requestFullscreen?.().catch(() => undefined);
  }
}

const [messages, memory] = await Promise.all([loadMessages(document), openMemory()]);
if (messages === null) {
  setTimeout(() => location.reload(), RELOAD_MS);
} else {
  await new KioskPage(messages.zone, memory).open();
}
