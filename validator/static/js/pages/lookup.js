/** The page for typing: the same checks as the scanner's, for a keyboard or a hand-held scanner. */

import { createFeedback } from "../feedback/feedback.js";
import { createBoard } from "../result/board.js";
import { enhanceNumberField } from "../typing/field.js";
import { listenForWedge } from "../wedge/listen.js";
import { begin } from "./common.js";
import { openCounter } from "./counter.js";
import { quiet } from "./quiet.js";
import { now, WINDOW_TIMERS } from "./timers.js";

const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-scanner]"));
const counter = root && (await openCounter(root));
if (root && counter) {
  open(root, counter);
} else {
  begin({ isIdle: () => true });
}

/** @param {HTMLElement} root @param {import("./counter.js").Counter} counter */
function open(root, counter) {
  const { words, preferences, checking } = counter;
  const field = /** @type {HTMLInputElement} */ (document.querySelector("#number"));
  const announcer = /** @type {HTMLElement} */ (root.querySelector("[data-announcer]"));
  const feedback = createFeedback({ window, announcer, preferences });
  let lastCardAt = now();
  const board = createBoard({
    root,
    words,
    preferences,
    feedback,
    check: checking.check,
    now,
    date: () => new Date(),
    timers: WINDOW_TIMERS,
  });

  /** @param {import("../types.js").Payload} payload */
  function onCard(payload) {
    lastCardAt = now();
    void feedback.unlock();
    board.card(payload);
  }

  enhanceNumberField(field, {
    onCard,
    onRefusal: board.refused,
    note: /** @type {HTMLElement} */ (document.querySelector("[data-number-note]")),
  });
  listenForWedge(document, { onCard, onForeign: board.foreign, numberField: field });
  root.hidden = false;
  counter.tellLate(board);
  begin({ isIdle: quiet({ lastCardAt: () => lastCardAt, board, checking, field }) });
}
