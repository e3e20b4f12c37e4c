/**
 * The details under the word of an answer, the same as templates/verdict/below.html, and what all elements are made with:
 * text is added as text, drawings are cloned from the page's templates, so that there is no script sink.
 */

import { _, pgettext } from "../messages.js";

/**
 * @import {Fact, Shown} from "./types.js"
 * @import {View} from "./view.js"
 */

// Facts that are names or numbers: a browser's own translation must leave them as they are.
const DATA = new Set(["name", "issuer", "number", "pic", "check_code"]);

/**
 * @typedef {{document: Document, icon: (name: string) => Node | null, guide: string}} Tools
 */

/**
 * @param {View & {shown: Shown}} view
 * @param {Tools} drawing
 * @param {{isOpen: boolean}} more  whether the folded part is open
 */
export function details(view, drawing, { isOpen }) {
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

/** @param {string} text @param {Tools} drawing */
function compare(text, { document, icon }) {
  const said = element(document, "span", {}, [text]);
  return element(document, "p", { class: "compare" }, [icon("compare"), said]);
}

/** @param {Shown} shown @param {Tools} drawing */
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

/** @param {View} view @param {Tools} drawing */
function actions(view, { document }) {
  const button = (/** @type {string} */ name, /** @type {string} */ text, /** @type {string} */ look) =>
    element(document, "button", { type: "button", class: look, "data-action": name }, [text]);
  return element(document, "p", { class: "result-actions" }, [
    view.again ? button("again", _("Check again"), "button") : null,
    view.change ? button("change", _("Change and check again"), "button") : null,
    button("clear", pgettext("take the answer away", "Clear"), "button button-plain"),
  ]);
}

/** @param {Fact[]} known @param {Document} document @param {string} [look] */
export function facts(known, document, look = "facts") {
  if (!known.length) {
    return null;
  }
  const lines = known.map(({ name, label, text, iso }) =>
    element(document, "div", { "data-fact": name }, [
      element(document, "dt", {}, [label]),
      element(document, "dd", { translate: DATA.has(name) ? "no" : null }, [iso ? element(document, "time", { datetime: iso }, [text]) : text]),
    ]),
  );
  return element(document, "dl", { class: look }, lines);
}

/** @param {Shown} shown @param {Tools} drawing */
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

/**
 * An element with these attributes and children. Attributes that are null or false are left out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Document} document
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean | null>} attributes
 * @param {(Node | string | null)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(document, tag, attributes = {}, children = []) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) {
      made.setAttribute(name, value === true ? "" : String(value));
    }
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/**
 * The drawings of the page by name, from `<template data-icon="…">`; null for an unknown name.
 * @param {ParentNode} root
 * @returns {(name: string) => Node | null}
 */
export function icons(root) {
  /** @type {Map<string, DocumentFragment>} */
  const drawn = new Map();
  for (const template of root.querySelectorAll("template[data-icon]")) {
    const { dataset, content } = /** @type {HTMLTemplateElement} */ (template);
    drawn.set(dataset.icon ?? "", content);
  }
  return (name) => drawn.get(name)?.cloneNode(true) ?? null;
}
