/** Elements without any script sink: text goes in as text, drawings are cloned from the page's templates. */

/**
 * An element with these attributes and children; null and false leave an attribute out, strings become text.
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
 * Gives drawings by name, from `<template data-icon="…">`; nothing where there is no such drawing.
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
