// @ts-check
/**
 * The camera of a scanner: which one, its torch and zoom as a person left them, kept running by running.js.
 */

import { abilitiesOf, focusContinuously, setTorch, setZoom } from "./abilities.js";
import { factsHere } from "./platform.js";
import { createRunning } from "./running.js";
import { createGlimpse } from "./watching.js";

/** @typedef {import("./types.js").Abilities} Abilities */
/** @typedef {import("./types.js").CameraState} CameraState */
/** @typedef {import("./types.js").Facts} Facts */
/** @typedef {import("./types.js").Preferences} Preferences */
/** @typedef {import("./types.js").Trouble} Trouble */
/** @typedef {import("./watching.js").Page} Page */
/** @typedef {import("./watching.js").Timers} Timers */

/**
 * @typedef {object} CameraParts
 * @property {MediaDevices | undefined} mediaDevices  Missing on insecure addresses.
 * @property {Preferences} preferences  Remembers `camera.device`, `camera.facing`, `camera.torch` and
 *   `camera.zoom`.
 * @property {{state: (state: CameraState) => void, trouble: (trouble: Trouble | null) => void}} on
 *   Null where a trouble is over.
 * @property {"environment" | "user"} [facing]  Where no camera was chosen yet: a kiosk's looks at the
 *   visitor.
 * @property {() => number} [now]
 * @property {Facts} [facts]
 * @property {Timers} [timers]
 * @property {Page} [page]
 * @property {Permissions} [permissions]
 * @property {(video: HTMLVideoElement) => number | null} [glimpse]
 *
 * @typedef {object} Camera
 * @property {() => Promise<void>} start
 * @property {() => void} stop
 * @property {() => Promise<void>} restart  By a person's touch: forgets what was tried before.
 * @property {() => Promise<{id: string, label: string}[]>} list
 * @property {(id: string | null) => Promise<void>} choose  Remembered; null for whichever looks the wished
 *   way.
 * @property {() => Promise<void>} flip  To the other side's camera; with several lenses to the next one. Remembered.
 * @property {(on: boolean) => Promise<boolean>} torch  Whether it is as asked; remembered, put on after
 *   restarts.
 * @property {(level: number) => Promise<boolean>} zoom  The same for the zoom.
 * @property {() => Abilities | null} capabilities  Null where no camera runs.
 * @property {() => Promise<boolean>} mayStartAlone  Whether it was allowed before, so that nobody would be
 *   asked.
 * @property {() => CameraState} state
 * @property {() => void} close
 */

/**
 * @param {HTMLVideoElement} video @param {CameraParts} parts
 * @returns {Camera}
 */
export function createCamera(video, parts) {
  const { mediaDevices, preferences, on, permissions = navigator.permissions } = parts;
  const wished = () => preferences.get("camera.facing", parts.facing ?? "environment");
  const facing = () => (wished() === "user" ? "user" : "environment");
  const running = createRunning(video, {
    mediaDevices,
    on,
    wish: () => ({ facing: facing(), device: preferences.get("camera.device", "") || null }),
    equip: (track) => equip(track, preferences),
    now: parts.now ?? (() => performance.now()),
    facts: parts.facts ?? factsHere(),
    timers: parts.timers ?? globalThis,
    page: parts.page ?? { document, window },
    glimpse: parts.glimpse ?? createGlimpse(),
  });
  const { start, stop, close, state, track } = running;

  /** @param {string | null} id */
  function choose(id) {
    preferences.set("camera.device", id);
    preferences.set("camera.zoom", null); // another lens, another scale
    return start();
  }

  async function flip() {
    const { facingMode, deviceId } = settingsOf(track());
    const cameras = await listCameras(mediaDevices);
    const place = cameras.findIndex(({ id }) => id === deviceId);
    if (cameras.length > 2 && place >= 0) {
      await choose(cameras[(place + 1) % cameras.length].id);
      return;
    }
    preferences.set("camera.facing", (facingMode ?? facing()) === "user" ? "environment" : "user");
    await choose(null);
    preferences.set("camera.device", settingsOf(track()).deviceId ?? null);
  }

  /** @param {boolean} isOn */
  async function torch(isOn) {
    const running = track();
    preferences.set("camera.torch", isOn);
    return running !== null && setTorch(running, isOn);
  }

  /** @param {number} level */
  async function zoom(level) {
    const running = track();
    preferences.set("camera.zoom", level);
    return running !== null && setZoom(running, level);
  }

  function capabilities() {
    const running = track();
    return running === null ? null : abilitiesOf(running);
  }

  return {
    start, stop, restart: start, choose, flip, torch, zoom, capabilities, state, close,
    list: () => listCameras(mediaDevices),
    mayStartAlone: () => isAllowed(permissions, mediaDevices),
  };
}

/**
 * What a person switched on stays on, whatever happened to the stream.
 * @param {MediaStreamTrack} track @param {Preferences} preferences
 */
async function equip(track, preferences) {
  const level = preferences.get("camera.zoom", 0);
  await focusContinuously(track);
  if (level > 0) {
    await setZoom(track, level);
  }
  if (preferences.get("camera.torch", false)) {
    await setTorch(track, true);
  }
}

/** @param {MediaStreamTrack | null} track @returns {MediaTrackSettings} */
function settingsOf(track) {
  return track?.getSettings?.() ?? {};
}

/** @param {MediaDevices | undefined} mediaDevices */
async function listCameras(mediaDevices) {
  const devices = (await mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  return devices
    .filter(({ kind, deviceId }) => kind === "videoinput" && deviceId !== "")
    .map(({ deviceId, label }, place) => ({ id: deviceId, label: label || `Camera ${place + 1}` }));
}

/** Firefox and older Safari cannot be asked; there a label that may be read tells it.
 * @param {Permissions | undefined} permissions @param {MediaDevices | undefined} mediaDevices */
async function isAllowed(permissions, mediaDevices) {
  try {
    const name = /** @type {PermissionName} */ ("camera");
    const { state } = /** @type {PermissionStatus} */ (await permissions?.query({ name }));
    return state === "granted";
  } catch {
    const devices = (await mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    return devices.some(({ kind, label }) => kind === "videoinput" && label !== "");
  }
}
