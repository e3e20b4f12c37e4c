/** Whether a counter's page may be loaded anew without anybody noticing. */

import { isIdle } from "../pwa/updates.js";
import { now } from "../timers.js";

/**
 * @param {object} page
 * @param {() => number} page.lastCardAt
 * @param {import("../result/board.js").Board} page.board
 * @param {import("../checking/checking.js").Checking} page.checking
 * @param {import("../typing/field.js").TextField} page.field
 * @returns {() => boolean}
 */
export function quiet({ lastCardAt, board, checking, field }) {
  return () =>
    isIdle(
      {
        lastCardAt: lastCardAt(),
        isShowing: board.isBusy(),
        isAsking: checking.isBusy(),
        isTyping: field.value !== "",
        isHidden: document.visibilityState === "hidden",
      },
      now(),
    );
}
