/** What every page does: install and update the app, sign out thoroughly, keep a kiosk a kiosk. */

import { registerWorker } from "../pwa/updates.js";
import { own } from "../root.js";
import { tellLeft } from "./session_end.js";

/**
 * @typedef {{name: string, kind: "person" | "device" | "kiosk", role: string | null, server_reading: boolean,
 *   session_left_s: number | null, queue: {id: string, key: string} | null}} Me
 */

const LOOK_MS = 5_000;
// The name under which settings/preferences.js keeps it.
const KIOSK = "escv.kioskLocked";
// The names of memory/database.js and checking/session.js, which not every page loads.
const DATABASE = "escv";
const SIGN_OUT_WAITS = "escv.sign-out";
const FORGET_MS = 1_000;
export const KIOSK_PAGE = own("/kiosk");

/**
 * Begin once the page is loaded; a new version takes over as soon as nobody would notice.
 * @param {{isIdle(): boolean}} page
 */
export function begin({ isIdle }) {
  void tellLeft();
  if (globalThis.isSecureContext) {
    // The server cannot always tell how a browser came; the browser can.
    document.querySelector("[data-plain-http]")?.remove();
  }
  /** @type {HTMLFormElement | null} */
  const signOut = document.querySelector("form[data-sign-out]");
  signOut?.addEventListener("submit", (event) => {
    event.preventDefault();
    void import("./leave.js").then(({ leave }) => leave()).catch(() => leaveByForm(signOut));
  });
  const register = () =>
    void registerWorker((apply) => {
      const look = setInterval(() => {
        if (isIdle()) {
          clearInterval(look);
          apply();
        }
      }, LOOK_MS);
    });
  if (document.readyState === "complete") {
    register();
  } else {
    addEventListener("load", register, { once: true });
  }
}

/**
 * Sign out without the script for it, which may be gone: after an update, or without a network. What this device
 * remembers goes first here, too.
 * @param {HTMLFormElement} form
 */
async function leaveByForm(form) {
  await Promise.race([deleteDatabase(), new Promise((resolve) => setTimeout(resolve, FORGET_MS))]);
  try {
    // The server hears of it now: no page has to tell it later.
    localStorage.removeItem(SIGN_OUT_WAITS);
  } catch {
    // Without storage there is no such mark.
  }
  form.submit();
}

/** Resolved when it is done, or cannot be; other pages of ours close it for that. @returns {Promise<void>} */
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

/** Whether this device was locked as a kiosk, as far as it knows itself; so it holds without a network. */
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
    // Without storage the server alone keeps the kiosk closed.
  }
}

/**
 * Whether a page that is not the kiosk's may go on. On a locked kiosk only somebody's sign-in opens it.
 * @param {() => Promise<Me | null>} whoIsHere
 */
export async function mayStay(whoIsHere) {
  if (!isKioskLocked()) {
    return true;
  }
  const me = await whoIsHere();
  const isOpen = me !== null && me.kind !== "kiosk";
  if (isOpen) {
    keepKioskLock(false);
  } else {
    location.replace(KIOSK_PAGE);
  }
  return isOpen;
}

/**
 * Show who is signed in on a page that was kept for everybody; a kiosk's session goes to its own page.
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
