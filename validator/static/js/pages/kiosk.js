/** The kiosk's page: set up by a person, then a visitors' screen that starts itself after every power cut. */

import { Checking } from "../checking/checking.js";
import { onHold } from "../kiosk/hold.js";
import { modeOf } from "../kiosk/mode.js";
import { createRest } from "../kiosk/rest.js";
import { openMemory } from "../memory/memory.js";
import { _, loadMessages, N_ } from "../messages.js";
import { ScreenWakeLock } from "../pwa/wake.js";
import { fetchOwn } from "../root.js";
import { enhanceSettings } from "../settings/panel.js";
import { createPreferences, storageOf } from "../settings/preferences.js";
import { begin, KIOSK_PAGE } from "./common.js";
import { begun, beginAnew, noteLeft, SIGN_IN } from "./session_end.js";
import { createStation, KIOSK_FACING } from "./station.js";
import { showStatus } from "./status.js";
import { abortAfter, TIMERS } from "../timers.js";

const SIGN_IN_HERE = `${SIGN_IN}?next=${KIOSK_PAGE}`;
const LOCK_LIMIT_MS = 8_000;
/** Where neither messages nor server could be had, a kiosk tries again by itself. */
const AGAIN_MS = 5_000;

const LOCK_ERRORS = {
  wrong: N_("That is not your password. Check the keyboard and type it again."),
  later: N_("Too many tries. Wait a minute, then press the button again."),
  failed: N_("The tablet could not be locked. Check its connection, then press the button again."),
};

const root = /** @type {HTMLElement} */ (document.querySelector("[data-kiosk]"));
/** @param {string} name @returns {HTMLElement | null} */
const at = (name) => root.querySelector(`[data-${name}]`);

await open();

async function open() {
  const [messages, memory] = await Promise.all([loadMessages(document), openMemory()]);
  if (messages === null) {
    setTimeout(() => location.reload(), AGAIN_MS);
    return;
  }
  const preferences = createPreferences(storageOf(window));
  /** @type {() => void} */
  let say = () => undefined;
  /** @type {Promise<unknown>} */
  let locking = Promise.resolve();
  const checking = new Checking({
    memory,
    changed: () => say(),
    keepsCards: false,
    signedOut,
    personChanged: beginAnew,
    replacing: () => locking,
  });
  /** @param {import("../memory/memory.js").EndedSession} left */
  function signedOut(left) {
    noteLeft(left);
    become("over");
  }
  const awake = new ScreenWakeLock({ document, navigator, on: tellAwake });
  let readsOnServer = false;
  const station = createStation({
    root,
    zone: messages.zone,
    preferences,
    checking,
    readsOnServer: () => readsOnServer,
    isKiosk: true,
    onView: () => rest.wake(),
  });
  const rest = createRest({
    on: (isResting) => root.toggleAttribute("data-resting", isResting),
    mayRest: () => preferences.get("dim", true) && root.dataset.mode === "locked" && !station.board.isBusy(),
    timers: TIMERS,
  });
  say = showStatus(at("status"), () => checking.status());
  say();

  /** @param {import("../kiosk/mode.js").Mode} mode */
  function become(mode) {
    if (mode === "sign_in") {
      location.replace(SIGN_IN_HERE);
      return;
    }
    root.dataset.mode = mode;
    at("stage")?.toggleAttribute("hidden", mode === "over");
    at("over")?.toggleAttribute("hidden", mode !== "over");
    if (mode === "over") {
      station.close();
      void awake.stop();
    } else {
      preferences.set("kioskLocked", mode === "locked");
      drawSetup(mode === "setup");
      void run(mode);
    }
  }

  /** @param {"locked" | "setup"} mode */
  async function run(mode) {
    mirror();
    if (mode === "locked") {
      void awake.start();
    }
    if (mode === "locked" || (await station.camera.isPermitted())) {
      // Not station.start(): without a tap there is no sound to unlock.
      await station.camera.start();
    }
  }

  /**
   * What a person sets lives in a template: a locked tablet has no link and no button of it.
   * @param {boolean} isShown
   */
  function drawSetup(isShown) {
    const place = at("setup-place");
    /** @type {HTMLTemplateElement | null} */
    const template = document.querySelector("[data-setup-template]");
    if (!place || !template || isShown === (place.childElementCount > 0)) {
      return;
    }
    place.replaceChildren(...(isShown ? [template.content.cloneNode(true)] : []));
    if (isShown) {
      enhanceSettings(place, { preferences, feedback: station.feedback, onCamera: onCameraChosen });
      at("lock")?.addEventListener("submit", (event) => {
        event.preventDefault();
        void lock(/** @type {HTMLFormElement} */ (event.target));
      });
      void awake.start().then(tellAwake);
    }
  }

  function onCameraChosen() {
    preferences.set("camera.device", null);
    mirror();
    void station.camera.restart();
  }

  /** People find their way in a mirror. */
  function mirror() {
    root.toggleAttribute("data-front", preferences.get("camera.facing", KIOSK_FACING) === KIOSK_FACING);
  }

  /** @param {import("../pwa/wake.js").WakeState} state */
  function tellAwake(state) {
    const isOn = state === "on";
    at("awake")?.replaceChildren(
      isOn
        ? _("The screen stays on by itself.")
        : _("This browser does not keep the screen on: please set the tablet’s screen to stay on."),
    );
  }

  /**
   * In the tap itself: the screen lock, full screen, camera and sound are given to taps only, and full screen uses the
   * tap up, so it comes after the screen lock.
   * @param {HTMLFormElement} form
   */
  async function lock(form) {
    void awake.start();
    fill();
    void station.start();
    const answer = askToLock(new URLSearchParams(/** @type {any} */ (new FormData(form))));
    locking = answer;
    const told = await answer;
    if (told === "locked") {
      become("locked");
      return;
    }
    form.reset();
    const place = at("lock-error");
    place?.replaceChildren(_(LOCK_ERRORS[told]));
    place?.removeAttribute("hidden");
  }

  /** @param {URLSearchParams} body @returns {Promise<"locked" | "wrong" | "later" | "failed">} */
  async function askToLock(body) {
    const { signal, clear } = abortAfter(LOCK_LIMIT_MS);
    let status = 0;
    try {
      status = (await fetchOwn("/kiosk/lock", { method: "POST", body, redirect: "manual", signal })).status;
    } catch {
      return "failed";
    } finally {
      clear();
    }
    // Whoever redirected us, only the server's own word counts.
    if (modeOf(false, await checking.api.me()) === "locked") {
      return "locked";
    }
    return status === 403 ? "wrong" : status === 429 || status === 503 ? "later" : "failed";
  }

  const leave = at("leave");
  root.addEventListener("pointerdown", ({ target }) => {
    rest.wake();
    // Full screen moves the button for staff away from under the pointer that holds it.
    if (root.dataset.mode === "locked" && !leave?.contains(/** @type {Node} */ (target))) {
      fill();
    }
  });
  at("start-camera")?.removeAttribute("disabled");
  at("start-camera")?.addEventListener("click", () => void station.start());
  at("restart")?.addEventListener("click", () => void station.camera.restart());
  at("sign-in")?.addEventListener("click", () => location.assign(SIGN_IN_HERE));
  if (leave) {
    onHold(leave, () => location.assign(SIGN_IN_HERE), TIMERS);
  }

  void checking.askToPersist();
  begin({ isIdle: () => rest.isResting() || root.dataset.mode === "over" });
  const wasLocked = preferences.get("kioskLocked", false);
  if (wasLocked) {
    become("locked");
  }
  const told = await checking.api.me();
  if (told.ok) {
    if (await checking.identify(/** @type {import("./common.js").Me} */ (told.body))) {
      begun();
    }
    readsOnServer = /** @type {{server_reading?: boolean}} */ (told.body).server_reading === true;
  }
  const mode = modeOf(wasLocked, told);
  if (mode !== root.dataset.mode) {
    become(mode);
  }
}

/** As much of the screen as the browser gives; a tap is needed, and an iPhone gives none. */
function fill() {
  if (!document.fullscreenElement) {
    void document.documentElement.requestFullscreen?.().catch(() => undefined);
  }
}
