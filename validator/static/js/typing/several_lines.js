// @ts-check
/** A number field of as many lines as its text needs: on a narrow phone 36 characters do not fit into one. */

/** @typedef {HTMLInputElement | HTMLTextAreaElement} NumberField */

const ONLY_ONE_LINE = new Set(["type", "value", "autofocus"]);

/**
 * Put a field of several lines in the place of this one, with its text, its name and its focus.
 * @param {HTMLInputElement} input
 * @returns {HTMLTextAreaElement}
 */
export function inSeveralLines(input) {
  const { ownerDocument: document, selectionStart, selectionEnd } = input;
  const field = document.createElement("textarea");
  for (const { name, value } of input.attributes) {
    if (!ONLY_ONE_LINE.has(name)) field.setAttribute(name, value);
  }
  field.rows = 1;
  field.enterKeyHint = "go";
  field.value = input.value;
  const hadFocus = document.activeElement === input;
  input.replaceWith(field);
  if (hadFocus) {
    field.focus({ preventScroll: true });
    field.setSelectionRange(selectionStart, selectionEnd);
  }
  document.defaultView?.addEventListener("resize", () => fit(field));
  fit(field);
  return field;
}

/**
 * Make a field as high as its text; a field of one line is.
 * @param {NumberField} field
 */
export function fit(field) {
  if (field instanceof HTMLInputElement) return;
  field.style.blockSize = "auto";
  field.style.blockSize = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
}
