import assert from "node:assert/strict";
import { test } from "node:test";

import { NOTES, SHAKES } from "../../../validator/static/js/feedback/notes.js";
import { createSound } from "../../../validator/static/js/feedback/sound.js";
import { createVibration } from "../../../validator/static/js/feedback/vibration.js";
import { asAudio, recordingContext } from "./audio.js";

/** @typedef {import("../../../validator/static/js/result/types.js").Signal} Signal */

/** @param {Signal} signal */
async function heard(signal) {
  const context = recordingContext();
  const sound = createSound({ createContext: () => asAudio(context) });
  await sound.unlock();
  assert.equal(sound.play(signal), true);
  return context.notes;
}

test("valid rises, not valid falls, could not check stays on one tone", async () => {
  const valid = await heard("valid");
  const notValid = await heard("not_valid");
  const unsure = await heard("could_not_check");
  assert.equal(valid.length, 2);
  assert.ok(valid[1].hz > valid[0].hz * 1.3);
  assert.ok(notValid[1].hz < notValid[0].hz / 1.3);
  assert.equal(unsure.length, 1);
});

test("the answers differ in rhythm too, for ears that know no pitch", () => {
  /** @param {Signal} name */
  const rhythm = (name) => NOTES[name].map((note) => (note.length > 0.2 ? "long" : "short")).join();
  const signals = /** @type {Signal[]} */ (Object.keys(NOTES));
  assert.equal(new Set(signals.map(rhythm)).size, signals.length);
});

test("a remembered answer rises as well, at less than half the loudness, with an afterthought", async () => {
  const [live, remembered] = [await heard("valid"), await heard("remembered")];
  assert.deepEqual(remembered.slice(0, 2).map((note) => note.hz), live.map((note) => note.hz));
  assert.ok(remembered.every((note) => note.volume < live[0].volume / 2));
  assert.equal(remembered.length, 3);
});

test("two signals one after the other do not overlap", async () => {
  const context = recordingContext();
  const sound = createSound({ createContext: () => asAudio(context) });
  await sound.unlock();
  sound.play("attention");
  sound.play("not_valid");
  const [last, first] = context.notes.slice(NOTES.attention.length - 1);
  assert.ok(first.start > last.end);
});

test("before a tap nothing sounds and nothing fails", async () => {
  const sound = createSound({ createContext: () => asAudio(recordingContext()) });
  assert.deepEqual([sound.play("valid"), sound.isReady()], [false, false]);
});

test("before the first touch of the page neither sound nor vibration is even asked for", async () => {
  const sound = createSound({ createContext: () => assert.fail("asked for"), mayStart: () => false });
  assert.equal(await sound.unlock(), false);
  const untouched = { vibrate: () => assert.fail("asked for"), userActivation: { hasBeenActive: false } };
  assert.equal(createVibration(untouched).play("valid"), false);
});

test("a browser without audio, or one that forbids it, is silent and goes on", async () => {
  const missing = createSound({
    createContext() {
      throw new TypeError("AudioContext is not a constructor");
    },
  });
  const forbidden = createSound({ createContext: () => asAudio(recordingContext({ resumes: false })) });
  for (const sound of [missing, forbidden]) {
    assert.equal(await sound.unlock(), false);
    assert.equal(sound.play("valid"), false);
  }
});

test("an interrupted context sounds again once it is back", async () => {
  const context = recordingContext();
  const sound = createSound({ createContext: () => asAudio(context) });
  await sound.unlock();
  context.state = "interrupted";
  assert.equal(sound.play("valid"), false);
  await Promise.resolve();
  assert.equal(sound.play("valid"), true);
});

test("an iPhone's ring switch does not mute the tones", async () => {
  const session = { type: "auto" };
  await createSound({ createContext: () => asAudio(recordingContext()), session }).unlock();
  assert.equal(session.type, "playback");
});

test("every signal shakes in its own way, and a device without vibration is no fault", () => {
  const patterns = Object.values(SHAKES).map(String);
  assert.equal(new Set(patterns).size, patterns.length);
  assert.deepEqual(Object.keys(SHAKES), Object.keys(NOTES));
  assert.deepEqual([createVibration({}).isKnown, createVibration({}).play("valid")], [false, false]);
  const angry = createVibration({
    vibrate() {
      throw new Error("not now");
    },
  });
  assert.equal(angry.play("valid"), false);
});

test("whoever shows that tones are off is told when that changes, and where there are none", async () => {
  const context = recordingContext();
  const events = new EventTarget();
  Object.assign(context, { addEventListener: events.addEventListener.bind(events) });
  let told = 0;
  const sound = createSound({ createContext: () => asAudio(context), changed: () => void (told += 1) });
  assert.deepEqual([sound.isReady(), sound.isPossible()], [false, true]);
  await sound.unlock();
  assert.ok(sound.isReady() && told > 0);

  told = 0;
  context.state = "interrupted";
  events.dispatchEvent(new Event("statechange"));
  assert.deepEqual([sound.isReady(), told], [false, 1]);

  const missing = createSound({
    createContext() {
      throw new TypeError("AudioContext is not a constructor");
    },
  });
  await missing.unlock();
  assert.equal(missing.isPossible(), false);
});
