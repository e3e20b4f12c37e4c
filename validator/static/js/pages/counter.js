/** What a page for people at a counter has, with or without a camera: memory, checks, person, number field. */

import { Checking } from "../checking/checking.js";
import { openMemory } from "../memory/memory.js";
import { loadMessages } from "../messages.js";
import { now } from "../platform.js";
import { isIdle } from "../pwa/app.js";
import { createPreferences, storageOf } from "../settings/preferences.js";
import { NumberField, toMultiline } from "../typing/field.js";
import { begin, mayStay, showAccount } from "./common.js";
import { showStatus } from "./indicators.js";
import { goToSignIn, reloadOnce, sessionBegun, takeHeld, warnOfEnd } from "./session_end.js";

/**
 * @import {EndedSession, Memory} from "../memory/memory.js"
 * @import {Board} from "../result/board.js"
 * @import {View} from "../result/view.js"
 * @import {Payload, Refusal} from "../types.js"
 * @import {TextField} from "../typing/field.js"
 * @import {Me} from "./common.js"
 */

/**
 * Open what the page works with; null if the page must not continue, and says so itself, or if it cannot: then the
 * plain forms do the work.
 * @param {HTMLElement} root
 * @returns {Promise<Counter | null>}
 */
export async function openCounter(root) {
  const [messages, memory] = await Promise.all([loadMessages(document), openMemory()]);
  const counter = messages && new Counter(root, messages.zone, memory);
  return counter !== null && (await counter.open()) ? counter : null;
}

export class Counter {
  #root;
  #memory;
  #isOpen = false;
  /** @type {Me | null} */
  #me = null;
  /** @type {Promise<Me | null>} */
  #who = Promise.resolve(null);
  /** @type {() => void} */
  #drawStatus = () => undefined;
  preferences = createPreferences(storageOf(window));

  /**
   * @param {HTMLElement} root
   * @param {string} zone  of the place where cards are checked
   * @param {Memory | null} memory
   */
  constructor(root, zone, memory) {
    this.#root = root;
    this.#memory = memory;
    this.zone = zone;
    this.checking = new Checking({
      memory,
      changed: () => this.#drawStatus(),
      signedOut: (left) => this.#signedOut(left),
      personChanged: reloadOnce,
    });
  }

  /** Whether the page may continue. */
  async open() {
    const { checking } = this;
    if (checking.session.isSignOutPending()) {
      showSignedOut(this.#root, checking.session);
      return false;
    }
    this.#who = this.#identify();
    if (!(await mayStay(() => this.#who))) {
      return false;
    }
    this.#isOpen = true;
    void this.#who.then((me) => me && showPerson(me));
    void checking.askToPersist();
    this.#drawStatus = showStatus(this.#root.querySelector("[data-status]"), () => checking.status());
    this.#drawStatus();
    addEventListener("pageshow", () => void checking.resume());
    return true;
  }

  /** Who is signed in, once the server has said so. */
  me() {
    return this.#me;
  }

  /**
   * Check the cards whose checks were under way when this person's session ended.
   * @param {(card: Payload) => void} check
   */
  async checkHeld(check) {
    const held = (await this.#who) === null || this.#memory === null ? null : takeHeld();
    const cards = held === null ? [] : await this.#memory?.queue.heldCards(held);
    cards?.forEach(check);
  }

  /** Show the contradictions that no person has seen yet, now and later. @param {Board} board */
  showContradictions(board) {
    const memory = this.#memory;
    const shownIds = new Set();
    const show = () =>
      memory?.notices.all().forEach(({ id, number, shown, now: later, madeAt }) => {
        if (!shownIds.has(id)) {
          shownIds.add(id);
          const seen = () => void memory.notices.dismiss([id]);
          board.contradiction({ number, shown, now: later, made_at: new Date(madeAt).toISOString(), seen });
        }
      });
    show();
    memory?.onChange((change) => change === "notices" && show());
  }

  /**
   * Whether the page may be reloaded unnoticed.
   * @param {{lastCardAt: () => number, board: Board, field: TextField}} page
   * @returns {() => boolean}
   */
  idleCheck({ lastCardAt, board, field }) {
    return () =>
      isIdle(
        {
          lastCardAt: lastCardAt(),
          isShowing: board.isBusy(),
          isAsking: this.checking.isBusy(),
          isTyping: field.value !== "",
          isHidden: document.visibilityState === "hidden",
        },
        now(),
      );
  }

  async #identify() {
    const { checking } = this;
    const result = await checking.api.me();
    const me = result.ok ? /** @type {Me} */ (result.body) : null;
    this.#me = me;
    if (!result.ok && result.why === "signed_out") {
      checking.endSession();
    }
    if (me !== null && (await checking.identify(me))) {
      sessionBegun();
    }
    return me;
  }

  /** @param {EndedSession} left */
  #signedOut(left) {
    if (!this.checking.session.isSignOutPending()) {
      goToSignIn(left);
    } else if (this.#isOpen) {
      // Signed out by another page of this device: the reloaded page says so.
      location.reload();
    }
  }
}

/** @param {Me} me */
function showPerson(me) {
  showAccount(me);
  if (me.session_left_s !== null) {
    warnOfEnd(document.querySelector("[data-session-end]"), me.session_left_s);
  }
}

/**
 * Signed out without a network: say so, and go to the sign-in page as soon as the server knows it.
 * @param {HTMLElement} root
 * @param {{settle(): Promise<boolean>}} session
 */
function showSignedOut(root, session) {
  root.querySelector("[data-signed-out]")?.removeAttribute("hidden");
  for (const element of [root, document.body]) {
    element.setAttribute("data-is-signed-out", "");
  }
  root.hidden = false;
  begin({ isIdle: () => true });
  const retry = async () => {
    if (await session.settle()) {
      goToSignIn();
    } else {
      setTimeout(() => void retry(), 3_000);
    }
  };
  void retry();
}

/**
 * @typedef {object} NumberParts
 * @property {HTMLInputElement} input  The field of the plain page; another one replaces it.
 * @property {HTMLElement} note
 * @property {(payload: Payload) => void} onCard
 * @property {(refusal: Refusal) => void} onRefusal
 * @property {() => void} showAnswer  Scroll to the answer.
 */

/**
 * Enhance the number field of a counter page: it keeps a typed number while the answer may be due to a typing error.
 * `follow` is to be called with each view of the result.
 * @param {NumberParts} parts
 * @returns {{field: HTMLTextAreaElement, follow(view: View | null): void, change(): void}}
 */
export function wireNumber({ input, note, onCard, onRefusal, showAnswer }) {
  const field = toMultiline(input);
  let isTyped = false;
  const showIfTyped = () => {
    if (isTyped) {
      showAnswer();
    }
    return isTyped;
  };
  // A pasted number was checked at once: its answer is there already when the empty field is sent.
  const number = new NumberField(field, { note, onCard, onRefusal, onEmpty: showIfTyped });
  // No number is left for a person who returns to the page, or opens it after another one has signed out.
  addEventListener("pagehide", () => number.forget());
  return {
    field,
    follow(view) {
      isTyped = view?.by === "typed";
      showIfTyped();
      if (!view?.keeps) {
        number.forget();
      } else if (view.shown) {
        number.select();
      }
    },
    change() {
      field.focus();
      field.setSelectionRange(field.value.length, field.value.length);
    },
  };
}

/**
 * The forms are above or under the answer: on a short screen the answer may be outside the window.
 * @param {HTMLElement} root
 */
export function scrollToAnswer(root) {
  root.querySelector("[data-result] .face")?.scrollIntoView({ block: "nearest" });
}
