/** The answer as elements in its slot: as in templates/verdict/, and the states that only scripts have. */

import { _, parts, pgettext } from "../messages.js";
import { details, element, facts } from "./details.js";

/**
 * @import {Tools} from "./details.js"
 * @import {Shown} from "./types.js"
 * @import {ForeignView, View} from "./view.js"
 */

/**
 * @typedef {Tools & {visitor: boolean, warns: () => boolean}} PanelTools
 *   With `visitor` only what concerns the visitor is shown, and warnings only if `warns` returns true.
 *
 * @typedef {{ms: number, goneMs: number, isHeld: boolean}} Stay  How long an answer stays, and how much of it has passed.
 */

const BEATS = 8;
const ICONS = {
  valid_live: ["tick"],
  valid_remembered: ["tick", "clock"],
  valid_test: ["warning"],
  not_valid: ["cross"],
  could_not_check: ["question"],
};

export class Panel {
  #slot;
  #tools;
  #idle;
  /** @type {HTMLElement | null} */
  #section = null;
  #token = 0;
  #beats = 0;
  #bounces = 0;
  #stays = 0;

  /**
   * @param {Element} slot
   * @param {PanelTools} tools
   */
  constructor(slot, tools) {
    this.#slot = slot;
    this.#tools = tools;
    this.#idle = [...slot.childNodes];
  }

  /** Without a view the slot is as it was before the first card. @param {View | null} view */
  show(view) {
    const isSame = view?.token === this.#token;
    const isOpen = isSame && this.#slot.querySelector("details.more[open]") !== null;
    this.#token = view?.token ?? 0;
    this.#put(view ? panel(view, this.#tools, isOpen) : null);
  }

  /** @param {ForeignView} foreign */
  refuse(foreign) {
    this.#token = 0;
    this.#put(refusal(foreign, this.#tools));
  }

  /** null: the answer waits for a person. @param {Stay | null} stay */
  stay(stay) {
    this.#stays += 1;
    this.#section?.toggleAttribute("data-held", stay?.isHeld ?? false);
    this.#section?.querySelector(".held")?.toggleAttribute("hidden", !stay?.isHeld);
    const bar = /** @type {HTMLElement | null} */ (this.#section?.querySelector(".stay") ?? null);
    bar?.toggleAttribute("hidden", stay === null);
    bar?.style.setProperty("--stay", `${stay?.ms ?? 0}ms`);
    bar?.style.setProperty("--gone", `${-(stay?.goneMs ?? 0)}ms`);
    // Two names for one animation, as for the bounce.
    bar?.setAttribute("data-run", this.#stays % 2 ? "odd" : "even");
  }

  bounce() {
    this.#bounces += 1;
    // Two names for one animation: a new name starts it again without measuring the page.
    this.#section?.setAttribute("data-bounce", this.#bounces % 2 ? "odd" : "even");
  }

  /** Called once a second on a live VALID: a still picture cannot show that. @param {string} age */
  beat(age) {
    this.#beats = (this.#beats + 1) % BEATS;
    this.#section?.querySelector(".pulse-mark")?.setAttribute("data-beat", String(this.#beats));
    this.#section?.querySelector(".pulse-age")?.replaceChildren(age);
  }

  /** @param {HTMLElement | null} next */
  #put(next) {
    const slot = this.#slot;
    const { activeElement } = slot.ownerDocument;
    const focused = slot.contains(activeElement) ? activeElement : null;
    this.#section = next;
    slot.replaceChildren(...(next ? [next] : this.#idle));
    if (focused) {
      refocus(slot, focused);
    }
  }
}

/**
 * Give the focus back: to the same button of the new panel, else to the panel.
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
 * @param {ForeignView} foreign
 * @param {PanelTools} drawing
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
 * @param {PanelTools} drawing
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
  const rest = visitor ? line : details({ ...view, shown }, drawing, { isOpen });
  return element(document, "section", look, [face(view, shown, drawing), rest, facts(shown.receipt, document, "receipt")]);
}

/** @param {View} view @param {Tools} drawing */
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
 * @param {Shown} shown
 * @param {PanelTools} drawing
 */
function face(view, shown, drawing) {
  const { document, icon } = drawing;
  const text = (/** @type {string} */ name, /** @type {string | null} */ said) =>
    said ? element(document, "p", { class: name }, [said]) : null;
  // Staff tell the student the details in person; a kiosk's screen is read by others, too.
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

/** @param {Shown} shown @param {PanelTools} drawing */
function faceWarnings({ warnings }, { document, visitor, warns }) {
  if (!warnings.length || (visitor && !warns())) {
    return null;
  }
  const lines = warnings.map(({ code, face: text }) =>
    element(document, "li", { class: "face-warning", "data-testid": "warning", "data-code": code }, [text]),
  );
  return element(document, "ul", { class: "face-warnings" }, lines);
}

/** The bar for the time that is left, and the button while the answer is held. @param {Tools} drawing */
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

/** @param {string} age @param {Tools} drawing */
function faceAge(age, { document }) {
  const large = element(document, "strong", {}, [age]);
  return element(document, "p", { class: "face-age" }, parts(_("checked %(age)s"), "age", large));
}

/** @param {View} view @param {Tools} drawing */
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
