/** Registers the service worker, reports a new version that waits, and decides when it may take over. */

import { own } from "../root.js";
import { scriptUrl } from "../trusted.js";

const HOUR_MS = 3_600_000;
/** After this time without a card, the queue at the counter has most likely ended. */
export const QUIET_MS = 20_000;

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
