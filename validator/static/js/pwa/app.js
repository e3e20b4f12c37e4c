/** The app on this device: its installation, its service worker, and when a new version may take over. */

import { own } from "../addresses.js";
import { scriptUrl } from "../addresses.js";

const HOUR_MS = 3_600_000;
/** After this time without a card, the queue at the counter has most likely ended. */
export const QUIET_MS = 20_000;

/**
 * @typedef {Event & {prompt(): Promise<void>, userChoice: Promise<{outcome: string}>}} InstallPrompt
 * @typedef {{userAgent: string, maxTouchPoints: number, isStandalone: boolean}} Platform
 */

/**
 * @typedef {object} Activity
 * @property {number} lastCardAt  When a card was last read or typed, in ms of the same clock as `now`.
 * @property {boolean} isShowing  A result is on the screen.
 * @property {boolean} isAsking  A check is running.
 * @property {boolean} isTyping  The number field is not empty.
 * @property {boolean} isHidden  The page is not visible.
 */

/**
 * Whether the page can be reloaded without disturbing a person. The delivery of queued checks does not count: it
 * starts again after the reload, and the server accepts each check once.
 * @param {Activity} activity
 * @param {number} now
 * @returns {boolean}
 */
export function isIdle(activity, now) {
  if (activity.isAsking || activity.isTyping) {
    return false;
  }
  return activity.isHidden || (!activity.isShowing && now - activity.lastCardAt >= QUIET_MS);
}

/**
 * Registers the service worker. `onWaiting` receives a function that lets the new version take over; the page reloads
 * when it has. Without service workers nothing happens: the page works online.
 * @param {(apply: () => void) => void} onWaiting
 * @returns {Promise<ServiceWorkerRegistration | null>}
 */
export async function registerWorker(onWaiting) {
  const container = navigator.serviceWorker;
  if (!container) {
    return null;
  }
  reloadAfterUpdate(container);
  try {
    const registration = await container.register(scriptUrl(own("/sw.js")), { updateViaCache: "none" });
    watch(registration, onWaiting);
    // A page that was loading while the worker started is not under its control yet.
    void container.ready.then(({ active }) => container.controller ?? active?.postMessage("claim"));
    setInterval(() => void registration.update().catch(() => {}), HOUR_MS);
    return registration;
  } catch {
    return null;
  }
}

/** @param {ServiceWorkerContainer} container */
function reloadAfterUpdate(container) {
  let wasControlled = container.controller !== null;
  let isReloading = false;
  container.addEventListener("controllerchange", () => {
    // The first worker takes control of the page that registered it: no reload. Each later one is a new version.
    if (wasControlled && !isReloading) {
      isReloading = true;
      location.reload();
    }
    wasControlled = true;
  });
}

/**
 * @param {ServiceWorkerRegistration} registration
 * @param {(apply: () => void) => void} onWaiting
 */
function watch(registration, onWaiting) {
  const report = () => {
    const { waiting } = registration;
    // Without a controller this is the first version: it starts by itself.
    if (waiting && navigator.serviceWorker.controller) {
      onWaiting(() => waiting.postMessage("apply"));
    }
  };
  report();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", report);
  });
}

/**
 * How this platform installs: already installed, by the browser's prompt, or by hand (iOS). Pure.
 * @param {Platform} platform
 * @returns {"installed" | "prompt" | "ios"}
 */
export function installWay({ userAgent, maxTouchPoints, isStandalone }) {
  if (isStandalone) {
    return "installed";
  }
  // iPads report to be Macs; no Mac has a touch screen.
  const isApple = /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
  return isApple ? "ios" : "prompt";
}

/**
 * Offers the installation in this element (`[data-install]`, hidden before): a button where the browser has a prompt, the
 * sentence for iOS where it has none.
 * @param {HTMLElement} offer
 * @param {Platform} platform
 */
export function offerInstall(offer, platform) {
  const way = installWay(platform);
  const button = /** @type {HTMLButtonElement | null} */ (offer.querySelector("[data-install-button]"));
  const byHand = /** @type {HTMLElement | null} */ (offer.querySelector("[data-install-ios]"));
  if (way === "ios" && byHand) {
    byHand.hidden = false;
    offer.hidden = false;
  }
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    const prompt = /** @type {InstallPrompt} */ (event);
    if (button) {
      button.hidden = false;
      offer.hidden = false;
      button.onclick = async () => {
        await prompt.prompt();
        offer.hidden = (await prompt.userChoice).outcome === "accepted";
      };
    }
  });
  window.addEventListener("appinstalled", () => {
    offer.hidden = true;
  });
}
