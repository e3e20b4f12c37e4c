/** Reports an answer without the screen: tones, vibration, words for screen readers. Each can be switched off. */

/** @import {Signal} from "../result/types.js" */
/** @import {Preferences} from "../settings/preferences.js" */

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

/**
 * @typedef {{hz: number, from: number, length: number, volume: number}} Tone
 *   Times in seconds from the start, volume 0 to 1.
 *
 * @typedef {{createContext(): AudioContext, session?: {type: string}, mayStart?: () => boolean,
 *   changed?: () => void}} Audio
 *   `session` is navigator.audioSession, where it exists: without "playback" an iPhone's ring switch mutes.
 *   `changed` is called when tones become audible, and when a call or a locked screen mutes them.
 */

/** A ramp this short is not heard and prevents clicks. */
const RAMP_S = 0.012;
const PAUSE_S = 0.08;
/** Loud enough beside a queue, not across a hall. */
const LOUDEST = 0.5;

/** @param {number} hz @param {number} from @param {number} length @param {number} volume @returns {Tone} */
const tone = (hz, from, length, volume) => ({ hz, from, length, volume });

/**
 * Valid rises, not valid falls, could not check is one flat tone. Each signal also has its own rhythm, for people who
 * do not hear pitch: two short, three short, two long, one long, four short, and three long for a code that imitates a
 * card's. All tones are between 300 and 1600 Hz: small speakers play them, and hearing loss affects them least.
 * @type {Record<Signal, Tone[]>}
 */
export const TONES = {
  valid: [tone(784, 0, 0.1, 0.8), tone(1175, 0.12, 0.16, 0.8)],
  remembered: [tone(784, 0, 0.1, 0.3), tone(1175, 0.12, 0.16, 0.3), tone(1175, 0.34, 0.06, 0.2)],
  not_valid: [tone(523, 0, 0.22, 1), tone(330, 0.25, 0.4, 1)],
  could_not_check: [tone(440, 0, 0.6, 0.8)],
  bounce: [tone(1568, 0, 0.03, 0.25)],
  attention: [0, 0.1, 0.2, 0.3].map((from) => tone(1047, from, 0.06, 1)),
  lookalike: [0, 0.3, 0.6].map((from) => tone(370, from, 0.24, 1)),
};

/** Tones by Web Audio: silent until a tap has unlocked them; a missing or blocked audio is no fault. */
export class Tones {
  #audio;
  /** @type {AudioContext | null} */
  #context = null;
  #freeAt = 0; // signals do not overlap
  #isPossible = true;

  /** @param {Audio} audio */
  constructor(audio) {
    this.#audio = audio;
  }

  /** Call it in a tap; returns whether tones are audible now. */
  async unlock() {
    // Before the first touch of the page, browsers refuse and log a warning.
    if (this.#audio.mayStart?.() === false) {
      return false;
    }
    try {
      if (this.#audio.session) {
        this.#audio.session.type = "playback";
      }
      this.#context ??= this.#open();
      await this.#context.resume();
    } catch {
      return false;
    } finally {
      this.#audio.changed?.();
    }
    return this.isReady();
  }

  isReady() {
    return this.#context?.state === "running";
  }

  isPossible() {
    return this.#isPossible;
  }

  /** Returns whether it could sound. @param {Signal} signal */
  play(signal) {
    const context = this.#context;
    if (context === null || !this.isReady()) {
      // A phone call or a locked screen suspends it; it resumes without a tap if a tap has unlocked it before.
      void context?.resume().catch(() => {});
      return false;
    }
    const start = Math.max(context.currentTime, this.#freeAt);
    TONES[signal].forEach((each) => schedule(context, each, start + each.from));
    this.#freeAt = start + Math.max(...TONES[signal].map(({ from, length }) => from + length)) + PAUSE_S;
    return true;
  }

  /** @returns {AudioContext} */
  #open() {
    try {
      const opened = this.#audio.createContext();
      opened.addEventListener?.("statechange", () => this.#audio.changed?.());
      return opened;
    } catch (error) {
      this.#isPossible = false;
      throw error;
    }
  }
}

/**
 * @param {AudioContext} context @param {Tone} tone @param {number} start
 */
function schedule(context, { hz, length, volume }, start) {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  const end = start + length;
  const level = volume * LOUDEST;
  oscillator.type = "triangle";
  oscillator.frequency.setValueAtTime(hz, start);
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(level, start + RAMP_S);
  gain.gain.setValueAtTime(level, end - RAMP_S);
  gain.gain.linearRampToValueAtTime(0, end);
  oscillator.connect(gain);
  gain.connect(context.destination);
  oscillator.start(start);
  oscillator.stop(end);
}
