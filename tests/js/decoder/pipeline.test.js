import assert from "node:assert/strict";
import { test } from "node:test";
import { Pipeline } from "../../../validator/static/js/decoder/pipeline.js";

const CARD = "3e506370-826a-103d-bf76-001000000001";
const plane = { data: new Uint8Array(320 * 180), stride: 320, width: 320, height: 180 };

/** A pipeline with a reader that takes `ms` a step and answers by the step's number, and a fake clock.
 * @param {(reading: number) => (string | null)[]} answer @param {number} ms */
function startPipeline(answer, ms) {
  let clock = 0;
  let readings = 0;
  const reader = {
    read: () => {
      clock += ms;
      return answer(readings++).map((text, index) => ({ text, centre: { x: 8, y: 8 }, side: 20 * index }));
    },
  };
  const pipeline = new Pipeline({ reader, now: () => clock, budget: 40 });
  return { read: (isLively = true) => pipeline.run(plane, clock, isLively), readings: () => readings };
}

test("A card that the first step reads needs no further step", () => {
  const { read, readings } = startPipeline(() => [CARD], 5);
  assert.equal(read().content.seen, "card");
  assert.equal(readings(), 1);
});

test("A later step may read what the first one misses", () => {
  const { read } = startPipeline((reading) => (reading === 3 ? [CARD] : []), 5);
  assert.equal(read().content.seen, "card");
});

test("On a slow device a frame ends after its time", () => {
  const { read, readings } = startPipeline(() => [], 20);
  read(); // the cost of the steps is not known yet
  const first = readings();
  read();
  assert.equal(readings() - first, 2);
});

test("On the slowest device each frame has one step, and each step has its turn", () => {
  const { read, readings } = startPipeline(() => [], 500);
  for (let frame = 0; frame < 40; frame++) {
    read();
  }
  assert.equal(readings(), 40);
  for (let at = 0; at < 11; at++) {
    const slow = startPipeline((reading) => (reading === 2 * at + 1 ? [CARD] : []), 500);
    const seen = Array.from({ length: 26 }, () => slow.read().content.seen);
    assert.equal(seen.indexOf("card"), 2 * at + 1);
  }
});

test("A cheap step that always has time does not take the turn of a costly one", () => {
  let clock = 0;
  let asked = 0;
  const reader = {
    /** @param {unknown} _grey @param {{formats?: string}} options */
    read: (_grey, { formats = "QRCode" }) => {
      clock += formats.includes("Code39") ? 1 : 35;
      asked += formats === "Aztec,PDF417" ? 1 : 0;
      return [];
    },
  };
  const pipeline = new Pipeline({ reader, now: () => clock, budget: 40 });
  for (let frame = 0; frame < 90; frame++) {
    pipeline.run(plane, clock, true);
  }
  assert.ok(asked > 1);
});

test("The largest symbol that could not be read is reported with its size in the frame", () => {
  const { read } = startPipeline((reading) => (reading === 0 ? [null, null] : []), 5);
  assert.deepEqual(read(), { content: { seen: "nothing" }, located: 20 });
});

test("A foreign code does not end the search: a card that a later step reads counts", () => {
  const foreign = "https://example.org/";
  const { read } = startPipeline((reading) => (reading === 3 ? [foreign, CARD] : [foreign]), 5);
  assert.equal(read().content.seen, "card");
});

test("Without a card a foreign code is reported by its kind after the frame's time", () => {
  const { read, readings } = startPipeline(() => ["https://example.org/"], 5);
  assert.equal(read().content.seen, "foreign");
  assert.ok(readings() > 4);
});
