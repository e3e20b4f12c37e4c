import assert from "node:assert/strict";
import { test } from "node:test";
import { Camera } from "../../../validator/static/js/camera/camera.js";
import { KNOWN } from "../../../validator/static/js/settings/preferences.js";
import { createClock, settled } from "../fake_clock.js";
import { createDevices } from "./fake_devices.js";

/**
 * A phone with a fake camera and a fake clock.
 * @param {Record<string, unknown>} [stored]
 */
function phone(stored = {}) {
  const clock = createClock();
  const devices = createDevices();
  const video = { currentTime: 0, readyState: 4, srcObject: null, play: async () => undefined };
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const window = new EventTarget();
  /** @type {string[]} */
  const states = [];
  /** @type {(string | null)[]} */
  const troubles = [];
  const preferences = new Map(Object.entries(stored));
  const picture = { light: 120, isMoving: true };
  const camera = new Camera(/** @type {any} */ (video), /** @type {any} */ ({
    mediaDevices: devices,
    preferences: {
      get: (/** @type {string} */ name, /** @type {any} */ fallback) => preferences.get(name) ?? fallback,
      set: preferences.set.bind(preferences),
    },
    on: {
      state: states.push.bind(states),
      trouble: (/** @type {any} */ trouble) => troubles.push(trouble && trouble.code),
    },
    now: clock.now,
    timers: clock.timers,
    page: { document, window },
    platform: { system: "android", browser: "chrome", installed: false, secure: true },
    permissions: { query: async () => ({ state: "granted" }) },
    brightest: () => picture.light,
  }));
  /** Lets time pass while the camera gives pictures, or none. @param {number} ms */
  const pass = (ms) => clock.pass(ms, () => void (video.currentTime += picture.isMoving ? 0.03 : 0));
  return { camera, devices, video, document, window, states, troubles, preferences, picture, pass };
}

const facing = (/** @type {any} */ constraints) => constraints.video.facingMode?.ideal;
const device = (/** @type {any} */ constraints) => constraints.video.deviceId?.exact;

test("It asks for the camera that faces away, as large as small codes need", async () => {
  const { camera, devices, states } = phone();
  await camera.start();
  assert.deepEqual(devices.asked[0], {
    audio: false,
    video: { width: { ideal: 1920 }, height: { ideal: 1080 }, facingMode: { ideal: "environment" } },
  });
  assert.deepEqual(states, ["starting", "live"]);
});

test("A chosen camera is stored; another one is used only where it is gone", async () => {
  const { camera, devices, preferences } = phone();
  await camera.choose("two");
  assert.equal(preferences.get("camera.device"), "two");
  assert.equal(device(devices.asked[0]), "two");
  devices.failing.push("OverconstrainedError");
  await camera.restart();
  assert.equal(device(devices.asked[1]), "two");
  assert.equal(facing(devices.asked[2]), "environment");
  assert.equal(camera.state(), "live");
});

test("A flip goes to the other side and back, and stores the device", async () => {
  const { camera, devices, preferences } = phone({ "camera.device": "one" });
  await camera.start();
  await camera.flip();
  assert.equal(preferences.get("camera.device"), "front");
  await camera.flip();
  assert.equal(preferences.get("camera.device"), "back");
  assert.deepEqual(devices.asked.map(facing), [undefined, "user", "environment"]);
});

test("Among several lenses a flip goes to the next one and stores it", async () => {
  const { camera, devices, preferences } = phone({ "camera.device": "one" });
  const lens = (/** @type {string} */ deviceId) => ({ kind: "videoinput", deviceId, label: deviceId });
  devices.enumerateDevices = async () => ["one", "wide", "near"].map(lens);
  await camera.start();
  const chosen = [];
  for (let flip = 0; flip < 3; flip++) {
    await camera.flip();
    chosen.push(preferences.get("camera.device"));
  }
  assert.deepEqual(chosen, ["wide", "near", "one"]);
});

test("Two streams are never open together, however often it is restarted", async () => {
  const { camera, devices } = phone();
  await Promise.all([camera.start(), camera.restart(), camera.flip(), camera.restart()]);
  await settled();
  assert.equal(devices.mostAtOnce, 1);
  assert.equal(devices.tracks.filter(({ stopped }) => !stopped).length, 1);
});

test("Stopped while it opens, it leaves no camera running", async () => {
  const { camera, devices } = phone();
  const starting = camera.start();
  await Promise.resolve();
  assert.equal(devices.asked.length, 1);
  camera.stop();
  await starting;
  assert.equal(devices.tracks.length, 1);
  assert.ok(devices.tracks.every(({ stopped }) => stopped));
  assert.equal(camera.state(), "off");
});

test("A lost track is opened again at once", async () => {
  const { camera, devices, states, pass } = phone();
  await camera.start();
  devices.tracks[0].end();
  await pass(50);
  assert.equal(devices.tracks.length, 2);
  assert.deepEqual(states, ["starting", "live", "restarting", "live"]);
});

test("A picture that is still for two seconds is restarted", async () => {
  const { camera, devices, picture, pass } = phone();
  await camera.start();
  await pass(3000);
  assert.equal(devices.tracks.length, 1);
  picture.isMoving = false;
  await pass(2100);
  assert.equal(devices.tracks.length, 2);
});

test("A camera that stays black is restarted, and the second start works", async () => {
  const { camera, devices, picture, pass, troubles } = phone();
  picture.light = 0;
  await camera.start();
  await pass(1800);
  picture.light = 120;
  await pass(10_000);
  assert.equal(devices.tracks.length, 2);
  assert.deepEqual(troubles, [null, null]);
});

test("A picture that becomes dark later is no fault", async () => {
  const { camera, devices, picture, pass } = phone();
  await camera.start();
  await pass(1000);
  picture.light = 0;
  await pass(10_000);
  assert.equal(devices.tracks.length, 1);
});

test("After three restarts in a row the trouble is reported, and a return to the app tries again", async () => {
  const { camera, devices, picture, troubles, window, pass } = phone();
  picture.light = 0;
  await camera.start();
  await pass(30_000);
  assert.equal(devices.tracks.length, 4);
  assert.equal(troubles.at(-1), "black");
  assert.ok(devices.tracks.every(({ stopped }) => stopped));
  picture.light = 120;
  window.dispatchEvent(new Event("focus"));
  await pass(500);
  assert.equal(camera.state(), "live");
  assert.equal(troubles.at(-1), null);
});

test("Healthy seconds between faults reset the number of restarts", async () => {
  const { camera, devices, troubles, pass } = phone();
  await camera.start();
  for (let fault = 0; fault < 6; fault++) {
    await pass(6000);
    devices.tracks[devices.tracks.length - 1].end();
    await pass(50);
  }
  assert.equal(devices.tracks.length, 7);
  assert.ok(troubles.every((code) => code === null));
});

test("Nothing is restarted in the background; a dead camera is restarted at the return", async () => {
  const { camera, devices, document, window, pass } = phone();
  await camera.start();
  document.visibilityState = "hidden";
  devices.tracks[0].end();
  await pass(60_000);
  assert.equal(devices.tracks.length, 1);
  document.visibilityState = "visible";
  window.dispatchEvent(new Event("pageshow"));
  await pass(50);
  assert.equal(devices.tracks.length, 2);
});

test("A refusal is reported at once, and the camera is not requested again by itself", async () => {
  const { camera, devices, troubles, window, pass } = phone();
  devices.failing.push("NotAllowedError");
  await camera.start();
  window.dispatchEvent(new Event("focus"));
  await pass(30_000);
  assert.deepEqual(troubles, ["denied"]);
  assert.equal(devices.asked.length, 1);
});

test("A busy camera is requested once more before it is reported", async () => {
  const { camera, devices, troubles, pass } = phone();
  devices.failing.push("NotReadableError", "NotReadableError");
  const starting = camera.start();
  await pass(700);
  await starting;
  assert.deepEqual(troubles, ["in_use"]);
  assert.equal(devices.asked.length, 2);
});

test("Where the browser plays only after a tap, the page asks for one, and the tap starts it", async () => {
  const { camera, video, troubles } = phone();
  const play = video.play;
  video.play = async () => Promise.reject(Object.assign(new Error("tap"), { name: "NotAllowedError" }));
  await camera.start();
  assert.deepEqual(troubles, ["tap"]);
  video.play = play;
  await camera.restart();
  assert.equal(camera.state(), "live");
});

test("Torch and zoom are applied to every new stream", async () => {
  const { camera, devices, pass } = phone();
  await camera.start();
  assert.equal(await camera.torch(true), true);
  assert.equal(await camera.zoom(9), true);
  devices.tracks[0].end();
  await pass(50);
  assert.deepEqual(devices.tracks[1].applied, [{ focusMode: "continuous" }, { zoom: 5 }, { torch: true }]);
});

test("A browser without getCapabilities has a camera without a torch", async () => {
  const { camera, devices } = phone();
  await camera.start();
  Object.assign(devices.tracks[0], { getCapabilities: undefined });
  assert.deepEqual(camera.capabilities(), {
    torch: false, zoom: null, label: "Back camera", width: 1920, height: 1080,
  });
  assert.equal(await camera.torch(true), false);
});

test("Cameras are listed by id; those without a label have a number", async () => {
  const { camera } = phone();
  assert.deepEqual(await camera.list(), [
    { id: "one", label: "Back camera" },
    { id: "two", label: "Camera 2" },
  ]);
});

test("A permission that was given before is known", async () => {
  const { camera } = phone();
  assert.equal(await camera.isPermitted(), true);
});

test("Every stored name is known to the settings", async () => {
  const { camera, preferences } = phone();
  await camera.start();
  await camera.torch(true);
  await camera.zoom(2);
  await camera.choose("two");
  await camera.flip();
  assert.deepEqual([...preferences.keys()].filter((name) => !(name in KNOWN)), []);
});
