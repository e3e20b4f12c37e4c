/** The camera of a scanner: which one is used, its torch and its zoom. supervisor.js keeps it running. */

/** @import {CameraState} from "./supervisor.js" */
/** @import {Platform, Trouble} from "./trouble.js" */
/** @import {Page} from "./watchdog.js" */
/** @import {Preferences} from "../settings/preferences.js" */
/** @import {Intervals, Timers} from "../platform.js" */

import { _ } from "../messages.js";
import { TIMERS } from "../platform.js";
import { capabilitiesOf, focusContinuously, setTorch, setZoom } from "./stream.js";
import { Supervisor } from "./supervisor.js";
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
 */

export class Camera {
  #supervisor;
  #parts;

  /** @param {HTMLVideoElement} video @param {CameraParts} parts */
  constructor(video, parts) {
    const { mediaDevices, preferences, on } = parts;
    this.#parts = parts;
    this.#supervisor = new Supervisor(video, {
      mediaDevices,
      on,
      choice: () => ({ facing: this.#facing(), device: preferences.get("camera.device", "") || null }),
      prepare: (track) => applyPreferences(track, preferences),
      now: parts.now ?? (() => performance.now()),
      platform: parts.platform ?? currentPlatform(),
      timers: parts.timers ?? TIMERS,
      page: parts.page ?? { document, window },
      brightest: parts.brightest ?? createBrightnessMeter(),
    });
  }

  start() {
    return this.#supervisor.start();
  }

  stop() {
    this.#supervisor.stop();
  }

  /** After a person's touch: earlier restarts no longer count. */
  restart() {
    return this.#supervisor.start();
  }

  close() {
    this.#supervisor.close();
  }

  state() {
    return this.#supervisor.state();
  }

  list() {
    return listCameras(this.#parts.mediaDevices);
  }

  /** Whether the camera was allowed before: a start then asks nothing. */
  isPermitted() {
    const { mediaDevices, permissions = navigator.permissions } = this.#parts;
    return isPermitted(permissions, mediaDevices);
  }

  /** Null while no camera runs. */
  capabilities() {
    const track = this.#supervisor.track();
    return track === null ? null : capabilitiesOf(track);
  }

  /** The choice is stored; null: any camera that faces the wanted way. @param {string | null} id */
  choose(id) {
    this.#parts.preferences.set("camera.device", id);
    this.#parts.preferences.set("camera.zoom", null); // each lens has its own scale
    return this.start();
  }

  /** Changes to the camera of the other side; among several lenses to the next one. The choice is stored. */
  async flip() {
    const { preferences, mediaDevices } = this.#parts;
    const { facingMode, deviceId } = settingsOf(this.#supervisor.track());
    const cameras = await listCameras(mediaDevices);
    const index = cameras.findIndex(({ id }) => id === deviceId);
    if (cameras.length > 2 && index >= 0) {
      await this.choose(cameras[(index + 1) % cameras.length].id);
      return;
    }
    preferences.set("camera.facing", (facingMode ?? this.#facing()) === "user" ? "environment" : "user");
    await this.choose(null);
    preferences.set("camera.device", settingsOf(this.#supervisor.track()).deviceId ?? null);
  }

  /** Returns whether it is as requested. The value is stored, and applied after restarts. @param {boolean} isOn */
  async torch(isOn) {
    const track = this.#supervisor.track();
    this.#parts.preferences.set("camera.torch", isOn);
    return track !== null && setTorch(track, isOn);
  }

  /** The same for the zoom. @param {number} level */
  async zoom(level) {
    const track = this.#supervisor.track();
    this.#parts.preferences.set("camera.zoom", level);
    return track !== null && setZoom(track, level);
  }

  #facing() {
    const { preferences, facing = "environment" } = this.#parts;
    return preferences.get("camera.facing", String(facing)) === "user" ? "user" : "environment";
  }
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
    .map(({ deviceId, label }, index) => ({ id: deviceId, label: label || _("Camera %(num)s", { num: index + 1 }) }));
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
