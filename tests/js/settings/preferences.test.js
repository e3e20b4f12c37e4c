import assert from "node:assert/strict";
import { test } from "node:test";

import {
  createPreferences,
  DEFAULTS,
  KNOWN,
  storageOf,
} from "../../../validator/static/js/settings/preferences.js";

/** @param {Record<string, string>} kept */
function storage(kept = {}) {
  return {
    kept,
    getItem: (/** @type {string} */ name) => kept[name] ?? null,
    setItem: (/** @type {string} */ name, /** @type {string} */ value) => void (kept[name] = value),
    removeItem: (/** @type {string} */ name) => void delete kept[name],
  };
}

const BROKEN = {
  getItem() {
    throw new Error("blocked");
  },
  setItem() {
    throw new Error("full");
  },
  removeItem() {
    throw new Error("blocked");
  },
};

test("what was set is there after the page was left", () => {
  const device = storage();
  createPreferences(device).set("resultSeconds", 12);
  createPreferences(device).set("camera.torch", true);
  const later = createPreferences(device);
  const kept = [later.get("resultSeconds", 8), later.get("camera.torch", false), later.get("sound", true)];
  assert.deepEqual(kept, [12, true, true]);
});

test("without a storage, or with one that is blocked, settings hold until the page is left", () => {
  for (const broken of [null, BROKEN]) {
    const preferences = createPreferences(broken);
    assert.equal(preferences.get("sound", true), true);
    preferences.set("sound", false);
    assert.equal(preferences.get("sound", true), false);
    preferences.set("camera.device", null);
    assert.equal(preferences.get("camera.device", "first"), "first");
  }
});

test("numbers are brought into bounds, and what is of another kind is as if it were not there", () => {
  const given = {
    "escv.resultSeconds": "1e9",
    "escv.sound": '"yes"',
    "escv.camera.zoom": "null",
    "escv.sameCodeSeconds": "{",
  };
  const preferences = createPreferences(storage(given));
  assert.equal(preferences.get("resultSeconds", 8), 20);
  assert.equal(preferences.get("sound", true), true);
  assert.equal(preferences.get("camera.zoom", 1), 1);
  assert.equal(preferences.get("sameCodeSeconds", 5), 5);
  preferences.set("resultSeconds", 0);
  assert.equal(preferences.get("resultSeconds", 8), 3, "an answer never stays for ever");
  preferences.set("kioskValidSeconds", 0);
  assert.equal(preferences.get("kioskValidSeconds", 4), 2);
});

test("only known settings are kept: nothing personal finds its way into the storage", () => {
  const device = storage();
  const preferences = createPreferences(device);
  preferences.set("lastNumber", "3e500009-a431-1037-8c9b-9b2d3c1d0001");
  preferences.set("camera.device", "x".repeat(1_000));
  assert.deepEqual(device.kept, {});
  assert.equal(preferences.get("lastNumber", null), null);
});

test("whoever listens is told the name of what changed, until they stop listening", () => {
  const preferences = createPreferences(null);
  /** @type {string[]} */
  const told = [];
  const off = preferences.onChange((name) => told.push(name));
  preferences.set("sound", false);
  preferences.set("sound", "loud");
  off();
  preferences.set("vibration", false);
  assert.deepEqual(told, ["sound"]);
});

test("every default lies within its bounds", () => {
  for (const [name, value] of Object.entries(DEFAULTS)) {
    const preferences = createPreferences(null);
    preferences.set(name, value);
    assert.equal(preferences.get(name, -1), value);
    assert.ok(name in KNOWN);
  }
});

test("a browser that refuses its storage has none", () => {
  const window = {
    get localStorage() {
      throw new DOMException("denied", "SecurityError");
    },
  };
  assert.equal(storageOf(/** @type {never} */ (window)), null);
});
