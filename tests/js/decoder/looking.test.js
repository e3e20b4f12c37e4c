// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { createLook } from "../../../validator/static/js/decoder/looking.js";

const MIA = "3e506370-826a-103d-bf76-001000000001";
const JON = "3e506370-826a-103d-bf76-001000000002";
const plane = { data: new Uint8Array(320 * 180), stride: 320, width: 320, height: 180 };

/** A look at a frame in which ours reads these texts and the browser's detector those.
 * @param {string[] | null} ours @param {Promise<string[]> | null} theirs @param {{late?: boolean}} [how] */
function looking(ours, theirs, { late = false } = {}) {
  const frame = { closed: 0, close: () => void (frame.closed += 1) };
  const reader = ours && { read: () => ours.map((text) => ({ text, centre: { x: 0, y: 0 }, side: 9 })) };
  const look = createLook({
    reader,
    native: { detect: () => theirs, works: () => true },
    now: () => 0,
    wait: () => (late ? Promise.resolve() : new Promise(() => undefined)),
    take: async () => plane,
  });
  return { look: () => look(/** @type {any} */ (frame)), frame };
}

test("A card that ours reads does not wait for the other", async () => {
  const { look, frame } = looking([MIA], new Promise(() => undefined));
  const seen = await look();
  assert.deepEqual([seen.seen, seen.meta.engine], ["card", "wasm"]);
  assert.equal(frame.closed, 0); // the other still looks at it
});

test("What ours misses the other may read, and the frame is closed once", async () => {
  const { look, frame } = looking([], Promise.resolve([JON]));
  const seen = await look();
  assert.deepEqual([seen.seen, seen.meta.engine], ["card", "native"]);
  await Promise.resolve();
  assert.equal(frame.closed, 1);
});

test("A card of the other's counts more than a foreign code of ours, not the reverse", async () => {
  assert.equal((await looking(["https://example.org/"], Promise.resolve([MIA])).look()).seen, "card");
  assert.equal((await looking([MIA], Promise.resolve(["https://example.org/"])).look()).seen, "card");
});

test("The other is not waited for long", async () => {
  const { look } = looking([], new Promise(() => undefined), { late: true });
  assert.equal((await look()).seen, "nothing");
});

test("The other alone reads where ours is missing", async () => {
  assert.equal((await looking(null, Promise.resolve([MIA])).look()).seen, "card");
});

test("A frame that cannot be taken is closed all the same", async () => {
  const frame = { closed: 0, close: () => void (frame.closed += 1) };
  const take = () => Promise.reject(new TypeError("no canvas"));
  const wait = () => Promise.resolve();
  const look = createLook({ reader: null, native: null, now: () => 0, wait, take });
  await assert.rejects(look(/** @type {any} */ (frame)));
  assert.equal(frame.closed, 1);
});
