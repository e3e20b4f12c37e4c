/** An audio context that records the scheduled tones. */

/** @param {{state?: string, resumes?: boolean}} options */
export function recordingContext({ state = "suspended", resumes = true } = {}) {
  /** @type {{hz: number, start: number, end: number, volume: number}[]} */
  const tones = [];
  const context = {
    state,
    currentTime: 0,
    destination: {},
    tones,
    async resume() {
      if (!resumes) {
        throw new Error("not allowed");
      }
      context.state = "running";
    },
    createOscillator() {
      const tone = { hz: 0, start: 0, end: 0, volume: 0 };
      tones.push(tone);
      return {
        tone,
        type: "sine",
        frequency: { setValueAtTime: (/** @type {number} */ hz) => (tone.hz = hz) },
        connect: (/** @type {{connected(tone: object): void}} */ gain) => gain.connected(tone),
        start: (/** @type {number} */ at) => (tone.start = at),
        stop: (/** @type {number} */ at) => (tone.end = at),
      };
    },
    createGain() {
      let loudest = 0;
      const ramp = (/** @type {number} */ volume) => (loudest = Math.max(loudest, volume));
      return {
        gain: { setValueAtTime: ramp, linearRampToValueAtTime: ramp },
        connected: (/** @type {{volume: number}} */ tone) => (tone.volume = loudest),
        connect() {},
      };
    },
  };
  return context;
}

/** @param {ReturnType<typeof recordingContext>} context */
export const asAudio = (context) => /** @type {AudioContext} */ (/** @type {unknown} */ (context));
