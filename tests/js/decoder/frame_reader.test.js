import assert from "node:assert/strict";
import { test } from "node:test";
import { createFrameReader } from "../../../validator/static/js/decoder/frame_reader.js";

const MIA = "3e506370-826a-103d-bf76-001000000001";
const JON = "3e506370-826a-103d-bf76-001000000002";
const plane = { data: new Uint8Array(320 * 180), stride: 320, width: 320, height: 180 };

/** A frame in which our engine reads these texts and the browser's detector those.
 * @param {string[] | null} own @param {Promise<string[]> | null} native @param {{late?: boolean}} [options] */
function fakeFrame(own, native, { late = false } = {}) {
  const frame = { closed: 0, close: () => void (frame.closed += 1) };
  const reader = own && { read: () => own.map((text) => ({ text, centre: { x: 0, y: 0 }, side: 9 })) };
  const read = createFrameReader({
    reader,
    native: { detect: () => native, works: () => true },
    now: () => 0,
    wait: () => (late ? Promise.resolve() : new Promise(() => undefined)),
    convert: async () => plane,
  });
  return { read: () => read(/** @type {any} */ (frame)), frame };
}

test("A card that our engine reads does not wait for the detector", async () => {
  const { read, frame } = fakeFrame([MIA], new Promise(() => undefined));
  const seen = await read();
  assert.deepEqual([seen.seen, seen.meta.engine], ["card", "wasm"]);
  assert.equal(frame.closed, 0); // the detector still uses it
});

test("The detector reads what our engine misses, and the frame is closed once", async () => {
  const { read, frame } = fakeFrame([], Promise.resolve([JON]));
  const seen = await read();
  assert.deepEqual([seen.seen, seen.meta.engine], ["card", "native"]);
  await Promise.resolve();
  assert.equal(frame.closed, 1);
});

test("A card counts more than a foreign code, whichever engine reads it", async () => {
  assert.equal((await fakeFrame(["https://example.org/"], Promise.resolve([MIA])).read()).seen, "card");
  assert.equal((await fakeFrame([MIA], Promise.resolve(["https://example.org/"])).read()).seen, "card");
});

test("A frame does not wait long for the detector", async () => {
  const { read } = fakeFrame([], new Promise(() => undefined), { late: true });
  assert.equal((await read()).seen, "nothing");
});

test("The detector reads alone where our engine is missing", async () => {
  assert.equal((await fakeFrame(null, Promise.resolve([MIA])).read()).seen, "card");
});

test("A frame that cannot be converted is closed all the same", async () => {
  const frame = { closed: 0, close: () => void (frame.closed += 1) };
  const convert = () => Promise.reject(new TypeError("no canvas"));
  const wait = () => Promise.resolve();
  const read = createFrameReader({ reader: null, native: null, now: () => 0, wait, convert });
  await assert.rejects(read(/** @type {any} */ (frame)));
  assert.equal(frame.closed, 1);
});
