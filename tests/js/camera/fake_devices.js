/** Cameras whose answers a test chooses. */

/** A track that a test can end. @param {string} [side] @param {string} [deviceId] */
export function createTrack(side = "environment", deviceId = side === "user" ? "front" : "back") {
  const target = new EventTarget();
  return Object.assign(target, {
    kind: "video", label: "Back camera", muted: false, readyState: "live", stopped: false,
    /** @type {object[]} */ applied: [],
    getSettings: () => ({ width: 1920, height: 1080, facingMode: side, deviceId }),
    getCapabilities: () => ({ torch: true, zoom: { min: 1, max: 5, step: 0.1 }, focusMode: ["continuous"] }),
    /** @param {{advanced: object[]}} constraints */
    async applyConstraints({ advanced }) {
      this.applied.push(...advanced);
    },
    stop() {
      this.stopped = true;
    },
    end() {
      this.readyState = "ended";
      target.dispatchEvent(new Event("ended"));
    },
  });
}

/** `mediaDevices` whose answers a test chooses; `mostAtOnce` counts the streams that were open together. */
export function createDevices() {
  /** @type {ReturnType<typeof createTrack>[]} */
  const tracks = [];
  /** @type {MediaStreamConstraints[]} */
  const asked = [];
  const devices = {
    tracks,
    asked,
    /** @type {string[]} Names of the errors of the next requests. */
    failing: [],
    mostAtOnce: 0,
    /** @param {MediaStreamConstraints} constraints */
    async getUserMedia(constraints) {
      asked.push(constraints);
      await Promise.resolve();
      const name = devices.failing.shift();
      if (name !== undefined) {
        throw Object.assign(new Error(name), { name });
      }
      const { facingMode, deviceId } = /** @type {any} */ (constraints.video);
      const track = createTrack(facingMode?.ideal, deviceId?.exact);
      tracks.push(track);
      devices.mostAtOnce = Math.max(devices.mostAtOnce, tracks.filter(({ stopped }) => !stopped).length);
      return { getVideoTracks: () => [track], getTracks: () => [track] };
    },
    enumerateDevices: async () => [
      { kind: "videoinput", deviceId: "one", label: "Back camera" },
      { kind: "audioinput", deviceId: "mic", label: "Microphone" },
      { kind: "videoinput", deviceId: "two", label: "" },
    ],
  };
  return devices;
}
