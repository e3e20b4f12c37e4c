/** Draws the state of the result: panel, refusal, notices, recent results, and the texts that are read aloud. */

import { icons } from "./details.js";
import { drawLine, drawNotices, drawRecent, hintText, noticeText } from "./notices.js";
import { Panel } from "./panel.js";
import { currentEntry } from "./result_state.js";
import { stayOf } from "./state_answers.js";
import { ageNow, foreignView, viewOf } from "./view.js";

/**
 * @import {Timers} from "../platform.js"
 * @import {Entry, Foreign, ResultState} from "./types.js"
 * @import {View} from "./view.js"
 */

/**
 * @typedef {object} Parts
 * @property {HTMLElement} root
 * @property {string} zone
 * @property {string} guide
 * @property {boolean} isKiosk
 * @property {() => boolean} warns
 * @property {() => number} now
 * @property {() => Date} date
 * @property {Timers} timers
 * @property {(view: View | null) => void} [onView]
 */

const BEAT_MS = 1_000;

export class Drawing {
  #parts;
  #panel;
  /** @type {ResultState | null} */
  #state = null;
  /** @type {View | null} */
  #view = null;
  /** @type {unknown} */
  #beatTimer = null;

  /** @param {Parts} parts */
  constructor(parts) {
    const { root, guide, isKiosk, warns } = parts;
    const { ownerDocument: document } = root;
    this.#parts = parts;
    this.slots = slotsIn(root);
    this.#panel =
      this.slots.result &&
      new Panel(this.slots.result, { document, icon: icons(document), guide, visitor: isKiosk, warns });
  }

  /** @param {ResultState} before @param {ResultState} state */
  draw(before, state) {
    this.#state = state;
    const entry = currentEntry(state);
    const isNew = before.shown !== state.shown || entry?.answer !== currentEntry(before)?.answer;
    if (isNew || isOther(before.foreign, state.foreign)) {
      this.#drawResult(entry);
    }
    if (isNew || !isSameStay(before, state)) {
      this.#drawStay(state);
    }
    const was = before.known.find((each) => each.token === entry?.token);
    if (entry && was && entry.bounces > was.bounces) {
      this.#panel?.bounce();
    }
    this.slots.tint?.toggleAttribute("data-on", (state.foreign?.tintUntil ?? 0) > this.#parts.now());
    if (this.slots.notices && before.notices !== state.notices) {
      drawNotices(this.slots.notices, state.notices, this.#parts.zone);
      this.#parts.root.toggleAttribute("data-noticed", state.notices.length > 0);
    }
    if (before.recent !== state.recent) {
      this.#drawRecent(state);
    }
  }

  /** @param {string | null} kind */
  hint(kind) {
    this.slots.hint?.replaceChildren(kind ? hintText(kind) : "");
  }

  /** The text that a screen reader reads aloud. @param {"answer" | "notice" | "foreign"} what */
  spoken(what) {
    const { isKiosk, zone } = this.#parts;
    const view = this.#view;
    if (what === "answer") {
      return isKiosk && view ? `${view.shown?.word ?? ""}. ${view.visitor}` : (view?.spoken ?? "");
    }
    if (what === "foreign") {
      const foreign = this.#foreignView();
      return foreign ? (isKiosk ? foreign.next : `${foreign.heading}. ${foreign.next}`) : "";
    }
    const notices = this.#state?.notices ?? [];
    return notices.length ? noticeText(notices[notices.length - 1], zone) : "";
  }

  close() {
    this.#parts.timers.clearTimeout(this.#beatTimer);
  }

  #foreignView() {
    const foreign = this.#state?.foreign ?? null;
    return foreign && foreignView(foreign, this.#parts.isKiosk);
  }

  /** @param {Entry | null} entry */
  #drawResult(entry) {
    const { isKiosk, date, zone, onView } = this.#parts;
    const foreign = this.#foreignView();
    // At a kiosk the picture shows the visitor how to hold the code: only a look-alike covers it.
    const isLine = isKiosk && foreign !== null && !foreign.isLookalike;
    this.#view = entry ? viewOf(entry, date(), zone) : null;
    if (foreign && !isLine) {
      this.#panel?.refuse(foreign);
    } else {
      this.#panel?.show(this.#view);
    }
    if (this.slots.line) {
      drawLine(this.slots.line, foreign && isLine ? { text: foreign.next, code: foreign.code } : null);
    }
    onView?.(this.#view);
    this.#beat(entry);
  }

  /** @param {ResultState} state */
  #drawStay(state) {
    const stay = stayOf(state);
    const isHeld = state.heldAt !== null;
    this.#panel?.stay(stay && { ms: stay.ms, goneMs: Math.max(0, this.#parts.now() - stay.from), isHeld });
  }

  /** @param {ResultState} state */
  #drawRecent(state) {
    const { recent, recentList } = this.slots;
    if (recentList) {
      const [at, today] = [this.#parts.now(), this.#parts.date().getTime()];
      drawRecent(recentList, state.recent, (then) => new Date(today - (at - then)), this.#parts.zone);
      recent?.toggleAttribute("hidden", state.recent.length === 0);
    }
  }

  /** Update the age of a live VALID each second. @param {Entry | null} entry */
  #beat(entry) {
    const { timers, now } = this.#parts;
    timers.clearTimeout(this.#beatTimer);
    if (entry && this.#view?.checked) {
      this.#panel?.beat(ageNow(entry, now()));
      const next = () => this.#beat(this.#state && currentEntry(this.#state));
      this.#beatTimer = timers.setTimeout(next, BEAT_MS);
    }
  }
}

/**
 * The slots of templates/scanner/viewfinder.html and of the kiosk; a page may leave out any of them.
 * @param {HTMLElement} root
 */
function slotsIn(root) {
  const at = (/** @type {string} */ name) => root.querySelector(`[data-${name}]`);
  return {
    result: at("result"),
    line: at("refusal"),
    tint: at("tint"),
    hint: at("hint"),
    notices: at("notices"),
    recent: at("recent"),
    recentList: at("recent-list"),
  };
}

/**
 * Whether the refusal is another one; the same code seen again is not.
 * @param {Foreign | null} before
 * @param {Foreign | null} after
 */
function isOther(before, after) {
  return before?.line !== after?.line || before?.by !== after?.by;
}

/** @param {ResultState} before @param {ResultState} after */
function isSameStay(before, after) {
  const [one, other] = [stayOf(before), stayOf(after)];
  return one?.from === other?.from && one?.ms === other?.ms && before.heldAt === after.heldAt;
}
