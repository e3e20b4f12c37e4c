/** The camera of a scanner: which one is used, its torch and its zoom. supervisor.js keeps it running. */

/** @import {CameraState} from "./supervisor.js" */
/** @import {Capabilities} from "./stream.js" */
/** @import {Platform, Trouble} from "./trouble.js" */
/** @import {Page} from "./watchdog.js" */
/** @import {Preferences} from "../settings/preferences.js" */
/** @import {Intervals, Timers} from "../timers.js" */

import { TIMERS } from "../timers.js";
import { capabilitiesOf, focusContinuously, setTorch, setZoom } from "./stream.js";
import { createSupervisor } from "./supervisor.js";
import { currentPlatform } from "./trouble.js";
import { createBrightnessMeter } from "./watchdog.js";

/**
 * @typedef {object} CameraParts
 * @property {MediaDevices | undefined} mediaDevices  Missing on insecure addresses.
 * @property {Pick<Preferences, "get" | "set">} preferences  Stores `camera.device`, `camera.facing`, `camera.torch` and
 *   `camera.zoom`.
 * @property {{state: (state: CameraState) => void, trouble: (trouble: Trouble | null) => void}} on
 *   A trouble of null: the last one is over.
 * @property {"environment" | "user"} [facing]  Used until a camera is chosen: a kiosk's camera faces the visitor.
 * @property {() => number} [now]
 * @property {Platform} [platform]
 * @property {Timers & Intervals} [timers]
 * @property {Page} [page]
 * @property {Permissions} [permissions]
 * @property {(video: HTMLVideoElement) => number | null} [brightest]  See watchdog.js.
 *
 * @typedef {object} Camera
 * @property {() => Promise<void>} start
 * @property {() => void} stop
 * @property {() => Promise<void>} restart  After a person's touch: earlier restarts no longer count.
 * @property {() => Promise<{id: string, label: string}[]>} list
 * @property {(id: string | null) => Promise<void>} choose  Stored; null: any camera that faces the wanted way.
 * @property {() => Promise<void>} flip  To the camera of the other side; among several lenses to the next one. Stored.
 * @property {(on: boolean) => Promise<boolean>} torch  Returns whether it is as requested; stored, and applied again
 *   after restarts.
 * @property {(level: number) => Promise<boolean>} zoom  The same for the zoom.
 * @property {() => Capabilities | null} capabilities  Null while no camera runs.
 * @property {() => Promise<boolean>} isPermitted  Whether the camera was allowed before: a start then asks nothing.
 * @property {() => CameraState} state
 * @property {() => void} close
 */

/**
 * @param {HTMLVideoElement} video @param {CameraParts} parts
 * @returns {Camera}
 */
export function createCamera(video, parts) {
  const { mediaDevices, preferences, on, permissions = navigator.permissions } = parts;
  const preferred = () => preferences.get("camera.facing", String(parts.facing ?? "environment"));
  const facing = () => (preferred() === "user" ? "user" : "environment");
  const { start, stop, close, state, track } = createSupervisor(video, {
    mediaDevices,
    on,
    choice: () => ({ facing: facing(), device: preferences.get("camera.device", "") || null }),
    prepare: (track) => applyPreferences(track, preferences),
    now: parts.now ?? (() => performance.now()),
    platform: parts.platform ?? currentPlatform(),
    timers: parts.timers ?? TIMERS,
    page: parts.page ?? { document, window },
    brightest: parts.brightest ?? createBrightnessMeter(),
  });

  /** @param {string | null} id */
  function choose(id) {
    preferences.set("camera.device", id);
    preferences.set("camera.zoom", null); // each lens has its own scale
    return start();
  }

  async function flip() {
    const { facingMode, deviceId } = settingsOf(track());
    const cameras = await listCameras(mediaDevices);
    const index = cameras.findIndex(({ id }) => id === deviceId);
    if (cameras.length > 2 && index >= 0) {
      await choose(cameras[(index + 1) % cameras.length].id);
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
    return running === null ? null : capabilitiesOf(running);
  }

  return {
    start, stop, restart: start, choose, flip, torch, zoom, capabilities, state, close,
    list: () => listCameras(mediaDevices),
    isPermitted: () => isPermitted(permissions, mediaDevices),
  };
}

/**
 * Focus, zoom and torch of a new stream, as they were set before.
 * @param {MediaStreamTrack} track @param {CameraParts["preferences"]} preferences
 */
async function applyPreferences(track, preferences) {
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
    .map(({ deviceId, label }, index) => ({ id: deviceId, label: label || `Camera ${index + 1}` }));
}

/** Firefox and older Safari have no such query; there a readable label shows the permission.
 * @param {Permissions | undefined} permissions @param {MediaDevices | undefined} mediaDevices */
async function isPermitted(permissions, mediaDevices) {
  try {
    const name = /** @type {PermissionName} */ ("camera");
    const { state } = /** @type {PermissionStatus} */ (await permissions?.query({ name }));
    return state === "granted";
  } catch {
    const devices = (await mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    return devices.some(({ kind, label }) => kind === "videoinput" && label !== "");
  }
}
