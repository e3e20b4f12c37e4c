/** The answer as elements in its slot: the looks of templates/verdict/, and those only a script knows. */

import { below } from "./below.js";
import { element } from "./dom.js";

/**
 * @typedef {import("./view.js").View} View
 * @typedef {import("./below.js").Drawing} Drawing
 *
 * @typedef {object} Panel
 * @property {(view: View | null) => void} show  Null leaves the slot as it was before the first card.
 * @property {() => void} bounce
 * @property {(age: string) => void} beat  Once a second on a live VALID: what a still picture cannot do.
 */

const BEATS = 8;
const ICONS = {
  valid_live: ["tick"],
  valid_remembered: ["tick", "clock"],
  not_valid: ["cross"],
  could_not_check: ["question"],
};

/**
 * @param {Element} slot
 * @param {Drawing & {visitor: boolean}} drawing With `visitor` it says only what concerns who stands there.
 * @returns {Panel}
 */
export function createPanel(slot, drawing) {
  const idle = [...slot.childNodes];
  /** @type {HTMLElement | null} */
  let section = null;
  let token = 0;
  let beats = 0;
  let bounces = 0;

  return {
    show(view) {
      const isSame = view?.token === token;
      const isOpen = isSame && slot.querySelector("details.more[open]") !== null;
      const { activeElement } = slot.ownerDocument;
      const focused = slot.contains(activeElement) ? activeElement : null;
      section = view ? panel(view, drawing, isOpen) : null;
      token = view?.token ?? 0;
      slot.replaceChildren(...(section ? [section] : idle));
      if (focused) {
        refocus(slot, focused);
      }
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
 * @param {View} view
 * @param {Drawing & {visitor: boolean}} drawing
 * @param {boolean} isOpen
 */
function panel(view, drawing, isOpen) {
  const { document, visitor } = drawing;
  const line = visitor ? element(document, "p", { class: "visitor" }, [view.visitor]) : null;
  const named = { "aria-labelledby": "scan-answer", tabindex: -1, "data-phase": view.phase };
  const { shown } = view;
  if (!shown) {
    const look = { class: "verdict asking", "data-testid": "asking", ...named };
    return element(document, "section", look, [askingFace(drawing), line]);
  }
  const look = {
    class: `verdict ${shown.look}${shown.older ? " older" : ""}`,
    "data-testid": "verdict",
    "data-outcome": shown.outcome,
    "data-reason": shown.reason,
    "data-source": shown.source,
    "data-confirm": view.confirm?.state ?? null,
    ...named,
  };
  const rest = visitor ? line : below({ ...view, shown }, drawing, { isOpen });
  return element(document, "section", look, [face(view, shown, drawing), rest]);
}

/** @param {Drawing} drawing */
function askingFace({ document, words }) {
  return element(document, "div", { class: "face" }, [
    element(document, "div", { class: "face-words", id: "scan-answer" }, [
      element(document, "h2", { class: "word" }, [words.phases.asking]),
      element(document, "p", { class: "face-note" }, [words.phases.asking_note]),
    ]),
  ]);
}

/**
 * @param {View} view
 * @param {import("./types.js").Shown} shown
 * @param {Drawing & {visitor: boolean}} drawing
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
      shown.remembered ? faceAge(shown.remembered.figure, drawing) : null,
      text("face-note", drawing.visitor ? null : shown.note),
      pulse(view, drawing),
    ]),
    view.confirm ? confirmed(view.confirm, document) : null,
  ]);
}

/** @param {{state: string, text: string}} confirm @param {Document} document */
function confirmed({ state, text }, document) {
  return element(document, "p", { class: "confirm", "data-state": state }, [text]);
}

/** @param {string} figure @param {Drawing} drawing */
function faceAge(figure, { document, words }) {
  const [before, after] = words.panel.as_of.split("{figure}");
  const large = element(document, "strong", {}, [figure]);
  return element(document, "p", { class: "face-age" }, [before, large, after]);
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
