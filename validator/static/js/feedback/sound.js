/** Tones by Web Audio: silent until a tap has unlocked them, never in the way when audio is missing. */

import { lengthOf, NOTES } from "./notes.js";

/**
 * @typedef {import("./notes.js").Note} Note
 * @typedef {import("../result/types.js").Signal} Signal
 * @typedef {{createContext(): AudioContext, session?: {type: string}, mayStart?: () => boolean,
 *   changed?: () => void}} Audio
 *   `session` is navigator.audioSession, where it exists: without "playback" an iPhone's ring switch mutes.
 *   `changed` is called when tones become audible, and when a call or a locked screen mutes them.
 */

/** A ramp this short is not heard and keeps a tone from clicking. */
const RAMP_S = 0.012;
const PAUSE_S = 0.08;
/** A gate must be heard beside a queue, not across the hall. */
const LOUDEST = 0.5;

/**
 * `unlock` belongs in a tap; `play` says whether it could sound. Signals one after the other do not overlap.
 * @param {Audio} audio
 * @returns {{unlock(): Promise<boolean>, play(signal: Signal): boolean, isReady(): boolean, isPossible(): boolean}}
 */
export function createSound(audio) {
  /** @type {AudioContext | null} */
  let context = null;
  let freeAt = 0;
  let isPossible = true;

  /** @returns {AudioContext} */
  function open() {
    try {
      const opened = audio.createContext();
      opened.addEventListener?.("statechange", () => audio.changed?.());
      return opened;
    } catch (fault) {
      isPossible = false;
      throw fault;
    }
  }

  async function unlock() {
    // Without a touch of the page so far, browsers only complain.
    if (audio.mayStart?.() === false) {
      return false;
    }
    try {
      if (audio.session) {
        audio.session.type = "playback";
      }
      context ??= open();
      await context.resume();
    } catch {
      return false;
    } finally {
      audio.changed?.();
    }
    return isReady();
  }

  const isReady = () => context?.state === "running";

  return {
    unlock,
    isReady,
    isPossible: () => isPossible,
    play(signal) {
      if (!context || !isReady()) {
        // A phone call or a locked screen suspends it; resuming works where a tap has unlocked it before.
        void context?.resume().catch(() => {});
        return false;
      }
      const start = Math.max(context.currentTime, freeAt);
      for (const note of NOTES[signal]) {
        schedule(context, note, start + note.from);
      }
      freeAt = start + lengthOf(signal) + PAUSE_S;
      return true;
    },
  };
}

/**
 * @param {AudioContext} context
 * @param {Note} note
 * @param {number} start
 */
function schedule(context, note, start) {
  const tone = context.createOscillator();
  const gain = context.createGain();
  const end = start + note.length;
  const volume = note.volume * LOUDEST;
  tone.type = note.shape;
  tone.frequency.setValueAtTime(note.hz, start);
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(volume, start + RAMP_S);
  gain.gain.setValueAtTime(volume, end - RAMP_S);
  gain.gain.linearRampToValueAtTime(0, end);
  tone.connect(gain);
  gain.connect(context.destination);
  tone.start(start);
  tone.stop(end);
}
