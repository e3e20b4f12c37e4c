import assert from "node:assert/strict";
import { test } from "node:test";
import { createClock } from "../fake_clock.js";

const here = { href: "https://cards.example/", origin: "https://cards.example" };
globalThis.location ??= /** @type {any} */ (here);
const { Decoder } = await import("../../../validator/static/js/decoder/decoder.js");

const ENGINES = { wasm: true, native: false };
const video = /** @type {any} */ ({ readyState: 4, videoWidth: 1280 });

/** A decoder with fake workers and a fake clock. */
function startFakes() {
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
      messages: /** @type {any[]} */ ([]),
      ended: false,
      postMessage: (/** @type {any} */ message) => void worker.messages.push(message),
      terminate: () => void (worker.ended = true),
      reply: (/** @type {any} */ data) => target.dispatchEvent(Object.assign(new Event("message"), { data })),
    });
    workers.push(worker);
    return /** @type {any} */ (worker);
  };
  return { decoder: new Decoder({ start, timers: clock.timers }), workers, clock, closed };
}

test("Before the engines are loaded nothing is read, and the answer is null at once", async () => {
  const { decoder, workers } = startFakes();
  assert.equal(await decoder.read(video), null);
  workers[0].reply({ ready: ENGINES });
  assert.deepEqual(await decoder.ready, ENGINES);
});

test("One frame is read at a time, and the worker's answer is returned", async () => {
  const { decoder, workers, clock } = startFakes();
  workers[0].reply({ ready: ENGINES });
  const first = decoder.read(video);
  assert.equal(await decoder.read(video), null);
  await clock.pass(0);
  assert.equal(workers[0].messages.length, 1);
  workers[0].reply({ id: workers[0].messages[0].id, seen: { seen: "several" } });
  assert.deepEqual(await first, { seen: "several" });
});

test("A worker that hangs for three seconds is replaced, and the reading ends", async () => {
  const { decoder, workers, clock } = startFakes();
  workers[0].reply({ ready: ENGINES });
  const reading = decoder.read(video);
  await clock.pass(2900);
  assert.equal(workers.length, 1);
  await clock.pass(200);
  assert.equal(await reading, null);
  assert.deepEqual([workers.length, workers[0].ended], [2, true]);
  workers[1].reply({ ready: ENGINES });
  const next = decoder.read(video);
  await clock.pass(0);
  workers[1].reply({ id: workers[1].messages[0].id, seen: { seen: "several" } });
  assert.deepEqual(await next, { seen: "several" });
});

test("A late answer to an earlier frame is ignored", async () => {
  const { decoder, workers, clock } = startFakes();
  workers[0].reply({ ready: ENGINES });
  const reading = decoder.read(video);
  await clock.pass(0);
  workers[0].reply({ id: workers[0].messages[0].id - 1, seen: { seen: "several" } });
  workers[0].reply({ id: workers[0].messages[0].id, seen: { seen: "nothing" } });
  assert.deepEqual(await reading, { seen: "nothing" });
});

test("After a fault of the engine a new worker starts", async () => {
  const { decoder, workers, clock } = startFakes();
  workers[0].reply({ ready: ENGINES });
  const reading = decoder.read(video);
  await clock.pass(0);
  workers[0].reply({ id: workers[0].messages[0].id, seen: null });
  assert.equal(await reading, null);
  assert.equal(workers.length, 2);
});

test("A browser that hides pixels is no fault of the worker; isBlind lasts until it shows them", async () => {
  const { decoder, workers, clock } = startFakes();
  workers[0].reply({ ready: ENGINES });
  const reading = decoder.read(video);
  await clock.pass(0);
  workers[0].reply({ id: workers[0].messages[0].id, seen: null, isHidden: true });
  assert.deepEqual([await reading, workers.length, decoder.isBlind()], [null, 1, true]);
  void decoder.read(video);
  await clock.pass(0);
  workers[0].reply({ id: workers[0].messages[1].id, seen: { seen: "nothing" } });
  assert.equal(decoder.isBlind(), false);
});

test("Workers that fail one after the other mean that there is no engine", async () => {
  const { decoder, workers } = startFakes();
  for (let failed = 0; failed < 4; failed++) {
    workers[failed].dispatchEvent(new Event("error"));
  }
  assert.deepEqual(await decoder.ready, { wasm: false, native: false });
  assert.equal(workers.length, 4);
  assert.equal(await decoder.read(video), null);
  assert.equal(decoder.works(), false);
});

test("Closed while a frame is grabbed, it closes the frame", async () => {
  const { decoder, workers, closed } = startFakes();
  workers[0].reply({ ready: ENGINES });
  const reading = decoder.read(video);
  decoder.close();
  assert.equal(await reading, null);
  assert.deepEqual([closed.frames, workers[0].messages.length], [1, 0]);
});

test("Closed, it leaves no worker and no pending reading", async () => {
  const { decoder, workers, clock } = startFakes();
  workers[0].reply({ ready: ENGINES });
  const reading = decoder.read(video);
  await clock.pass(0);
  decoder.close();
  assert.equal(await reading, null);
  assert.ok(workers[0].ended);
  await clock.pass(60_000);
  assert.equal(workers.length, 1);
});
