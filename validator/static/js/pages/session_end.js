/** The end of a session: a warning before it, and after it, on the sign-in page, what became of the checks. */

import { own } from "../addresses.js";
import { _, loadMessages, ngettext } from "../messages.js";

/** @import {EndedSession} from "../memory/memory.js" */

/** @typedef {Omit<EndedSession, "held">} Left */

const WARN_MS = 15 * 60_000;
const UPDATE_MS = 15_000;
/** The longest wait of a person with a card. */
const HELD_MS = 600_000;
const LEFT = "escv.left";
const HELD = "escv.held";
const CHANGED = "escv.changed";
export const SIGN_IN = own("/login");

/** Go to the sign-in page, which shows what the session left, and come back to this page. @param {EndedSession} [left] */
export function goToSignIn(left) {
  if (left) {
    noteLeft(left);
  }
  location.replace(`${SIGN_IN}?next=${encodeURIComponent(location.pathname)}`);
}

/**
 * Keep for the sign-in page of this tab what became of the checks, and for the page after it the last card. The card is
 * sealed; the rest is numbers.
 * @param {EndedSession} left
 */
export function noteLeft({ held, ...left }) {
  try {
    sessionStorage.setItem(LEFT, JSON.stringify(left));
    if (held !== null) {
      sessionStorage.setItem(HELD, JSON.stringify({ at: Date.now(), held }));
    }
  } catch {
    // Without storage the page does not show them.
  }
}

/** The sealed card from before the sign-in, once, and only for ten minutes. @returns {string | null} */
export function takeHeld() {
  try {
    const { at, held } = JSON.parse(sessionStorage.getItem(HELD) ?? "{}");
    sessionStorage.removeItem(HELD);
    return Date.now() - at < HELD_MS ? held : null;
  } catch {
    return null;
  }
}

/** Show what the last session left, once, if this page has the element for it. */
export async function showLeft() {
  const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-left]"));
  const left = place === null ? null : takeLeft();
  if (place !== null && left !== null) {
    // Without messages the texts are English.
    await loadMessages(document);
    const texts = sentences(left);
    place.replaceChildren(texts.join(" "));
    place.hidden = texts.length === 0;
  }
}

/** @returns {Left | null} */
function takeLeft() {
  try {
    const left = JSON.parse(sessionStorage.getItem(LEFT) ?? "null");
    sessionStorage.removeItem(LEFT);
    return left;
  } catch {
    return null;
  }
}

/** @param {Left} left @returns {string[]} */
function sentences({ waiting, lost, card }) {
  const texts = [];
  if (waiting > 0) {
    texts.push(
      ngettext(
        "%(num)s check made without a network waits on this device. It is delivered when the person who made it signs in here within a day.",
        "%(num)s checks made without a network wait on this device. They are delivered when the person who made them signs in here within a day.",
        waiting,
      ),
    );
  }
  if (lost > 0) {
    texts.push(
      ngettext(
        "%(num)s check made without a network could not be delivered and was deleted.",
        "%(num)s checks made without a network could not be delivered and were deleted.",
        lost,
      ),
    );
  }
  if (card !== null) {
    texts.push(
      card === "held"
        ? _("The session had ended. After you sign in, the last card is checked.")
        : _("The session had ended. After you sign in, scan the last card again."),
    );
  }
  return texts;
}

/**
 * Reload this page after another person's session was found on it; only once, so that a disk that deletes nothing cannot
 * make it reload for ever.
 */
export function reloadOnce() {
  try {
    if (sessionStorage.getItem(CHANGED) === null) {
      sessionStorage.setItem(CHANGED, "1");
      location.reload();
    }
  } catch {
    // The page continues without a memory.
  }
}

/** From now on the page may be reloaded again for another person's session. */
export function sessionBegun() {
  try {
    sessionStorage.removeItem(CHANGED);
  } catch {
    // Nothing was stored.
  }
}

/**
 * Warn a quarter of an hour before the session ends, with a link to sign in again.
 * @param {HTMLElement | null} place  with `[data-session-left]` for the sentence
 * @param {number} leftS  seconds until then
 */
export function warnOfEnd(place, leftS) {
  const endsAt = Date.now() + leftS * 1000;
  const update = () => {
    const leftMs = endsAt - Date.now();
    if (place && leftMs <= WARN_MS) {
      place.querySelector("[data-session-left]")?.replaceChildren(endText(leftMs));
      place.hidden = false;
    }
  };
  update();
  // Timers do not run while a phone sleeps.
  setInterval(update, UPDATE_MS);
}

/** @param {number} leftMs */
function endText(leftMs) {
  const minutes = Math.floor(leftMs / 60_000);
  return minutes < 1
    ? _("Your session ends in less than a minute.")
    : _("Your session ends in %(num)s min.", { num: minutes });
}
