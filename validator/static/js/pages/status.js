/** The status line: how the link is, how old the memory is, what waits. */

import { statusLine } from "../checking/status.js";

/** How often ages on it are brought up to date. */
const EVERY_MS = 15_000;

/**
 * Keep the line true; the function that is given back says it anew at once.
 * @param {Element | null} place
 * @param {() => import("../checking/status.js").Facts} facts
 * @returns {() => void}
 */
export function showStatus(place, facts) {
  const line = /** @type {HTMLElement | null} */ (place);
  function say() {
    if (line) {
      const { link, slow, text, queued, dropped, contradictions } = statusLine(facts());
      const said = [text, queued, dropped, contradictions].filter(Boolean).join(" · ");
      // The name that the contract gives it.
      line.dataset.link = link === "live" ? "online" : link;
      if (slow === null) {
        delete line.dataset.slow;
      } else {
        line.dataset.slow = slow;
      }
      if (line.textContent !== said) {
        line.replaceChildren(said);
      }
    }
  }
  setInterval(say, EVERY_MS);
  return say;
}
