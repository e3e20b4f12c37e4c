/** An audio context that writes down what was scheduled in it. */

/** @param {{state?: string, resumes?: boolean}} options */
export function recordingContext({ state = "suspended", resumes = true } = {}) {
  /** @type {{hz: number, start: number, end: number, volume: number}[]} */
  const notes = [];
  const context = {
    state,
    currentTime: 0,
    destination: {},
    notes,
    async resume() {
      if (!resumes) {
        throw new Error("not allowed");
      }
      context.state = "running";
    },
    createOscillator() {
      const note = { hz: 0, start: 0, end: 0, volume: 0 };
      notes.push(note);
      return {
        note,
        type: "sine",
        frequency: { setValueAtTime: (/** @type {number} */ hz) => (note.hz = hz) },
        connect: (/** @type {{hears(note: object): void}} */ gain) => gain.hears(note),
        start: (/** @type {number} */ at) => (note.start = at),
        stop: (/** @type {number} */ at) => (note.end = at),
      };
    },
    createGain() {
      let loudest = 0;
      const ramp = (/** @type {number} */ volume) => (loudest = Math.max(loudest, volume));
      return {
        gain: { setValueAtTime: ramp, linearRampToValueAtTime: ramp },
        hears: (/** @type {{volume: number}} */ note) => (note.volume = loudest),
        connect() {},
      };
    },
  };
  return context;
}

/** @param {ReturnType<typeof recordingContext>} context */
export const asAudio = (context) => /** @type {AudioContext} */ (/** @type {unknown} */ (context));
