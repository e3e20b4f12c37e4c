/** What each signal sounds like and how it shakes: tables only, so that tests can tell them apart. */

/**
 * @typedef {import("../result/types.js").Signal} Signal
 * @typedef {{hz: number, from: number, length: number, volume: number, shape: OscillatorType}} Note
 *   Times in seconds from the start, volume 0 to 1.
 */

/** @param {number} hz @param {number} from @param {number} length @param {number} volume @returns {Note} */
const note = (hz, from, length, volume) => ({ hz, from, length, volume, shape: "triangle" });

/**
 * Rising is valid, falling is not valid, one flat tone is neither; told apart by ear alone, also by people
 * who hear no pitch: two short, three short, two long, one long, four short, three long for a code that imitates a
 * card's. All lie between 300 and
 * 1600 Hz, where small speakers carry and hearing loss is least.
 * @type {Record<Signal, Note[]>}
 */
export const NOTES = {
  valid: [note(784, 0, 0.1, 0.8), note(1175, 0.12, 0.16, 0.8)],
  remembered: [note(784, 0, 0.1, 0.3), note(1175, 0.12, 0.16, 0.3), note(1175, 0.34, 0.06, 0.2)],
  not_valid: [note(523, 0, 0.22, 1), note(330, 0.25, 0.4, 1)],
  could_not_check: [note(440, 0, 0.6, 0.8)],
  bounce: [note(1568, 0, 0.03, 0.25)],
  attention: [0, 0.1, 0.2, 0.3].map((from) => note(1047, from, 0.06, 1)),
  lookalike: [0, 0.3, 0.6].map((from) => note(370, from, 0.24, 1)),
};

/** How long a signal sounds, in seconds. @param {Signal} signal */
export const lengthOf = (signal) => Math.max(...NOTES[signal].map((each) => each.from + each.length));

/**
 * Milliseconds on and off in turn, as navigator.vibrate takes them.
 * @type {Record<Signal, number[]>}
 */
export const SHAKES = {
  valid: [60],
  remembered: [60, 60, 30],
  not_valid: [250, 100, 250],
  could_not_check: [500],
  bounce: [15],
  attention: [60, 50, 60, 50, 60],
  lookalike: [250, 100, 250, 100, 250],
};
