/** Vibration where the device has it. Never the only signal: iPhones have none, Firefox only says it has. */

import { SHAKES } from "./notes.js";

/**
 * Before the first touch of the page browsers refuse it, and complain; so it is not even asked for.
 * @param {{vibrate?: (pattern: number[]) => boolean, userActivation?: {hasBeenActive: boolean}}} navigator
 * @returns {{play(signal: import("../result/types.js").Signal): boolean, isKnown: boolean}}
 */
export function createVibration(navigator) {
  return {
    isKnown: typeof navigator.vibrate === "function",
    play(signal) {
      if (navigator.userActivation?.hasBeenActive === false) {
        return false;
      }
      try {
        return navigator.vibrate?.(SHAKES[signal]) ?? false;
      } catch {
        return false;
      }
    },
  };
}
