/** The answer as elements in its slot: the looks of templates/verdict/, and those only a script knows. */

import { _, parts, pgettext } from "../messages.js";
import { below, facts } from "./below.js";
import { element } from "./dom.js";

/**
 * @typedef {import("./view.js").View} View
 * @typedef {import("./below.js").Drawing} Drawing
 *
 * @typedef {Drawing & {visitor: boolean, warns: () => boolean}} Panelled
 *   With `visitor` it says only what concerns who stands there, and of warnings only where `warns` says so.
 *
 * @typedef {{ms: number, goneMs: number, isHeld: boolean}} Stay  How long an answer stays, and how much of it has gone.
 *
 * @typedef {object} Panel
 * @property {(view: View | null) => void} show  Null leaves the slot as it was before the first card.
 * @property {(foreign: import("./view.js").ForeignView) => void} refuse
 * @property {(stay: Stay | null) => void} stay  Null where the answer waits for a person.
 * @property {() => void} bounce
 * @property {(age: string) => void} beat  Once a second on a live VALID: what a still picture cannot do.
 */

const BEATS = 8;
const ICONS = {
  valid_live: ["tick"],
  valid_remembered: ["tick", "clock"],
  valid_test: ["warning"],
  not_valid: ["cross"],
  could_not_check: ["question"],
};

/**
 * @param {Element} slot
 * @param {Panelled} drawing
 * @returns {Panel}
 */
export function createPanel(slot, drawing) {
  const idle = [...slot.childNodes];
  /** @type {HTMLElement | null} */
  let section = null;
  let token = 0;
  let beats = 0;
  let bounces = 0;
  let stays = 0;

  /** @param {HTMLElement | null} next */
  function put(next) {
    const { activeElement } = slot.ownerDocument;
    const focused = slot.contains(activeElement) ? activeElement : null;
    section = next;
    slot.replaceChildren(...(section ? [section] : idle));
    if (focused) {
      refocus(slot, focused);
    }
  }

  return {
    show(view) {
      const isSame = view?.token === token;
      const isOpen = isSame && slot.querySelector("details.more[open]") !== null;
      token = view?.token ?? 0;
      put(view ? panel(view, drawing, isOpen) : null);
    },
    refuse(foreign) {
      token = 0;
      put(refusal(foreign, drawing));
    },
    stay(stay) {
      stays += 1;
      section?.toggleAttribute("data-held", stay?.isHeld ?? false);
      section?.querySelector(".held")?.toggleAttribute("hidden", !stay?.isHeld);
      const bar = /** @type {HTMLElement | null} */ (section?.querySelector(".stay") ?? null);
      bar?.toggleAttribute("hidden", stay === null);
      bar?.style.setProperty("--stay", `${stay?.ms ?? 0}ms`);
      bar?.style.setProperty("--gone", `${-(stay?.goneMs ?? 0)}ms`);
      // Two names for one movement, as for the bounce.
      bar?.setAttribute("data-run", stays % 2 ? "odd" : "even");
    },
    bounce() {
      bounces += 1;
      // Two names for one movement: changing the name starts it again without measuring the page.
      section?.setAttribute("data-bounce", bounces % 2 ? "odd" : "even");
    },
    beat(age) {
      beats = (beats + 1) % BEATS;
      section?.querySelector(".pulse-mark")?.setAttribute("data-beat", String(beats));
      section?.querySelector(".pulse-age")?.replaceChildren(age);
    },
  };
}

/**
 * Whoever was on a button of the panel is on the same one again, else on the panel.
 * @param {Element} slot
 * @param {Element} focused
 */
function refocus(slot, focused) {
  const action = focused.getAttribute("data-action");
  const same = action ? slot.querySelector(`[data-action="${action}"]`) : slot.querySelector(focused.tagName);
  const target = /** @type {HTMLElement | null} */ (same ?? slot.querySelector("section"));
  target?.focus({ preventScroll: true });
}

/**
 * @param {import("./view.js").ForeignView} foreign
 * @param {Panelled} drawing
 */
function refusal({ code, heading, next, isLookalike, waits }, { document, icon, visitor }) {
  const marks = { "data-testid": "refusal", "data-code": code, "aria-labelledby": "scan-answer", tabindex: -1 };
  const clear = { type: "button", class: "button button-plain", "data-action": "clear" };
  const line = element(document, "p", { class: visitor ? "visitor" : "refused-next" }, [next]);
  return element(document, "section", { class: `verdict refused ${isLookalike ? "lookalike" : "foreign"}`, ...marks }, [
    element(document, "div", { class: "face" }, [
      isLookalike ? element(document, "div", { class: "face-icon" }, [icon("warning")]) : null,
      element(document, "div", { class: "face-words", id: "scan-answer" }, [
        element(document, "h2", { class: "refused-heading" }, [heading]),
        visitor ? null : line,
      ]),
      waits && !visitor ? element(document, "button", clear, [pgettext("take the answer away", "Clear")]) : null,
    ]),
    visitor ? line : null,
  ]);
}

/**
 * @param {View} view
 * @param {Panelled} drawing
 * @param {boolean} isOpen
 */
function panel(view, drawing, isOpen) {
  const { document, visitor } = drawing;
  const line = visitor ? element(document, "p", { class: "visitor" }, [view.visitor]) : null;
  const named = { "aria-labelledby": "scan-answer", tabindex: -1, "data-phase": view.phase };
  const { shown } = view;
  if (!shown) {
    const look = { class: "verdict asking", "data-testid": "asking", ...named };
    return element(document, "section", look, [askingFace(view, drawing), line]);
  }
  const look = {
    class: ["verdict", shown.look, shown.older && "older", shown.warnings.length && "warned"].filter(Boolean).join(" "),
    "data-testid": "verdict",
    "data-outcome": shown.outcome,
    "data-reason": shown.reason,
    "data-source": shown.source,
    "data-confirm": view.confirm?.state ?? null,
    ...named,
  };
  const rest = visitor ? line : below({ ...view, shown }, drawing, { isOpen });
  return element(document, "section", look, [face(view, shown, drawing), rest, facts(shown.receipt, document, "receipt")]);
}

/** @param {View} view @param {Drawing} drawing */
function askingFace({ asking }, { document }) {
  return element(document, "div", { class: "face" }, [
    element(document, "div", { class: "face-words", id: "scan-answer" }, [
      element(document, "h2", { class: "word" }, [asking]),
      element(document, "p", { class: "face-note" }, [_("The next card can be scanned meanwhile.")]),
    ]),
  ]);
}

/**
 * @param {View} view
 * @param {import("./types.js").Shown} shown
 * @param {Panelled} drawing
 */
function face(view, shown, drawing) {
  const { document, icon } = drawing;
  const text = (/** @type {string} */ name, /** @type {string | null} */ said) =>
    said ? element(document, "p", { class: name }, [said]) : null;
  // What the student can do about it is said in person, not on a screen that others read.
  const detail = drawing.visitor ? null : shown.detail;
  return element(document, "div", { class: "face" }, [
    element(document, "div", { class: "face-icon" }, ICONS[shown.look].map(icon)),
    element(document, "div", { class: "face-words", id: "scan-answer" }, [
      element(document, "h2", { class: "word" }, [shown.word]),
      text("face-detail", detail),
      faceWarnings(shown, drawing),
      shown.remembered ? faceAge(shown.remembered, drawing) : null,
      text("face-note", drawing.visitor ? null : shown.note),
      pulse(view, drawing),
    ]),
    view.confirm ? confirmed(view.confirm, document) : null,
    ...staying(drawing),
  ]);
}

/** @param {import("./types.js").Shown} shown @param {Panelled} drawing */
function faceWarnings({ warnings }, { document, visitor, warns }) {
  if (!warnings.length || (visitor && !warns())) {
    return null;
  }
  const lines = warnings.map(({ code, face: text }) =>
    element(document, "li", { class: "face-warning", "data-testid": "warning", "data-code": code }, [text]),
  );
  return element(document, "ul", { class: "face-warnings" }, lines);
}

/** How long it stays, and that it is held. @param {Drawing} drawing */
function staying({ document }) {
  const bar = element(document, "span", { class: "stay-bar" });
  const held = { type: "button", class: "button held", "data-action": "clear", hidden: true };
  return [
    element(document, "p", { class: "stay", "aria-hidden": "true", hidden: true }, [bar]),
    element(document, "button", held, [_("Held: tap to clear")]),
  ];
}

/** @param {{state: string, text: string}} confirm @param {Document} document */
function confirmed({ state, text }, document) {
  return element(document, "p", { class: "confirm", "data-state": state }, [text]);
}

/** @param {string} age @param {Drawing} drawing */
function faceAge(age, { document }) {
  const large = element(document, "strong", {}, [age]);
  return element(document, "p", { class: "face-age" }, parts(_("checked %(age)s"), "age", large));
}

/** @param {View} view @param {Drawing} drawing */
function pulse({ checked }, { document }) {
  if (!checked) {
    return null;
  }
  return element(document, "p", { class: "pulse" }, [
    element(document, "span", { class: "pulse-mark", "data-beat": 0, "aria-hidden": "true" }),
    element(document, "span", {}, [checked]),
    element(document, "span", { class: "pulse-age", "aria-hidden": "true" }),
  ]);
}
