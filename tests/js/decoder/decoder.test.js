// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClock } from "../fake_clock.js";

const here = { href: "https://cards.example/", origin: "https://cards.example" };
globalThis.location ??= /** @type {any} */ (here);
const { startDecoder } = await import("../../../validator/static/js/decoder/decoder.js");

const ENGINES = { wasm: true, native: false };
const video = /** @type {any} */ ({ readyState: 4, videoWidth: 1280 });

/** A decoder whose workers a test plays, under a clock moved by hand. */
function stage() {
  const clock = createClock();
  /** @type {any[]} */
  const workers = [];
  const closed = { frames: 0 };
  Object.assign(globalThis, {
    VideoFrame: class {
      close() {
        closed.frames += 1;
      }
    },
  });
  const start = () => {
    const target = new EventTarget();
    const worker = Object.assign(target, {
      asked: /** @type {any[]} */ ([]),
      ended: false,
      postMessage: (/** @type {any} */ message) => void worker.asked.push(message),
      terminate: () => void (worker.ended = true),
      say: (/** @type {any} */ data) => target.dispatchEvent(Object.assign(new Event("message"), { data })),
    });
    workers.push(worker);
    return /** @type {any} */ (worker);
  };
  return { decoder: startDecoder({ start, timers: clock.timers }), workers, clock, closed };
}

test("Before the engines are loaded nothing is looked at, and nobody waits", async () => {
  const { decoder, workers } = stage();
  assert.equal(await decoder.read(video), null);
  workers[0].say({ ready: ENGINES });
  assert.deepEqual(await decoder.ready, ENGINES);
});

test("One frame is under way at a time; what the worker says is what was seen", async () => {
  const { decoder, workers, clock } = stage();
  workers[0].say({ ready: ENGINES });
  const first = decoder.read(video);
  assert.equal(await decoder.read(video), null);
  await clock.pass(0);
  assert.equal(workers[0].asked.length, 1);
  workers[0].say({ id: workers[0].asked[0].id, seen: { seen: "several" } });
  assert.deepEqual(await first, { seen: "several" });
});

test("A worker that hangs for three seconds is replaced, and the look ends", async () => {
  const { decoder, workers, clock } = stage();
  workers[0].say({ ready: ENGINES });
  const look = decoder.read(video);
  await clock.pass(2900);
  assert.equal(workers.length, 1);
  await clock.pass(200);
  assert.equal(await look, null);
  assert.deepEqual([workers.length, workers[0].ended], [2, true]);
  workers[1].say({ ready: ENGINES });
  const next = decoder.read(video);
  await clock.pass(0);
  workers[1].say({ id: workers[1].asked[0].id, seen: { seen: "several" } });
  assert.deepEqual(await next, { seen: "several" });
});

test("A late word of an earlier look is not taken for this one's", async () => {
  const { decoder, workers, clock } = stage();
  workers[0].say({ ready: ENGINES });
  const look = decoder.read(video);
  await clock.pass(0);
  workers[0].say({ id: workers[0].asked[0].id - 1, seen: { seen: "several" } });
  workers[0].say({ id: workers[0].asked[0].id, seen: { seen: "nothing" } });
  assert.deepEqual(await look, { seen: "nothing" });
});

test("An engine that breaks is begun afresh", async () => {
  const { decoder, workers, clock } = stage();
  workers[0].say({ ready: ENGINES });
  const look = decoder.read(video);
  await clock.pass(0);
  workers[0].say({ id: workers[0].asked[0].id, seen: null });
  assert.equal(await look, null);
  assert.equal(workers.length, 2);
});

test("A browser that hides pixels is no fault of the worker, and is told until it shows them", async () => {
  const { decoder, workers, clock } = stage();
  workers[0].say({ ready: ENGINES });
  const look = decoder.read(video);
  await clock.pass(0);
  workers[0].say({ id: workers[0].asked[0].id, seen: null, isHidden: true });
  assert.deepEqual([await look, workers.length, decoder.isBlind()], [null, 1, true]);
  void decoder.read(video);
  await clock.pass(0);
  workers[0].say({ id: workers[0].asked[1].id, seen: { seen: "nothing" } });
  assert.equal(decoder.isBlind(), false);
});

test("Workers that die one after the other end as: no engine here", async () => {
  const { decoder, workers } = stage();
  for (let died = 0; died < 4; died++) {
    workers[died].dispatchEvent(new Event("error"));
  }
  assert.deepEqual(await decoder.ready, { wasm: false, native: false });
  assert.equal(workers.length, 4);
  assert.equal(await decoder.read(video), null);
  assert.equal(decoder.works(), false);
});

test("Closed while a frame is being taken, it lets go of the frame", async () => {
  const { decoder, workers, closed } = stage();
  workers[0].say({ ready: ENGINES });
  const look = decoder.read(video);
  decoder.close();
  assert.equal(await look, null);
  assert.deepEqual([closed.frames, workers[0].asked.length], [1, 0]);
});

test("Closed, it leaves no worker and no look waiting", async () => {
  const { decoder, workers, clock } = stage();
  workers[0].say({ ready: ENGINES });
  const look = decoder.read(video);
  await clock.pass(0);
  decoder.close();
  assert.equal(await look, null);
  assert.ok(workers[0].ended);
  await clock.pass(60_000);
  assert.equal(workers.length, 1);
});
