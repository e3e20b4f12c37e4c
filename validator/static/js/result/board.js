/** Puts the stage on the page: events go in, the panel, the lines, tones and spoken words come out. */

import { icons } from "./dom.js";
import { drawForeign, drawNotices, drawRecent, noticeText } from "./lines.js";
import { optionsOf } from "./options.js";
import { createPanel } from "./panel.js";
import { placesIn } from "./places.js";
import { refusalText } from "./refusals.js";
import { emptyStage, onStage, step } from "./stage.js";
import { nextTick } from "./stage_time.js";
import { ageNow, viewOf } from "./view.js";

/**
 * @typedef {import("./types.js").Words} Words
 * @typedef {import("./types.js").Answer} Answer
 * @typedef {import("./types.js").StageEvent} StageEvent
 * @typedef {import("../types.js").Payload} Payload
 * @typedef {import("../types.js").Refusal} Refusal
 *
 * @typedef {object} Given
 * @property {HTMLElement} root  The element with the slots of templates/scanner/viewfinder.html.
 * @property {Words} words
 * @property {import("../settings/preferences.js").Preferences} preferences
 * @property {import("../feedback/feedback.js").Feedback} feedback
 * @property {(payload: Payload, onAnswer: (answer: Answer) => void) => unknown} check
 * @property {() => number} now  Steady milliseconds.
 * @property {() => Date} date
 * @property {{setTimeout(work: () => void, ms: number): number, clearTimeout(id: number): void}} timers
 * @property {string} [guide]
 * @property {boolean} [kiosk]  Every answer clears itself, and says only what concerns the visitor.
 * @property {(view: import("./view.js").View | null) => void} [onView]
 *
 * @typedef {object} Contradiction  A check made offline whose later answer is another.
 * @property {string} number
 * @property {{outcome: string, reason: string}} shown
 * @property {{outcome: string, reason: string}} now
 * @property {string} made_at
 * @property {() => void} [seen]
 *
 * @typedef {object} Board
 * @property {(payload: Payload) => void} card
 * @property {(refusal: Refusal) => void} foreign  A foreign code in the viewfinder.
 * @property {(refusal: Refusal) => void} refused  Something typed that is no number.
 * @property {() => void} several
 * @property {(kind: string | null) => void} hint
 * @property {() => void} again
 * @property {() => void} dismiss
 * @property {(what: Contradiction) => void} contradiction
 * @property {() => boolean} isBusy  A result stands, or is being asked for: no moment to change anything.
 * @property {() => void} close
 */

const BEAT_MS = 1_000;

/**
 * @param {Given} given
 * @returns {Board}
 */
export function createBoard(given) {
  const { root, words, preferences, feedback, now, date, timers } = given;
  const document = root.ownerDocument;
  const places = placesIn(root);
  const isKiosk = given.kiosk ?? false;
  const { guide = "/guide" } = given;
  const drawing = { document, icon: icons(document), words, guide, visitor: isKiosk };
  const panel = places.result ? createPanel(places.result, drawing) : null;
  let stage = emptyStage(optionsOf(preferences, words, isKiosk));
  /** @type {import("./view.js").View | null} */
  let view = null;
  let clearing = 0;
  let beating = 0;
  /** @type {Map<number, () => void>} */
  const whenSeen = new Map();

  /** @param {StageEvent} event */
  function take(event) {
    const before = stage;
    const stepped = step(stage, event);
    stage = stepped.stage;
    draw(before);
    stepped.effects.forEach(act);
    plan();
  }

  /** @param {import("./types.js").Effect} effect */
  function act(effect) {
    if (effect.do === "signal") {
      feedback.signal(effect.signal);
    } else if (effect.do === "say") {
      feedback.say(spoken(effect.what));
    } else {
      const { token } = effect;
      given.check(effect.payload, (answer) => take({ type: "answer", token, answer, at: now() }));
    }
  }

  /** @param {"answer" | "notice" | "foreign"} what */
  function spoken(what) {
    if (what === "answer") {
      return isKiosk && view ? `${view.shown?.word ?? ""}. ${view.visitor}` : (view?.spoken ?? "");
    }
    const notice = stage.notices.at(-1);
    return what === "foreign" ? foreignText() : notice ? noticeText(notice, words) : "";
  }

  function foreignText() {
    const line = stage.foreign?.line ?? "other";
    if (isKiosk) {
      return line === "several_codes" ? words.kiosk.several : words.kiosk.foreign;
    }
    return words.foreign[line] ?? words.foreign.other;
  }

  /** @param {import("./types.js").Stage} before */
  function draw(before) {
    const entry = onStage(stage);
    if (before.shown !== stage.shown || entry?.answer !== onStage(before)?.answer) {
      view = entry ? viewOf(entry, words, date()) : null;
      panel?.show(view);
      given.onView?.(view);
      beat();
    }
    const was = before.known.find((each) => each.token === entry?.token);
    if (entry && was && entry.bounces > was.bounces) {
      panel?.bounce();
    }
    if (before.foreign !== stage.foreign) {
      drawForeign(places, foreign());
    }
    if (places.notices && before.notices !== stage.notices) {
      drawNotices(places.notices, stage.notices, words);
    }
    if (before.recent !== stage.recent) {
      drawLast();
    }
  }

  function foreign() {
    const { foreign: seen } = stage;
    return seen && { text: foreignText(), code: seen.code, isTinted: seen.tintUntil > now() };
  }

  function drawLast() {
    if (!places.recentList) {
      return;
    }
    const [at, today] = [now(), date().getTime()];
    drawRecent(places.recentList, stage.recent, (then) => new Date(today - (at - then)), words);
    places.recent?.toggleAttribute("hidden", stage.recent.length === 0);
  }

  /** Sets the one timer that the stage needs next. */
  function plan() {
    timers.clearTimeout(clearing);
    const next = nextTick(stage, now());
    if (next !== null) {
      clearing = timers.setTimeout(() => {
        const seen = stage.foreign;
        take({ type: "tick", at: now() });
        if (seen && seen === stage.foreign) {
          drawForeign(places, foreign());
        }
      }, Math.max(0, Math.ceil(next - now())));
    }
  }

  function beat() {
    timers.clearTimeout(beating);
    const entry = onStage(stage);
    if (entry && view?.checked) {
      panel?.beat(ageNow(entry, now(), words));
      beating = timers.setTimeout(beat, BEAT_MS);
    }
  }

  /** @param {Event} event */
  function onClick(event) {
    const { target } = event;
    const button = target instanceof Element ? target.closest("[data-action], [data-noted]") : null;
    const action = button?.getAttribute("data-action");
    const noted = button?.getAttribute("data-noted");
    if (action === "again" || action === "clear") {
      take({ type: action === "again" ? "again" : "dismissed", at: now() });
    } else if (noted) {
      whenSeen.get(Number(noted))?.();
      whenSeen.delete(Number(noted));
      take({ type: "noted", id: Number(noted), at: now() });
    }
  }

  const onTouch = () => {
    if (!isKiosk && stage.shown !== null && !stage.isHeld) {
      take({ type: "touch", at: now() });
    }
  };

  root.addEventListener("click", onClick);
  for (const touch of ["pointerdown", "keydown", "wheel"]) {
    places.result?.addEventListener(touch, onTouch, { passive: true });
  }
  const mark = () => root.toggleAttribute("data-queue", !isKiosk && preferences.get("queueMode", false));
  mark();
  const off = preferences.onChange(() => {
    mark();
    take({ type: "options", options: optionsOf(preferences, words, isKiosk), at: now() });
  });

  return {
    card: (payload) => take({ type: "card", payload, at: now() }),
    foreign: (refusal) => take({ type: "foreign", refusal, at: now() }),
    several: () => take({ type: "several", at: now() }),
    again: () => take({ type: "again", at: now() }),
    dismiss: () => take({ type: "dismissed", at: now() }),
    isBusy: () => stage.shown !== null || stage.notices.length > 0,
    refused(refusal) {
      const said = refusalText(refusal, words);
      drawForeign(places, { text: said, code: refusal.code, isTinted: false });
      feedback.say(said);
    },
    hint(kind) {
      places.hint?.replaceChildren(kind ? (words.hints[kind] ?? "") : "");
    },
    contradiction({ number, shown, now: later, made_at: madeAt, seen }) {
      if (seen) {
        whenSeen.set(stage.next, seen);
      }
      const kind = /** @type {const} */ ("contradiction");
      const notice = { kind, number, was: shown, now: later, madeAt, loud: true };
      take({ type: "notice", notice, at: now() });
    },
    close() {
      off();
      timers.clearTimeout(clearing);
      timers.clearTimeout(beating);
      root.removeEventListener("click", onClick);
    },
  };
}
