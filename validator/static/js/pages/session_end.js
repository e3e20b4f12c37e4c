/** The end of a session on a page: warned of before it, told on the sign-in page after it. */

import { _, loadMessages, ngettext } from "../messages.js";
import { own } from "../root.js";

/** @typedef {import("../memory/memory.js").EndedSession} Left */

const WARNED_MS = 15 * 60_000;
const LOOK_MS = 15_000;
/** Who holds the card out waits so long at the most. */
const HELD_MS = 600_000;
const LEFT = "escv.left";
const HELD = "escv.held";
const CHANGED = "escv.changed";
export const SIGN_IN = own("/login");

/** Go and sign in, and come back to this page. What the session left is told there. @param {Left} [left] */
export function goToSignIn(left) {
  if (left) {
    noteLeft(left);
  }
  location.replace(`${SIGN_IN}?next=${encodeURIComponent(location.pathname)}`);
}

/**
 * Let the sign-in page of this tab tell what became of checks, and the page after it check the last card. The card
 * is sealed; all else is figures.
 * @param {Left} left
 */
export function noteLeft({ held, ...left }) {
  try {
    sessionStorage.setItem(LEFT, JSON.stringify(left));
    if (held !== null) {
      sessionStorage.setItem(HELD, JSON.stringify({ at: Date.now(), held }));
    }
  } catch {
    // Without storage the page says nothing of them.
  }
}

/** The card that was kept over the sign-in, sealed, once and not for long. @returns {string | null} */
export function takeHeld() {
  try {
    const { at, held } = JSON.parse(sessionStorage.getItem(HELD) ?? "{}");
    sessionStorage.removeItem(HELD);
    return Date.now() - at < HELD_MS ? held : null;
  } catch {
    return null;
  }
}

/** Tell it, once, where this page has the place for it. */
export async function tellLeft() {
  const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-left]"));
  const left = place === null ? null : takeLeft();
  if (place !== null && left !== null) {
    // In English where they could not be loaded.
    await loadMessages(document);
    const said = sentences(left);
    place.replaceChildren(said.join(" "));
    place.hidden = said.length === 0;
  }
}

/** @returns {Omit<Left, "held"> | null} */
function takeLeft() {
  try {
    const left = JSON.parse(sessionStorage.getItem(LEFT) ?? "null");
    sessionStorage.removeItem(LEFT);
    return left;
  } catch {
    return null;
  }
}

/** @param {Omit<Left, "held">} left @returns {string[]} */
function sentences({ waiting, lost, card }) {
  const said = [];
  if (waiting > 0) {
    said.push(
      ngettext(
        "%(num)s check made without a network waits on this device. It is delivered when the person who made it signs in here within a day.",
        "%(num)s checks made without a network wait on this device. They are delivered when the person who made them signs in here within a day.",
        waiting,
      ),
    );
  }
  if (lost > 0) {
    said.push(
      ngettext(
        "%(num)s check made without a network could not be delivered and was deleted.",
        "%(num)s checks made without a network could not be delivered and were deleted.",
        lost,
      ),
    );
  }
  if (card !== null) {
    said.push(
      card === "held"
        ? _("The session had ended. After you sign in, the last card is checked.")
        : _("The session had ended. After you sign in, scan the last card again."),
    );
  }
  return said;
}

/**
 * Load this page anew after another person's session was found on it; once, so that a disk that keeps everything
 * cannot make it go round.
 */
export function beginAnew() {
  try {
    if (sessionStorage.getItem(CHANGED) === null) {
      sessionStorage.setItem(CHANGED, "1");
      location.reload();
    }
  } catch {
    // The page goes on without a memory.
  }
}

/** Another person's session may be found again. */
export function begun() {
  try {
    sessionStorage.removeItem(CHANGED);
  } catch {
    // Nothing was kept.
  }
}

/**
 * Warn a quarter of an hour before the session ends, with the way to the next one.
 * @param {HTMLElement | null} place  with `[data-session-left]` for the sentence
 * @param {number} leftS  seconds until then
 */
export function warnOfEnd(place, leftS) {
  const endsAt = Date.now() + leftS * 1000;
  const look = () => {
    const leftMs = endsAt - Date.now();
    if (place && leftMs <= WARNED_MS) {
      place.querySelector("[data-session-left]")?.replaceChildren(endText(leftMs));
      place.hidden = false;
    }
  };
  look();
  // A phone that slept has let no timer run.
  setInterval(look, LOOK_MS);
}

/** @param {number} leftMs */
function endText(leftMs) {
  const minutes = Math.floor(leftMs / 60_000);
  return minutes < 1
    ? _("Your session ends in less than a minute.")
    : _("Your session ends in %(num)s min.", { num: minutes });
}
