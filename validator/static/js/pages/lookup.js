/** The page for typing: the same checks as on the scanner's page, for a keyboard or a hand-held scanner. */

import { createFeedback } from "../feedback/feedback.js";
import { TIMERS, now } from "../platform.js";
import { Board } from "../result/board.js";
import { listenForWedge } from "../wedge/listen.js";
import { begin } from "./common.js";
import { openCounter, scrollToAnswer, wireNumber } from "./counter.js";
import { watchExtras } from "./indicators.js";

/**
 * @import {By} from "../result/types.js"
 * @import {Payload, Refusal} from "../types.js"
 * @import {Counter} from "./counter.js"
 */

class LookupPage {
  #root;
  #counter;
  #feedback;
  #number;
  #board;
  #lastCardAt = now();

  /** @param {HTMLElement} root @param {Counter} counter */
  constructor(root, counter) {
    const announcer = /** @type {HTMLElement} */ (root.querySelector("[data-announcer]"));
    this.#root = root;
    this.#counter = counter;
    this.#feedback = createFeedback({ window, announcer, preferences: counter.preferences });
    this.#number = wireNumber({
      input: /** @type {HTMLInputElement} */ (document.querySelector("#number")),
      note: /** @type {HTMLElement} */ (document.querySelector("[data-number-note]")),
      onCard: (payload) => this.#card(payload, "typed"),
      onRefusal: (refusal) => this.#foreign(refusal, "typed"),
      showAnswer: () => scrollToAnswer(root),
    });
    this.#board = this.#createBoard();
  }

  open() {
    const { field } = this.#number;
    listenForWedge(document, {
      onCard: (payload) => this.#card(payload, "scanner"),
      onForeign: (refusal) => this.#foreign(refusal, "scanner"),
      onExtras: watchExtras(this.#root, this.#counter.preferences),
      numberField: field,
    });
    this.#root.hidden = false;
    this.#counter.showContradictions(this.#board);
    void this.#counter.checkHeld((payload) => this.#card(payload, "scanner"));
    begin({ isIdle: this.#counter.idleCheck({ lastCardAt: () => this.#lastCardAt, board: this.#board, field }) });
  }

  #createBoard() {
    const { zone, preferences, checking } = this.#counter;
    return new Board({
      root: this.#root,
      zone,
      preferences,
      feedback: this.#feedback,
      check: (payload, onAnswer) => checking.check(payload, onAnswer),
      now,
      date: () => new Date(),
      timers: TIMERS,
      onView: (view) => {
        this.#number.follow(view);
        if (view) {
          scrollToAnswer(this.#root);
        }
      },
      onChange: this.#number.change,
    });
  }

  /** @param {Payload} payload @param {By} by */
  #card(payload, by) {
    this.#lastCardAt = now();
    void this.#feedback.unlock();
    this.#board.card(payload, by);
    scrollToAnswer(this.#root);
  }

  /** @param {Refusal} refusal @param {By} by */
  #foreign(refusal, by) {
    void this.#feedback.unlock();
    this.#board.foreign(refusal, by);
    scrollToAnswer(this.#root);
  }
}

const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-scanner]"));
const counter = root && (await openCounter(root));
if (root && counter) {
  new LookupPage(root, counter).open();
} else {
  begin({ isIdle: () => true });
}
