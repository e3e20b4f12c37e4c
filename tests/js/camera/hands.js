// @ts-check
/** A camera and a clock moved by hand, for tests of what keeps a camera running. */

/**
 * Timers that fire when `pass` moves the clock over them, in order; between them all promises settle.
 */
export function createClock() {
  let at = 0;
  let lastId = 0;
  /** @type {Map<number, {due: number, every: number | null, act: () => void}>} */
  const alarms = new Map();
  /** @param {() => void} act @param {number} ms @param {number | null} every */
  const add = (act, ms, every) => {
    alarms.set(++lastId, { due: at + ms, every, act });
    return lastId;
  };
  const timers = {
    setTimeout: (/** @type {() => void} */ act, ms = 0) => add(act, ms, null),
    setInterval: (/** @type {() => void} */ act, ms = 0) => add(act, ms, ms),
    clearTimeout: (/** @type {number | undefined} */ id) => void alarms.delete(id ?? 0),
    clearInterval: (/** @type {number | undefined} */ id) => void alarms.delete(id ?? 0),
  };
  /** @param {number} ms @param {() => void} [each]  Called before each alarm. */
  async function pass(ms, each = () => undefined) {
    const end = at + ms;
    await settled();
    for (;;) {
      const next = [...alarms].filter(([, { due }]) => due <= end).sort((a, b) => a[1].due - b[1].due)[0];
      if (next === undefined) {
        break;
      }
      const [id, alarm] = next;
      at = alarm.due;
      if (alarm.every === null) {
        alarms.delete(id);
      } else {
        alarm.due += alarm.every;
      }
      each();
      alarm.act();
      await settled();
    }
    at = end;
  }
  return { now: () => at, timers: /** @type {any} */ (timers), pass };
}

/** Let every promise that can settle do so. */
export async function settled() {
  await new Promise((resolve) => void setImmediate(resolve));
}

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

/** A device whose answers a test chooses; counts how many streams are open at once. */
export function createDevices() {
  /** @type {ReturnType<typeof createTrack>[]} */
  const tracks = [];
  /** @type {MediaStreamConstraints[]} */
  const asked = [];
  const devices = {
    tracks,
    asked,
    /** @type {string[]} Names of errors for the next requests. */
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
