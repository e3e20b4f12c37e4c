// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { createSteps } from "../../../validator/static/js/decoder/steps.js";

const CARD = "3e506370-826a-103d-bf76-001000000001";
const plane = { data: new Uint8Array(320 * 180), stride: 320, width: 320, height: 180 };

/** Steps over a reader that takes `ms` a reading and answers by its number, with a clock moved by hand.
 * @param {(reading: number) => (string | null)[]} answer @param {number} ms */
function bench(answer, ms) {
  let clock = 0;
  let readings = 0;
  const reader = {
    read: () => {
      clock += ms;
      return answer(readings++).map((text, place) => ({ text, centre: { x: 8, y: 8 }, side: 20 * place }));
    },
  };
  const steps = createSteps({ reader, now: () => clock, budget: 40 });
  return { look: (lively = true) => steps(plane, clock, lively), readings: () => readings };
}

test("A card read at the first step costs no further one", () => {
  const { look, readings } = bench(() => [CARD], 5);
  assert.equal(look().sighting.seen, "card");
  assert.equal(readings(), 1);
});

test("What the first step misses a later one may read", () => {
  const { look } = bench((reading) => (reading === 3 ? [CARD] : []), 5);
  assert.equal(look().sighting.seen, "card");
});

test("On a slow device a frame ends after its time, and the next begins elsewhere", () => {
  const { look, readings } = bench(() => [], 20);
  look(); // what steps cost is not known yet
  const first = readings();
  look();
  assert.equal(readings() - first, 2);
});

test("However slow, each frame has one look, and in turn each step comes to read", () => {
  const { look, readings } = bench(() => [], 500);
  for (let frame = 0; frame < 40; frame++) {
    look();
  }
  assert.equal(readings(), 40);
  for (let at = 0; at < 11; at++) {
    const slow = bench((reading) => (reading === 2 * at + 1 ? [CARD] : []), 500);
    const seen = Array.from({ length: 26 }, () => slow.look().sighting.seen);
    assert.equal(seen.indexOf("card"), 2 * at + 1);
  }
});

test("A cheap step that always finds time keeps no costly one from its turn", () => {
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
  const steps = createSteps({ reader, now: () => clock, budget: 40 });
  for (let frame = 0; frame < 90; frame++) {
    steps(plane, clock, true);
  }
  assert.ok(asked > 1);
});

test("The largest symbol that could not be read is told with its size in the frame", () => {
  const { look } = bench((reading) => (reading === 0 ? [null, null] : []), 5);
  assert.deepEqual(look(), { sighting: { seen: "nothing" }, located: 20 });
});

test("A foreign code does not end the search: a card that a later step reads counts", () => {
  const foreign = "https://example.org/";
  const { look } = bench((reading) => (reading === 3 ? [foreign, CARD] : [foreign]), 5);
  assert.equal(look().sighting.seen, "card");
});

test("Without a card a foreign code is told by its kind after the frame's time", () => {
  const { look, readings } = bench(() => ["https://example.org/"], 5);
  assert.equal(look().sighting.seen, "foreign");
  assert.ok(readings() > 4);
});
