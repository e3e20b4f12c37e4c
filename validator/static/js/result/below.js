/** What stands under the word of an answer: the same as templates/verdict/below.html. */

import { _, pgettext } from "../messages.js";
import { element } from "./dom.js";

/**
 * @typedef {import("./types.js").Shown} Shown
 * @typedef {{document: Document, icon: (name: string) => Node | null, guide: string}} Drawing
 */

/**
 * @param {import("./view.js").View & {shown: Shown}} view
 * @param {Drawing} drawing
 * @param {{isOpen: boolean}} more Whether the folded part is open.
 */
export function below(view, drawing, { isOpen }) {
  const { document, guide } = drawing;
  const { shown } = view;
  return element(document, "div", { class: "below" }, [
    shown.compare ? compare(shown.compare, drawing) : advice(shown, drawing),
    shown.stands_in ? element(document, "p", { class: "stands-in" }, [shown.stands_in]) : null,
    warnings(shown, document),
    actions(view, drawing),
    facts(shown.facts, document),
    ladder(shown, drawing),
    element(document, "p", { class: "logo-hint" }, [
      `${shown.logo_hint} `,
      element(document, "a", { href: guide }, [_("What genuine cards look like")]),
    ]),
    element(document, "details", { class: "more", open: isOpen }, [
      element(document, "summary", {}, [_("Card number and more")]),
      facts(shown.small_facts, document),
    ]),
  ]);
}

/** @param {string} text @param {Drawing} drawing */
function compare(text, { document, icon }) {
  const said = element(document, "span", {}, [text]);
  return element(document, "p", { class: "compare" }, [icon("compare"), said]);
}

/** @param {Shown} shown @param {Drawing} drawing */
function advice({ advice: { happened, whose, next } }, { document }) {
  const where = whose
    ? element(document, "p", { class: "whose" }, [
        element(document, "span", {}, [_("Cause:")]),
        " ",
        element(document, "strong", {}, [whose]),
      ])
    : null;
  return element(document, "div", { class: "advice" }, [
    element(document, "p", { class: "lead" }, [happened]),
    where,
    element(document, "p", {}, [next]),
  ]);
}

/** @param {Shown} shown @param {Document} document */
function warnings(shown, document) {
  if (!shown.warnings.length) {
    return null;
  }
  const items = shown.warnings.map(({ text }) => element(document, "li", {}, [text]));
  return element(document, "ul", { class: "warnings", "data-testid": "warnings" }, items);
}

/** @param {import("./view.js").View} view @param {Drawing} drawing */
function actions(view, { document }) {
  const button = (/** @type {string} */ name, /** @type {string} */ text, /** @type {string} */ look) =>
    element(document, "button", { type: "button", class: look, "data-action": name }, [text]);
  return element(document, "p", { class: "result-actions" }, [
    view.again ? button("again", _("Check again"), "button") : null,
    view.change ? button("change", _("Change and check again"), "button") : null,
    button("clear", pgettext("take the answer away", "Clear"), "button button-plain"),
  ]);
}

/** @param {import("./types.js").Fact[]} known @param {Document} document @param {string} [look] */
export function facts(known, document, look = "facts") {
  if (!known.length) {
    return null;
  }
  const lines = known.map(({ name, label, text, iso }) =>
    element(document, "div", { "data-fact": name }, [
      element(document, "dt", {}, [label]),
      element(document, "dd", {}, [iso ? element(document, "time", { datetime: iso }, [text]) : text]),
    ]),
  );
  return element(document, "dl", { class: look }, lines);
}

/** @param {Shown} shown @param {Drawing} drawing */
function ladder(shown, { document, icon }) {
  const rungs = shown.ladder.map(({ name, mark, said }) =>
    element(document, "li", { class: `rung ${mark}` }, [
      element(document, "span", { class: "rung-mark" }, [icon(`mark-${mark}`)]),
      element(document, "span", { class: "rung-name" }, [name]),
      element(document, "span", { class: "rung-said" }, [said]),
    ]),
  );
  return element(document, "div", { class: "ladder" }, [
    element(document, "h3", { class: "ladder-title" }, [_("Steps of this check")]),
    element(document, "ol", {}, rungs),
  ]);
}
