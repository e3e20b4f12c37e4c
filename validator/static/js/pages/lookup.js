/** The page for typing: the same checks as the scanner's, for a keyboard or a hand-held scanner. */

import { createFeedback } from "../feedback/feedback.js";
import { createBoard } from "../result/board.js";
import { listenForWedge } from "../wedge/listen.js";
import { begin } from "./common.js";
import { openCounter } from "./counter.js";
import { bringAnswerIntoSight, wireNumber } from "./number.js";
import { quiet } from "./quiet.js";
import { watchExtras } from "./scanner_tip.js";
import { now, TIMERS } from "../timers.js";

const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-scanner]"));
const counter = root && (await openCounter(root));
if (root && counter) {
  open(root, counter);
} else {
  begin({ isIdle: () => true });
}

/** @param {HTMLElement} root @param {import("./counter.js").Counter} counter */
function open(root, counter) {
  const { zone, preferences, checking } = counter;
  const announcer = /** @type {HTMLElement} */ (root.querySelector("[data-announcer]"));
  const feedback = createFeedback({ window, announcer, preferences });
  const showAnswer = () => bringAnswerIntoSight(root);
  let lastCardAt = now();
  const number = wireNumber({
    input: /** @type {HTMLInputElement} */ (document.querySelector("#number")),
    note: /** @type {HTMLElement} */ (document.querySelector("[data-number-note]")),
    onCard: (payload) => card(payload, "typed"),
    onRefusal: (refusal) => foreign(refusal, "typed"),
    showAnswer,
  });
  const { field } = number;
  const board = createBoard({
    root,
    zone,
    preferences,
    feedback,
    check: (payload, onAnswer) => checking.check(payload, onAnswer),
    now,
    date: () => new Date(),
    timers: TIMERS,
    onView(view) {
      number.follow(view);
      if (view) {
        showAnswer();
      }
    },
    onChange: number.change,
  });

  /** @param {import("../types.js").Payload} payload @param {import("../result/types.js").By} by */
  function card(payload, by) {
    lastCardAt = now();
    void feedback.unlock();
    board.card(payload, by);
    showAnswer();
  }

  /** @param {import("../types.js").Refusal} refusal @param {import("../result/types.js").By} by */
  function foreign(refusal, by) {
    void feedback.unlock();
    board.foreign(refusal, by);
    showAnswer();
  }

  listenForWedge(document, {
    onCard: (payload) => card(payload, "scanner"),
    onForeign: (refusal) => foreign(refusal, "scanner"),
    onExtras: watchExtras(root, preferences),
    numberField: field,
  });
  root.hidden = false;
  counter.tellLate(board);
  void counter.checkHeld((payload) => card(payload, "scanner"));
  begin({ isIdle: quiet({ lastCardAt: () => lastCardAt, board, checking, field }) });
}
