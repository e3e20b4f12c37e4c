/** Reports an answer without the screen: tones, vibration, words for screen readers. Each can be switched off. */

/** @import {Signal} from "../result/types.js" */
/** @import {Preferences} from "../settings/preferences.js" */

import { Tones } from "./tones.js";

/**
 * @typedef {object} Feedback
 * @property {() => Promise<boolean>} unlock  Call it in a tap; false where the browser has no sound.
 * @property {(signal: Signal) => void} signal
 * @property {(text: string) => void} say
 * @property {(signal: Signal) => boolean} test  Also what is switched off; returns whether it could sound.
 * @property {() => boolean} isSoundReady
 * @property {() => boolean} isSilent  Tones are switched on and possible, but not audible before the next touch.
 * @property {(listener: () => void) => void} onSound  Called when `isSilent` may have changed.
 * @property {boolean} canVibrate
 */

/**
 * Milliseconds on and off in turn, as navigator.vibrate takes them.
 * @type {Record<Signal, number[]>}
 */
export const VIBRATIONS = {
  valid: [60],
  remembered: [60, 60, 30],
  not_valid: [250, 100, 250],
  could_not_check: [500],
  bounce: [15],
  attention: [60, 50, 60, 50, 60],
  lookalike: [250, 100, 250, 100, 250],
};

/**
 * @param {{window: Window & typeof globalThis, announcer: Element, preferences: Preferences}} parts
 *   `announcer`: an element with role="status" that is in the page from the start.
 * @returns {Feedback}
 */
export function createFeedback({ window, announcer, preferences }) {
  const { navigator } = window;
  /** @type {Set<() => void>} */
  const listeners = new Set();
  const changed = () => listeners.forEach((listener) => listener());
  const tones = new Tones({
    createContext: () => new window.AudioContext({ latencyHint: "interactive" }),
    mayStart: () => navigator.userActivation?.hasBeenActive !== false,
    changed,
    session: /** @type {{audioSession?: {type: string}}} */ (navigator).audioSession,
  });
  const vibration = createVibration(navigator);
  preferences.onChange(changed);
  return {
    unlock: () => tones.unlock(),
    isSoundReady: () => tones.isReady(),
    isSilent: () => preferences.get("sound", true) && tones.isPossible() && !tones.isReady(),
    onSound: (listener) => void listeners.add(listener),
    canVibrate: vibration.isKnown,
    say: (text) => announce(announcer, text),
    signal(signal) {
      if (preferences.get("sound", true)) {
        tones.play(signal);
      }
      if (preferences.get("vibration", true)) {
        vibration.play(signal);
      }
    },
    test(signal) {
      vibration.play(signal);
      return tones.play(signal);
    },
  };
}

/**
 * A screen reader reads the same words twice only if the live region gets a new child each time.
 * @param {Element} region @param {string} text
 */
function announce(region, text) {
  const line = region.ownerDocument.createElement("span");
  line.textContent = text;
  region.replaceChildren(line);
}

/**
 * Vibration is never the only signal: iPhones have none, and Firefox has the function without effect. Before the first
 * touch of the page browsers refuse it and log a warning, so it is not called.
 * @param {{vibrate?: (pattern: number[]) => boolean, userActivation?: {hasBeenActive: boolean}}} navigator
 * @returns {{play(signal: Signal): boolean, isKnown: boolean}}
 */
export function createVibration(navigator) {
  return {
    isKnown: typeof navigator.vibrate === "function",
    play(signal) {
      if (navigator.userActivation?.hasBeenActive === false) {
        return false;
      }
      try {
        return navigator.vibrate?.(VIBRATIONS[signal]) ?? false;
      } catch {
        return false;
      }
    },
  };
}
