import assert from "node:assert/strict";
import { test } from "node:test";

/** @import {Signal} from "../../../validator/static/js/result/types.js" */

import { createVibration, VIBRATIONS } from "../../../validator/static/js/feedback/feedback.js";
import { Tones, TONES } from "../../../validator/static/js/feedback/feedback.js";
import { asAudio, recordingContext } from "./fake_audio.js";

/** @param {Signal} signal */
async function played(signal) {
  const context = recordingContext();
  const tones = new Tones({ createContext: () => asAudio(context) });
  await tones.unlock();
  assert.equal(tones.play(signal), true);
  return context.tones;
}

test("valid rises, not valid falls, could not check stays on one tone", async () => {
  const valid = await played("valid");
  const notValid = await played("not_valid");
  const unsure = await played("could_not_check");
  assert.equal(valid.length, 2);
  assert.ok(valid[1].hz > valid[0].hz * 1.3);
  assert.ok(notValid[1].hz < notValid[0].hz / 1.3);
  assert.equal(unsure.length, 1);
});

test("each signal has its own rhythm, for people who do not hear pitch", () => {
  /** @param {Signal} name */
  const rhythm = (name) => TONES[name].map((tone) => (tone.length > 0.2 ? "long" : "short")).join();
  const signals = /** @type {Signal[]} */ (Object.keys(TONES));
  assert.equal(new Set(signals.map(rhythm)).size, signals.length);
});

test("a remembered answer rises as well, at less than half the loudness, with a third tone", async () => {
  const [live, remembered] = [await played("valid"), await played("remembered")];
  assert.deepEqual(remembered.slice(0, 2).map((tone) => tone.hz), live.map((tone) => tone.hz));
  assert.ok(remembered.every((tone) => tone.volume < live[0].volume / 2));
  assert.equal(remembered.length, 3);
});

test("two signals one after the other do not overlap", async () => {
  const context = recordingContext();
  const tones = new Tones({ createContext: () => asAudio(context) });
  await tones.unlock();
  tones.play("attention");
  tones.play("not_valid");
  const [last, first] = context.tones.slice(TONES.attention.length - 1);
  assert.ok(first.start > last.end);
});

test("before a tap nothing sounds, and this is no fault", async () => {
  const tones = new Tones({ createContext: () => asAudio(recordingContext()) });
  assert.deepEqual([tones.play("valid"), tones.isReady()], [false, false]);
});

test("before the first touch of the page neither sound nor vibration is requested", async () => {
  const tones = new Tones({ createContext: () => assert.fail("requested"), mayStart: () => false });
  assert.equal(await tones.unlock(), false);
  const untouched = { vibrate: () => assert.fail("requested"), userActivation: { hasBeenActive: false } };
  assert.equal(createVibration(untouched).play("valid"), false);
});

test("a browser without audio, or one that forbids it, is silent without a fault", async () => {
  const missing = new Tones({
    createContext() {
      throw new TypeError("AudioContext is not a constructor");
    },
  });
  const forbidden = new Tones({ createContext: () => asAudio(recordingContext({ resumes: false })) });
  for (const player of [missing, forbidden]) {
    assert.equal(await player.unlock(), false);
    assert.equal(player.play("valid"), false);
  }
});

test("an interrupted context sounds again when it is back", async () => {
  const context = recordingContext();
  const tones = new Tones({ createContext: () => asAudio(context) });
  await tones.unlock();
  context.state = "interrupted";
  assert.equal(tones.play("valid"), false);
  await Promise.resolve();
  assert.equal(tones.play("valid"), true);
});

test("an iPhone's ring switch does not mute the tones", async () => {
  const session = { type: "auto" };
  await new Tones({ createContext: () => asAudio(recordingContext()), session }).unlock();
  assert.equal(session.type, "playback");
});

test("every signal has its own vibration, and a device without vibration is no fault", () => {
  const patterns = Object.values(VIBRATIONS).map(String);
  assert.equal(new Set(patterns).size, patterns.length);
  assert.deepEqual(Object.keys(VIBRATIONS), Object.keys(TONES));
  assert.deepEqual([createVibration({}).isKnown, createVibration({}).play("valid")], [false, false]);
  const throwing = createVibration({
    vibrate() {
      throw new Error("not now");
    },
  });
  assert.equal(throwing.play("valid"), false);
});

test("a listener is called when tones become audible or mute, and isPossible says whether there are any", async () => {
  const context = recordingContext();
  const events = new EventTarget();
  Object.assign(context, { addEventListener: events.addEventListener.bind(events) });
  let calls = 0;
  const tones = new Tones({ createContext: () => asAudio(context), changed: () => void (calls += 1) });
  assert.deepEqual([tones.isReady(), tones.isPossible()], [false, true]);
  await tones.unlock();
  assert.ok(tones.isReady() && calls > 0);

  calls = 0;
  context.state = "interrupted";
  events.dispatchEvent(new Event("statechange"));
  assert.deepEqual([tones.isReady(), calls], [false, 1]);

  const missing = new Tones({
    createContext() {
      throw new TypeError("AudioContext is not a constructor");
    },
  });
  await missing.unlock();
  assert.equal(missing.isPossible(), false);
});
