/** Small parts of a page that show a state: status line, viewfinder, strip about muted sound, tip about a scanner. */

import { N_, _, ngettext } from "../messages.js";
import { TOUCHES } from "../pwa/wake.js";

/**
 * @import {CameraState} from "../camera/supervisor.js"
 * @import {Trouble} from "../camera/trouble.js"
 * @import {LinkState, SlowPart} from "../checking/link.js"
 * @import {Feedback} from "../feedback/feedback.js"
 * @import {Extras} from "../payload/payload.js"
 * @import {Preferences} from "../settings/preferences.js"
 */

/** @typedef {{extras: Extras, scans: number}} Tally  How many scans in a row had the same extras. */

/**
 * @typedef {object} Facts
 * @property {LinkState} link
 * @property {SlowPart | null} slow  the part that is slow, if it is known
 * @property {number | null} packAge  seconds since the last sync; null if that is not known
 * @property {number} packCards
 * @property {number} queued
 * @property {number} [dropped]  checks that waited too long
 * @property {number} contradictions
 *
 * @typedef {object} Status
 * @property {"live" | "slow" | "offline"} link
 * @property {Facts["slow"]} slow
 * @property {string} text  the link, and the pack if it matters
 * @property {string | null} queued
 * @property {string | null} dropped
 * @property {string | null} contradictions
 */

/** By the part that is slow: with a pack, and without. @type {Record<string, [string, string]>} */
const SLOW = {
  unknown: [N_("Slow: remembered answers first"), N_("Slow: answers take a moment")],
  network: [N_("Weak signal: remembered answers first"), N_("Weak signal: answers take a moment")],
  server: [N_("Our server is slow: remembered answers first"), N_("Our server is slow: answers take a moment")],
  register: [
    N_("The card register is slow: remembered answers first"),
    N_("The card register is slow: answers take a moment"),
  ],
};

/**
 * @param {Facts} facts
 * @returns {Status}
 */
export function statusLine(facts) {
  const { link, slow, queued, dropped = 0, contradictions } = facts;
  return Object.freeze({
    link,
    slow,
    text: linkText(facts),
    queued: queued
      ? ngettext("%(num)s check waiting to be confirmed", "%(num)s checks waiting to be confirmed", queued)
      : null,
    dropped: dropped
      ? ngettext(
          "%(num)s check could not be confirmed within a day and was deleted",
          "%(num)s checks could not be confirmed within a day and were deleted",
          dropped,
        )
      : null,
    contradictions: contradictions
      ? ngettext("%(num)s result has changed. Check it", "%(num)s results have changed. Check them", contradictions)
      : null,
  });
}

/** @param {Facts} facts */
function linkText({ link, slow, packAge, packCards }) {
  if (link === "live") {
    return _("Online");
  }
  if (link === "slow") {
    const [remembered, empty] = SLOW[slow ?? "unknown"];
    return _(packCards > 0 && packAge !== null ? remembered : empty);
  }
  if (packCards === 0) {
    return _(
      "Offline: nothing remembered on this device. Cards can be checked again when the connection is back",
    );
  }
  return packAge === null
    ? _(
        "Offline: this device’s clock was changed, so remembered answers are not used. Connect once to use them again",
      )
    : offlineText(packAge);
}

/** @param {number} seconds  the age of the pack */
function offlineText(seconds) {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes < 1) {
    return _("Offline: answering from memory of less than a minute ago");
  }
  if (hours < 1) {
    return _("Offline: answering from memory of %(num)s min ago", { num: minutes });
  }
  return hours < 48
    ? _("Offline: answering from memory of %(num)s h ago", { num: hours })
    : ngettext(
        "Offline: answering from memory of %(num)s day ago",
        "Offline: answering from memory of %(num)s days ago",
        Math.floor(hours / 24),
      );
}

/** How often the ages are updated. */
const UPDATE_MS = 15_000;

/**
 * Keep the line up to date; the function that is returned updates it at once.
 * @param {Element | null} element
 * @param {() => Facts} facts
 * @returns {() => void}
 */
export function showStatus(element, facts) {
  const line = /** @type {HTMLElement | null} */ (element);
  const update = () => void (line && drawStatus(line, statusLine(facts())));
  setInterval(update, UPDATE_MS);
  return update;
}

/** @param {HTMLElement} line @param {Status} status */
function drawStatus(line, { link, slow, text, queued, dropped, contradictions }) {
  const shown = [text, queued, dropped, contradictions].filter(Boolean).join(" · ");
  // The name of the contract.
  line.dataset.link = link === "live" ? "online" : link;
  if (slow === null) {
    delete line.dataset.slow;
  } else {
    line.dataset.slow = slow;
  }
  if (line.textContent !== shown) {
    line.replaceChildren(shown);
  }
}

/** @type {Record<CameraState, string>} */
const SHOWN = { off: "off", starting: "starting", live: "on", restarting: "on", trouble: "trouble" };

/** @param {HTMLElement} root @param {CameraState} state */
export function drawCamera(root, state) {
  const viewfinder = /** @type {HTMLElement | null} */ (root.querySelector("[data-viewfinder]"));
  if (viewfinder) {
    viewfinder.dataset.camera = SHOWN[state];
  }
}

/** @param {HTMLElement} root @param {Trouble | null} trouble */
export function drawTrouble(root, trouble) {
  root.querySelector("[data-trouble-title]")?.replaceChildren(trouble?.title ?? "");
  root.querySelector("[data-trouble-next]")?.replaceChildren(trouble?.next ?? "");
}

/**
 * Browsers allow sound only on a touched page. Any touch and any key unlock it; until then a strip says so.
 * @param {HTMLElement | null} strip
 * @param {Feedback} feedback
 * @param {() => boolean} isScanning  whether the strip has anything to warn of
 * @returns {{refresh(): void, stop(): void}}
 */
export function watchSound(strip, feedback, isScanning) {
  const refresh = () => void strip?.toggleAttribute("hidden", !(isScanning() && feedback.isSilent()));
  const unlock = () => {
    if (feedback.isSilent()) {
      void feedback.unlock();
    }
  };
  feedback.onSound(refresh);
  TOUCHES.forEach((touch) => document.addEventListener(touch, unlock, { capture: true, passive: true }));
  return {
    refresh,
    stop: () => TOUCHES.forEach((touch) => document.removeEventListener(touch, unlock, { capture: true })),
  };
}

const ENOUGH_SCANS = 3;
const SEEN = "scannerTipSeen";

/** @type {Tally} */
export const NO_SCANS = { extras: { before: "", after: "" }, scans: 0 };

/**
 * The tally after one more scan that gave a number.
 * @param {Tally} tally
 * @param {Extras} extras
 * @returns {Tally}
 */
export function afterScan(tally, extras) {
  const { before, after } = tally.extras;
  const isSame = before === extras.before && after === extras.after;
  return { extras, scans: isSame ? tally.scans + 1 : 1 };
}

/** Whether it is time for the tip. @param {Tally} tally */
export function isDue({ extras, scans }) {
  return scans >= ENOUGH_SCANS && extras.before + extras.after !== "";
}

/**
 * The tip how to switch off what a hand-held scanner adds to each code. The function that is returned takes the extras
 * of each scan. The tip is shown once a page, and never again on this device after a person has closed it.
 * @param {HTMLElement} root
 * @param {Preferences} preferences
 * @returns {(extras: Extras) => void}
 */
export function watchExtras(root, preferences) {
  /** @type {HTMLElement | null} */
  const tip = root.querySelector("[data-scanner-tip]");
  let tally = NO_SCANS;
  let isDone = /** @type {boolean} */ (preferences.get(SEEN, false));
  tip?.querySelector("button")?.addEventListener("click", () => {
    preferences.set(SEEN, true);
    tip.hidden = true;
  });
  return (extras) => {
    tally = afterScan(tally, extras);
    if (tip && !isDone && isDue(tally)) {
      isDone = true;
      tip.hidden = false;
    }
  };
}
