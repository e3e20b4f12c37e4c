/** Puts the stage on the page: events go in, the panel, the lines, tones and spoken words come out. */

import { own } from "../root.js";
import { icons } from "./dom.js";
import { hintText } from "./hints.js";
import { drawLine, drawNotices, drawRecent, noticeText } from "./lines.js";
import { optionsOf } from "./options.js";
import { createPanel } from "./panel.js";
import { placesIn } from "./places.js";
import { emptyStage, onStage, step } from "./stage.js";
import { nextTick, stayOf } from "./stage_time.js";
import { ageNow, foreignView, viewOf } from "./view.js";

/**
 * @typedef {import("./types.js").Answer} Answer
 * @typedef {import("./types.js").By} By
 * @typedef {import("./types.js").StageEvent} StageEvent
 * @typedef {import("../types.js").Payload} Payload
 * @typedef {import("../types.js").Refusal} Refusal
 * @typedef {import("../types.js").Verdict} Verdict
 *
 * @typedef {object} Given
 * @property {HTMLElement} root  The element with the slots of templates/scanner/viewfinder.html.
 * @property {string} zone  Of the place where cards are checked.
 * @property {import("../settings/preferences.js").Preferences} preferences
 * @property {import("../feedback/feedback.js").Feedback} feedback
 * @property {(payload: Payload, onAnswer: (answer: Answer) => void) => unknown} check
 * @property {() => number} now  Steady milliseconds.
 * @property {() => Date} date
 * @property {{setTimeout(work: () => void, ms: number): number, clearTimeout(id: number): void}} timers
 * @property {string} [guide]
 * @property {boolean} [kiosk]  Every answer clears itself, and says only what concerns the visitor.
 * @property {(view: import("./view.js").View | null) => void} [onView]
 * @property {() => void} [onChange]  Somebody wants to change the number that was typed.
 *
 * @typedef {object} Contradiction  A check made offline whose later answer is another.
 * @property {string} number
 * @property {{outcome: string, reason: string}} shown
 * @property {{outcome: string, reason: string}} now
 * @property {string} made_at
 * @property {() => void} [seen]
 *
 * @typedef {object} Reading  What has become of a photo: one of these is called, once.
 * @property {(verdict: Verdict) => void} read
 * @property {(refusal: Refusal) => void} refused
 * @property {() => void} failed  It could not be sent or read.
 *
 * @typedef {object} Board
 * @property {(payload: Payload, by?: By, beside?: Refusal | null) => void} card
 * @property {(refusal: Refusal, by?: By) => void} foreign  Something was presented that is no card.
 * @property {() => void} several
 * @property {() => Reading} picture  A photo was taken: the answer before it ends.
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
  const { root, zone, preferences, feedback, now, date, timers } = given;
  const document = root.ownerDocument;
  const places = placesIn(root);
  const isKiosk = given.kiosk ?? false;
  const { guide = own("/guide") } = given;
  const warns = () => preferences.get("kioskWarnings", true);
  const drawing = { document, icon: icons(document), guide, visitor: isKiosk, warns };
  const panel = places.result ? createPanel(places.result, drawing) : null;
  let stage = emptyStage(optionsOf(preferences, isKiosk));
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
    if (what === "foreign") {
      const foreign = foreignNow();
      return foreign ? (isKiosk ? foreign.next : `${foreign.heading}. ${foreign.next}`) : "";
    }
    const { notices } = stage;
    return notices.length ? noticeText(notices[notices.length - 1], zone) : "";
  }

  const foreignNow = () => stage.foreign && foreignView(stage.foreign, isKiosk);

  /** @param {import("./types.js").Stage} before */
  function draw(before) {
    const entry = onStage(stage);
    const isNew = before.shown !== stage.shown || entry?.answer !== onStage(before)?.answer;
    const isRefused = isOther(before.foreign, stage.foreign);
    if (isNew || isRefused) {
      drawStage(entry);
    }
    if (isNew || !isSameStay(before, stage)) {
      drawStay();
    }
    const was = before.known.find((each) => each.token === entry?.token);
    if (entry && was && entry.bounces > was.bounces) {
      panel?.bounce();
    }
    drawTint();
    if (places.notices && before.notices !== stage.notices) {
      drawNotices(places.notices, stage.notices, zone);
      root.toggleAttribute("data-noticed", stage.notices.length > 0);
    }
    if (before.recent !== stage.recent) {
      drawLast();
    }
  }

  /** @param {import("./types.js").Entry | null} entry */
  function drawStage(entry) {
    const foreign = foreignNow();
    // A visitor sees in the picture how the code is held; only what must be refused covers it.
    const isLine = isKiosk && foreign !== null && !foreign.isLookalike;
    view = entry ? viewOf(entry, date(), zone) : null;
    if (foreign && !isLine) {
      panel?.refuse(foreign);
    } else {
      panel?.show(view);
    }
    if (places.line) {
      drawLine(places.line, foreign && isLine ? { text: foreign.next, code: foreign.code } : null);
    }
    given.onView?.(view);
    beat();
  }

  function drawStay() {
    const stay = stayOf(stage);
    panel?.stay(stay && { ms: stay.ms, goneMs: Math.max(0, now() - stay.from), isHeld: stage.heldAt !== null });
  }

  function drawTint() {
    places.tint?.toggleAttribute("data-on", (stage.foreign?.tintUntil ?? 0) > now());
  }

  function drawLast() {
    if (!places.recentList) {
      return;
    }
    const [at, today] = [now(), date().getTime()];
    drawRecent(places.recentList, stage.recent, (then) => new Date(today - (at - then)), zone);
    places.recent?.toggleAttribute("hidden", stage.recent.length === 0);
  }

  /** Sets the one timer that the stage needs next. */
  function plan() {
    timers.clearTimeout(clearing);
    const next = nextTick(stage, now());
    if (next !== null) {
      const tick = () => take({ type: "tick", at: now() });
      clearing = timers.setTimeout(tick, Math.max(0, Math.ceil(next - now())));
    }
  }

  function beat() {
    timers.clearTimeout(beating);
    const entry = onStage(stage);
    if (entry && view?.checked) {
      panel?.beat(ageNow(entry, now()));
      beating = timers.setTimeout(beat, BEAT_MS);
    }
  }

  /** @param {Event} event */
  function onClick({ target }) {
    const pressed = target instanceof Element ? target : null;
    const button = pressed?.closest("[data-action], [data-noted]");
    const noted = button?.getAttribute("data-noted");
    if (noted) {
      whenSeen.get(Number(noted))?.();
      whenSeen.delete(Number(noted));
      take({ type: "noted", id: Number(noted), at: now() });
    } else if (button) {
      press(button.getAttribute("data-action"));
    } else if (pressed && places.result?.contains(pressed)) {
      touch(pressed.closest(".face") !== null);
    }
  }

  /** @param {string | null} action */
  function press(action) {
    if (action === "change") {
      given.onChange?.();
    } else {
      take({ type: action === "again" ? "again" : "dismissed", at: now() });
    }
  }

  /** The first touch holds an answer that would go by itself, a second one on its face sends it away. */
  function touch(isOnFace = false) {
    if (!isKiosk) {
      take({ type: isOnFace && stage.heldAt !== null ? "dismissed" : "touch", at: now() });
    }
  }

  const onTouch = () => touch();
  root.addEventListener("click", onClick);
  for (const kind of ["keydown", "wheel", "pointercancel"]) {
    places.result?.addEventListener(kind, onTouch, { passive: true });
  }
  const mark = () => root.toggleAttribute("data-queue", !isKiosk && preferences.get("queueMode", false));
  mark();
  const off = preferences.onChange(() => {
    mark();
    take({ type: "options", options: optionsOf(preferences, isKiosk), at: now() });
  });

  /** @param {Refusal} refusal @param {By} [by] */
  const foreign = (refusal, by = "camera") => take({ type: "foreign", refusal, by, at: now() });

  return {
    card: (payload, by = "camera", beside = null) => take({ type: "card", payload, by, beside, at: now() }),
    foreign,
    several: () => foreign({ code: "several_codes", kind: null }),
    again: () => take({ type: "again", at: now() }),
    dismiss: () => take({ type: "dismissed", at: now() }),
    isBusy: () => stage.shown !== null || stage.foreign !== null || stage.notices.length > 0,
    picture() {
      const token = stage.next;
      take({ type: "picture", at: now() });
      return {
        read(verdict) {
          const answer = /** @type {const} */ ({ phase: "live", verdict, confirming: false, change: null, trouble: null });
          take({ type: "answer", token, answer, at: now() });
        },
        refused: (refusal) => take({ type: "unread", token, refusal, at: now() }),
        failed: () => take({ type: "unread", token, refusal: null, at: now() }),
      };
    },
    hint(kind) {
      places.hint?.replaceChildren(kind ? hintText(kind) : "");
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

/**
 * Whether something else is refused now; the same code seen again is not.
 * @param {import("./types.js").Foreign | null} before
 * @param {import("./types.js").Foreign | null} after
 */
function isOther(before, after) {
  return before?.line !== after?.line || before?.by !== after?.by;
}

/**
 * @param {import("./types.js").Stage} before
 * @param {import("./types.js").Stage} after
 */
function isSameStay(before, after) {
  const [one, other] = [stayOf(before), stayOf(after)];
  return one?.from === other?.from && one?.ms === other?.ms && before.heldAt === after.heldAt;
}
