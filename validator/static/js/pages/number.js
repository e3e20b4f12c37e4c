/** The number field of a counter's page: it keeps what was typed as long as the answer may be due to a slip. */

import { NumberField, toMultiline } from "../typing/field.js";

/**
 * @typedef {object} Given
 * @property {HTMLInputElement} input  The field of the plain page; another takes its place.
 * @property {HTMLElement} note
 * @property {(payload: import("../types.js").Payload) => void} onCard
 * @property {(refusal: import("../types.js").Refusal) => void} onRefusal
 * @property {() => void} showAnswer  Bring the answer that stands into sight.
 */

/**
 * Bring the field to life. `follow` is to be called with whatever comes onto the stage.
 * @param {Given} given
 * @returns {{field: HTMLTextAreaElement, follow(view: import("../result/view.js").View | null): void, change(): void}}
 */
export function wireNumber({ input, note, onCard, onRefusal, showAnswer }) {
  const field = toMultiline(input);
  let isTyped = false;
  const number = new NumberField(field, {
    note,
    onCard,
    onRefusal,
    onEmpty() {
      // The number was checked the moment it was pasted: its answer stands there.
      if (isTyped) {
        showAnswer();
      }
      return isTyped;
    },
  });
  // Whoever comes back to the page, or opens it after somebody has signed out, finds no number there.
  addEventListener("pagehide", () => number.forget());
  return {
    field,
    follow(view) {
      isTyped = view?.by === "typed";
      if (isTyped) {
        showAnswer();
      }
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
 * The forms stand above or under the answer: on a short screen it would come beyond the edge.
 * @param {HTMLElement} root
 */
export function bringAnswerIntoSight(root) {
  root.querySelector("[data-result] .face")?.scrollIntoView({ block: "nearest" });
}
