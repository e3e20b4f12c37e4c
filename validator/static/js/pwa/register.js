/** Registers the service worker, and tells of a new version that waits to be used. */

import { own } from "../root.js";
import { scriptUrl } from "../trusted.js";

const HOUR_MS = 3_600_000;

/**
 * Register once the page is usable. `onWaiting` is called with a function that lets the new version take over;
 * the page is loaded anew when it has. Without service workers nothing happens: the page works online.
 * @param {(apply: () => void) => void} onWaiting
 * @returns {Promise<ServiceWorkerRegistration | null>}
 */
export async function registerWorker(onWaiting) {
  const container = navigator.serviceWorker;
  if (!container) {
    return null;
  }
  let wasControlled = container.controller !== null;
  let isReloading = false;
  container.addEventListener("controllerchange", () => {
    // The very first worker takes over the page that brought it: nothing to load anew, until the next one comes.
    if (wasControlled && !isReloading) {
      isReloading = true;
      location.reload();
    }
    wasControlled = true;
  });
  try {
    const registration = await container.register(scriptUrl(own("/sw.js")), { updateViaCache: "none" });
    watch(registration, onWaiting);
    // A page that was on its way here just when the worker began was not taken with the others.
    void container.ready.then(({ active }) => container.controller ?? active?.postMessage("claim"));
    setInterval(() => void registration.update().catch(() => {}), HOUR_MS);
    return registration;
  } catch {
    return null;
  }
}

/**
 * @param {ServiceWorkerRegistration} registration
 * @param {(apply: () => void) => void} onWaiting
 */
function watch(registration, onWaiting) {
  const tell = () => {
    const { waiting } = registration;
    // Without a controller this is the first version: it starts by itself.
    if (waiting && navigator.serviceWorker.controller) {
      onWaiting(() => waiting.postMessage("apply"));
    }
  };
  tell();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", tell);
  });
}
