/** The scanner's page: wires what the rooms give, and nothing else. */

import { offerInstall } from "../pwa/install.js";
import { ScreenWakeLock, wakeText } from "../pwa/wake.js";
import { enhanceSettings } from "../settings/panel.js";
import { begin } from "./common.js";
import { wireControls } from "./controls.js";
import { openCounter } from "./counter.js";
import { bringAnswerIntoSight, wireNumber } from "./number.js";
import { enhancePhotoForm } from "./photo.js";
import { quiet } from "./quiet.js";
import { createStation } from "./station.js";

const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-scanner]"));
const counter = root && (await openCounter(root));
if (root && counter) {
  open(root, counter);
} else if (!root) {
  begin({ isIdle: () => true });
} else if (root.hidden) {
  root.remove();
  document.querySelector("[data-ways]")?.removeAttribute("data-ways");
  document.querySelector(".with-scanner")?.classList.remove("with-scanner");
  begin({ isIdle: () => true });
}

/** @param {HTMLElement} root @param {import("./counter.js").Counter} counter */
function open(root, counter) {
  const { zone, preferences, checking } = counter;
  const ways = /** @type {HTMLElement} */ (document.querySelector("[data-ways]"));
  const place = /** @type {HTMLElement} */ (root.querySelector("[data-number-place]"));
  const photo = /** @type {HTMLFormElement} */ (ways.querySelector("form.photo"));
  const form = /** @type {HTMLFormElement} */ (ways.querySelector("form.number"));
  const showAnswer = () => bringAnswerIntoSight(root);
  const number = wireNumber({
    input: /** @type {HTMLInputElement} */ (form.querySelector("#number")),
    note: /** @type {HTMLElement} */ (form.querySelector("[data-number-note]")),
    onCard(payload) {
      station.card(payload, "typed");
      showAnswer();
    },
    onRefusal(refusal) {
      station.foreign(refusal, "typed");
      showAnswer();
    },
    showAnswer,
  });
  const { field } = number;
  const awake = new ScreenWakeLock({ document, navigator });
  const station = createStation({
    root,
    zone,
    preferences,
    checking,
    numberField: field,
    readsOnServer: () => counter.me()?.server_reading ?? false,
    onView: number.follow,
    onChange: number.change,
    onBlind: (isBlind) => void (photo.hidden &&= !isBlind),
    onCamera(state) {
      // Without a picture a photo is the next best way.
      if (state === "trouble" || state === "live") {
        photo.hidden = state === "live";
      }
      if (state === "live" || state === "off") {
        controls.refresh();
      }
    },
  });
  const { board, camera } = station;

  photo.hidden = true;
  place.append(photo, form);
  enhancePhotoForm(photo, {
    read: (picture) => checking.api.scan(picture),
    onTaken() {
      const reading = station.picture();
      showAnswer();
      return reading;
    },
  });
  const controls = wireControls(root, { camera, preferences, field, photo, start, pause });
  const settings = /** @type {HTMLElement} */ (root.querySelector("[data-settings]"));
  enhanceSettings(settings, {
    preferences,
    feedback: station.feedback,
    cameras: () => camera.list(),
    onCamera: (id) => void (id === null ? camera.restart() : camera.choose(id)),
    facts: () => [wakeText(awake.state())],
  });
  const offer = /** @type {HTMLElement | null} */ (document.querySelector("[data-install]"));
  if (offer) {
    const isStandalone = matchMedia("(display-mode: standalone)").matches;
    offerInstall(offer, { userAgent: navigator.userAgent, maxTouchPoints: navigator.maxTouchPoints, isStandalone });
  }
  root.hidden = false;
  if (matchMedia("(min-width: 56rem) and (pointer: fine)").matches) {
    // A desk has a keyboard; on a tablet the focus would bring up one on the screen.
    field.focus({ preventScroll: true });
  }
  counter.tellLate(board);
  void counter.checkHeld((payload) => station.card(payload, "scanner"));
  begin({ isIdle: quiet({ lastCardAt: station.lastCardAt, board, checking, field }) });
  void camera.isPermitted().then((may) => (may ? start() : undefined));

  async function start() {
    void awake.start();
    await station.start();
  }

  function pause() {
    camera.stop();
    void awake.stop();
  }
}
