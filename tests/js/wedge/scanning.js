/** A hand-held scanner and a person, as the keys that they send to a wedge. */
import { Wedge } from "../../../validator/static/js/wedge/wedge.js";
import { LAYOUTS, strokes } from "./layouts.js";

/** @import {Key} from "../../../validator/static/js/wedge/burst.js" */
/** @import {Outcome} from "../../../validator/static/js/wedge/wedge.js" */
/** @import {Layout} from "./layouts.js" */

export const ANNA = "3e506370-826a-103d-bf76-001000000001";
export const BRUNO = "7d1f0a20-93fb-103e-9b31-001000000001";
export const ENTER = { code: "Enter", key: "Enter" };
export const TAB = { code: "Tab", key: "Tab" };
const US = /** @type {Layout} */ (LAYOUTS.US);

/** A wedge, the clock of its keys, and the outcomes. @param {{field?: boolean}} [options] */
export function atCounter({ field = false } = {}) {
  const wedge = new Wedge();
  /** @type {(Outcome & {t: number, key: string})[]} */
  const seen = [];
  let t = 1000;
  return {
    seen,
    wedge,
    /** @param {Partial<Key>} key @param {number} gap milliseconds since the key before */
    press(key, gap) {
      t += gap;
      const outcome = wedge.key({ code: "", key: "", ...key, t, field });
      seen.push({ ...outcome, t, key: key.key ?? "" });
      return outcome;
    },
    /** @param {Partial<Key>} key @param {number} gap */
    release(key, gap) {
      t += gap;
      const outcome = wedge.release({ code: "", key: "", ...key, t, field });
      seen.push({ ...outcome, t, key: `${key.key} up` });
    },
    /** @param {number} ms */
    wait(ms) {
      t += ms;
      seen.push({ ...wedge.silence(t), t, key: "silence" });
    },
    /**
     * @param {string} text
     * @param {{gap?: number, end?: Partial<Key> | null, scanner?: Layout, computer?: Layout}} [options]
     */
    scan(text, { gap = 1, end = ENTER, scanner = US, computer = US } = {}) {
      for (const stroke of strokes(text, scanner, computer)) {
        if (stroke.shiftKey) this.press({ code: "ShiftLeft", key: "Shift", shiftKey: true }, 0);
        this.press(stroke, gap);
      }
      if (end) this.press(end, gap);
    },
    /**
     * Hold Alt, type digits on the number pad, release Alt.
     * @param {string} text
     * @param {(code: number) => string} digits
     */
    scanByAltCodes(text, digits, gap = 1) {
      for (const char of text) {
        this.press({ code: "AltLeft", key: "Alt", altKey: true }, gap);
        for (const digit of digits(char.charCodeAt(0))) {
          this.press({ code: `Numpad${digit}`, key: digit, altKey: true }, gap);
        }
        this.release({ code: "AltLeft", key: "Alt" }, gap);
      }
    },
    /** The numbers that were taken, in order. */
    get numbers() { return seen.flatMap(({ card }) => (card ? [card.payload.escn] : [])); },
    get foreign() { return seen.flatMap(({ foreign }) => (foreign ? [foreign] : [])); },
  };
}
