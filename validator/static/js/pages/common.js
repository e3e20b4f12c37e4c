/** What every page does: install and update the app, sign out, keep a kiosk locked. */

import { own } from "../addresses.js";
import { registerWorker } from "../pwa/app.js";
import { showLeft } from "./session_end.js";

/**
 * @typedef {{name: string, kind: "person" | "device" | "kiosk", role: string | null, server_reading: boolean,
 *   session_left_s: number | null, queue: {id: string, key: string} | null}} Me
 */

const RETRY_MS = 5_000;
// The name of this preference in settings/preferences.js.
const KIOSK = "escv.kioskLocked";
// The names in memory/database.js and checking/session.js, which not every page loads.
const DATABASE = "escv";
const SIGN_OUT_FLAG = "escv.sign-out";
const DELETE_MS = 1_000;
export const KIOSK_PAGE = own("/kiosk");

/**
 * Begin once the page is loaded. A new version takes over as soon as the page is idle.
 * @param {{isIdle(): boolean}} page
 */
export function begin({ isIdle }) {
  void showLeft();
  if (globalThis.isSecureContext) {
    // Behind a proxy the server may not know that the page came over https; the browser does.
    document.querySelector("[data-plain-http]")?.remove();
  }
  /** @type {HTMLFormElement | null} */
  const signOut = document.querySelector("form[data-sign-out]");
  signOut?.addEventListener("submit", (event) => {
    event.preventDefault();
    void import("./sign_out.js").then((module) => module.signOut()).catch(() => signOutByForm(signOut));
  });
  const register = () =>
    void registerWorker((apply) => {
      const retry = setInterval(() => {
        if (isIdle()) {
          clearInterval(retry);
          apply();
        }
      }, RETRY_MS);
    });
  if (document.readyState === "complete") {
    register();
  } else {
    addEventListener("load", register, { once: true });
  }
}

/**
 * Sign out without the script for it, which may be missing after an update or without a network. Here, too, the data on
 * this device is deleted first.
 * @param {HTMLFormElement} form
 */
async function signOutByForm(form) {
  await Promise.race([deleteDatabase(), new Promise((resolve) => setTimeout(resolve, DELETE_MS))]);
  try {
    // The form informs the server now: no page has to do it later.
    localStorage.removeItem(SIGN_OUT_FLAG);
  } catch {
    // Without storage there is no such flag.
  }
  form.submit();
}

/** Resolves when it is deleted, or cannot be; other pages of this site close it then. @returns {Promise<void>} */
function deleteDatabase() {
  return new Promise((resolve) => {
    try {
      const deleting = indexedDB.deleteDatabase(DATABASE);
      deleting.onsuccess = deleting.onerror = () => resolve();
    } catch {
      resolve();
    }
  });
}

/** Whether this device was locked as a kiosk; stored here, so that the lock holds without a network. */
export function isKioskLocked() {
  try {
    return localStorage.getItem(KIOSK) === "true";
  } catch {
    return false;
  }
}

/** @param {boolean} isLocked */
export function keepKioskLock(isLocked) {
  try {
    if (isLocked) {
      localStorage.setItem(KIOSK, "true");
    } else {
      localStorage.removeItem(KIOSK);
    }
  } catch {
    // Without storage only the server keeps the kiosk locked.
  }
}

/**
 * Whether a page other than the kiosk's may continue. On a locked kiosk it may only after a person has signed in.
 * @param {() => Promise<Me | null>} askMe
 */
export async function mayStay(askMe) {
  if (!isKioskLocked()) {
    return true;
  }
  const me = await askMe();
  const isOpen = me !== null && me.kind !== "kiosk";
  if (isOpen) {
    keepKioskLock(false);
  } else {
    location.replace(KIOSK_PAGE);
  }
  return isOpen;
}

/**
 * Show who is signed in on a page from the service worker, which is the same for all; a kiosk goes to its own page.
 * @param {Me} me
 */
export function showAccount(me) {
  if (me.kind === "kiosk") {
    keepKioskLock(true);
    location.replace(KIOSK_PAGE);
    return;
  }
  document.querySelector("[data-account-name]")?.replaceChildren(me.name);
  if (me.role === "manager") {
    document.querySelectorAll("[data-for-managers]").forEach((entry) => entry.removeAttribute("hidden"));
  }
}
