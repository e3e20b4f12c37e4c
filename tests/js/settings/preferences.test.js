import assert from "node:assert/strict";
import { test } from "node:test";

import {
  createPreferences,
  DEFAULTS,
  KNOWN,
  storageOf,
} from "../../../validator/static/js/settings/preferences.js";

/** @param {Record<string, string>} items */
function storage(items = {}) {
  return {
    items,
    getItem: (/** @type {string} */ name) => items[name] ?? null,
    setItem: (/** @type {string} */ name, /** @type {string} */ value) => void (items[name] = value),
    removeItem: (/** @type {string} */ name) => void delete items[name],
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

test("settings are there after the page was left", () => {
  const device = storage();
  createPreferences(device).set("resultSeconds", 12);
  createPreferences(device).set("camera.torch", true);
  const later = createPreferences(device);
  const stored = [later.get("resultSeconds", 8), later.get("camera.torch", false), later.get("sound", true)];
  assert.deepEqual(stored, [12, true, true]);
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

test("numbers are limited to their range, and values of another kind are ignored", () => {
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
  assert.equal(preferences.get("resultSeconds", 8), 3, "an answer never stays without end");
  preferences.set("kioskValidSeconds", 0);
  assert.equal(preferences.get("kioskValidSeconds", 4), 2);
});

test("only known settings are stored: nothing personal gets into the storage", () => {
  const device = storage();
  const preferences = createPreferences(device);
  preferences.set("lastNumber", "3e500009-a431-1037-8c9b-9b2d3c1d0001");
  preferences.set("camera.device", "x".repeat(1_000));
  assert.deepEqual(device.items, {});
  assert.equal(preferences.get("lastNumber", null), null);
});

test("a listener gets the name of each change, until it is removed", () => {
  const preferences = createPreferences(null);
  /** @type {string[]} */
  const names = [];
  const off = preferences.onChange((name) => names.push(name));
  preferences.set("sound", false);
  preferences.set("sound", "loud");
  off();
  preferences.set("vibration", false);
  assert.deepEqual(names, ["sound"]);
});

test("every default is within its range", () => {
  for (const [name, value] of Object.entries(DEFAULTS)) {
    const preferences = createPreferences(null);
    preferences.set(name, value);
    assert.equal(preferences.get(name, -1), value);
    assert.ok(name in KNOWN);
  }
});

test("a browser that denies access to its storage has none", () => {
  const window = {
    get localStorage() {
      throw new DOMException("denied", "SecurityError");
    },
  };
  assert.equal(storageOf(/** @type {never} */ (window)), null);
});
