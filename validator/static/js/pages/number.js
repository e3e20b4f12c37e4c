/** The number field of a counter page: it keeps a typed number while the answer may be due to a typing error. */

import { NumberField, toMultiline } from "../typing/field.js";

/**
 * @import {View} from "../result/view.js"
 * @import {Payload, Refusal} from "../types.js"
 */

/**
 * @typedef {object} Parts
 * @property {HTMLInputElement} input  The field of the plain page; another one replaces it.
 * @property {HTMLElement} note
 * @property {(payload: Payload) => void} onCard
 * @property {(refusal: Refusal) => void} onRefusal
 * @property {() => void} showAnswer  Scroll to the answer.
 */

/**
 * Enhance the field. `follow` is to be called with each view of the result.
 * @param {Parts} parts
 * @returns {{field: HTMLTextAreaElement, follow(view: View | null): void, change(): void}}
 */
export function wireNumber({ input, note, onCard, onRefusal, showAnswer }) {
  const field = toMultiline(input);
  let isTyped = false;
  const showIfTyped = () => {
    if (isTyped) {
      showAnswer();
    }
    return isTyped;
  };
  // A pasted number was checked at once: its answer is there already when the empty field is sent.
  const number = new NumberField(field, { note, onCard, onRefusal, onEmpty: showIfTyped });
  // No number is left for a person who returns to the page, or opens it after another one has signed out.
  addEventListener("pagehide", () => number.forget());
  return {
    field,
    follow(view) {
      isTyped = view?.by === "typed";
      showIfTyped();
      if (!view?.keeps) {
        number.forget();
      } else if (view.shown) {
        number.select();
      }
    },
    change() {
      field.focus();
      field.setSelectionRange(field.value.length, field.value.length);
    },
  };
}

/**
 * The forms are above or under the answer: on a short screen the answer may be outside the window.
 * @param {HTMLElement} root
 */
export function scrollToAnswer(root) {
  root.querySelector("[data-result] .face")?.scrollIntoView({ block: "nearest" });
}
