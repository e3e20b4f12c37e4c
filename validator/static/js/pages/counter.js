/** What a page for people at a counter has, with or without a camera: memory, checks, who is signed in. */

import { Checking } from "../checking/checking.js";
import { openMemory } from "../memory/memory.js";
import { loadMessages } from "../messages.js";
import { createPreferences, storageOf } from "../settings/preferences.js";
import { begin, mayStay, showAccount } from "./common.js";
import { begun, beginAnew, goToSignIn, takeHeld, warnOfEnd } from "./session_end.js";
import { showStatus } from "./status.js";

/**
 * @typedef {import("./common.js").Me} Me
 * @typedef {import("../result/board.js").Board} Board
 * @typedef {import("../types.js").Payload} Payload
 *
 * @typedef {object} Counter
 * @property {string} zone  Of the place where cards are checked.
 * @property {import("../settings/preferences.js").Preferences} preferences
 * @property {import("../checking/checking.js").Checking} checking
 * @property {() => Me | null} me  Who is signed in, once the server has said so.
 * @property {(check: (card: Payload) => void) => Promise<void>} checkHeld  Check the cards that
 *   were being checked when this person's session ended.
 * @property {(board: Board) => void} tellLate  Bring the late contradictions that nobody has seen onto the board.
 */

/**
 * Open what the page works with; null where it must not go on, and says so itself, or cannot: then the plain
 * forms do the work.
 * @param {HTMLElement} root
 * @returns {Promise<Counter | null>}
 */
export async function openCounter(root) {
  const [messages, memory] = await Promise.all([loadMessages(document), openMemory()]);
  if (messages === null) {
    return null;
  }
  /** @type {() => void} */
  let say = () => undefined;
  /** @type {Me | null} */
  let me = null;
  let isOpen = false;
  /** @param {import("../memory/memory.js").EndedSession} left */
  const signedOut = (left) => {
    if (!checking.session.isSignOutPending()) {
      goToSignIn(left);
    } else if (isOpen) {
      // Signed out by another page of this device: begin anew, and say so.
      location.reload();
    }
  };
  const checking = new Checking({ memory, changed: () => say(), signedOut, personChanged: beginAnew });
  if (checking.session.isSignOutPending()) {
    showSignedOut(root, checking.session);
    return null;
  }
  const askWho = async () => {
    const told = await checking.api.me();
    me = told.ok ? /** @type {Me} */ (told.body) : null;
    if (!told.ok && told.why === "signed_out") {
      checking.endSession();
    }
    if (me !== null && (await checking.identify(me))) {
      begun();
    }
    return me;
  };
  const who = askWho();
  if (!(await mayStay(() => who))) {
    return null;
  }
  isOpen = true;
  void who.then((found) => {
    if (found) {
      showAccount(found);
      if (found.session_left_s !== null) {
        warnOfEnd(document.querySelector("[data-session-end]"), found.session_left_s);
      }
    }
  });
  void checking.askToPersist();
  say = showStatus(root.querySelector("[data-status]"), () => checking.status());
  say();
  addEventListener("pageshow", () => void checking.resume());
  return Object.freeze({
    zone: messages.zone,
    preferences: createPreferences(storageOf(window)),
    checking,
    me: () => me,
    async checkHeld(/** @type {(card: Payload) => void} */ check) {
      const held = (await who) === null || memory === null ? null : takeHeld();
      const cards = held === null ? [] : await memory?.queue.heldCards(held);
      cards?.forEach(check);
    },
    tellLate(/** @type {Board} */ board) {
      const told = new Set();
      const tell = () =>
        memory?.notices.all().forEach((notice) => {
          if (!told.has(notice.id)) {
            told.add(notice.id);
            const { id, number, shown, now, madeAt } = notice;
            const seen = () => void memory.notices.dismiss([id]);
            board.contradiction({ number, shown, now, made_at: new Date(madeAt).toISOString(), seen });
          }
        });
      tell();
      memory?.onChange((change) => change === "notices" && tell());
    },
  });
}

/**
 * Signed out without a network: say so, and go on to the sign-in page as soon as the server has heard of it.
 * @param {HTMLElement} root
 * @param {{settle(): Promise<boolean>}} session
 */
function showSignedOut(root, session) {
  root.querySelector("[data-signed-out]")?.removeAttribute("hidden");
  for (const place of [root, document.body]) {
    place.setAttribute("data-is-signed-out", "");
  }
  root.hidden = false;
  begin({ isIdle: () => true });
  const look = async () => {
    if (await session.settle()) {
      goToSignIn();
    } else {
      setTimeout(() => void look(), 3_000);
    }
  };
  void look();
}
