/** The end of a session on a page: warned of before it, told on the sign-in page after it. */

import { ageText } from "../checking/status.js";
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
export function tellLeft() {
  const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-left]"));
  if (place === null) {
    return;
  }
  let left = null;
  try {
    left = /** @type {Omit<Left, "held"> | null} */ (JSON.parse(sessionStorage.getItem(LEFT) ?? "null"));
    sessionStorage.removeItem(LEFT);
  } catch {
    // Nothing was kept.
  }
  const said = left === null ? [] : sentences(left, place.dataset);
  place.replaceChildren(said.join(" "));
  place.hidden = said.length === 0;
}

/** @param {Omit<Left, "held">} left @param {DOMStringMap} words @returns {string[]} */
function sentences({ waiting, lost, card }, words) {
  /** @param {number} count @param {string} name */
  const counted = (count, name) =>
    count === 0 ? [] : [(words[count === 1 ? `${name}One` : `${name}Many`] ?? "").replace("{count}", String(count))];
  const about = card === null ? [] : [(card === "held" ? words.cardHeld : words.cardLost) ?? ""];
  return [...counted(waiting, "waiting"), ...counted(lost, "lost"), ...about];
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
 * @param {HTMLElement | null} place  with `[data-session-left]` for the time
 * @param {number} leftS  seconds until then
 * @param {import("../checking/status.js").Words} words
 */
export function warnOfEnd(place, leftS, words) {
  const endsAt = Date.now() + leftS * 1000;
  const look = () => {
    const leftMs = endsAt - Date.now();
    if (place && leftMs <= WARNED_MS) {
      place.querySelector("[data-session-left]")?.replaceChildren(ageText(Math.max(0, leftMs / 1000), words));
      place.hidden = false;
    }
  };
  look();
  // A phone that slept has let no timer run.
  setInterval(look, LOOK_MS);
}
