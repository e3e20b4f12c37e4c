/** What tells an answer without eyes: tone, vibration, words for screen readers; each can be off. */

import { createAnnouncer } from "./announce.js";
import { createSound } from "./sound.js";
import { createVibration } from "./vibration.js";

/**
 * @typedef {import("../result/types.js").Signal} Signal
 * @typedef {import("../settings/preferences.js").Preferences} Preferences
 *
 * @typedef {object} Feedback
 * @property {() => Promise<boolean>} unlock  To be called in a tap; false where the browser has no sound.
 * @property {(signal: Signal) => void} signal
 * @property {(text: string) => void} say
 * @property {(signal: Signal) => boolean} test  Also what is switched off; says whether it could sound.
 * @property {() => boolean} isSoundReady
 * @property {() => boolean} isSilent  Tones are wanted and possible, and nothing would be heard: a touch is missing.
 * @property {(listener: () => void) => void} onSound  Called when that may have changed.
 * @property {boolean} canVibrate
 */

/**
 * @param {{window: Window & typeof globalThis, announcer: Element, preferences: Preferences}} given
 * @returns {Feedback}
 */
export function createFeedback({ window, announcer, preferences }) {
  const { navigator } = window;
  /** @type {Set<() => void>} */
  const listeners = new Set();
  const changed = () => listeners.forEach((listener) => listener());
  const sound = createSound({
    createContext: () => new window.AudioContext({ latencyHint: "interactive" }),
    mayStart: () => navigator.userActivation?.hasBeenActive !== false,
    changed,
    session: /** @type {{audioSession?: {type: string}}} */ (navigator).audioSession,
  });
  const vibration = createVibration(navigator);
  const { say } = createAnnouncer(announcer);
  preferences.onChange(changed);
  return {
    unlock: sound.unlock,
    isSoundReady: sound.isReady,
    isSilent: () => preferences.get("sound", true) && sound.isPossible() && !sound.isReady(),
    onSound: (listener) => void listeners.add(listener),
    canVibrate: vibration.isKnown,
    say,
    signal(signal) {
      if (preferences.get("sound", true)) {
        sound.play(signal);
      }
      if (preferences.get("vibration", true)) {
        vibration.play(signal);
      }
    },
    test(signal) {
      vibration.play(signal);
      return sound.play(signal);
    },
  };
}
