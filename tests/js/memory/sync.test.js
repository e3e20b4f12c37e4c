import assert from "node:assert/strict";
import { test } from "node:test";

import { LinkMonitor } from "../../../validator/static/js/checking/link.js";
import { EVERY_MS, SyncSchedule } from "../../../validator/static/js/memory/sync.js";
import { createClock } from "../fake_clock.js";

/** @param {{ok: true, rows: number} | {ok: false, why: string}} [first]  the result of each sync */
function start(first = { ok: true, rows: 0 }) {
  const clock = createClock();
  const link = new LinkMonitor();
  const at = { clock, link, ran: /** @type {number[]} */ ([]), isBusy: false, signedOut: 0, result: first };
  const schedule = new SyncSchedule({
    run: async () => (at.ran.push(clock.now()), at.result),
    link,
    isBusy: () => at.isBusy,
    timers: clock.timers,
    signedOut: () => (at.signedOut += 1),
  });
  return Object.assign(at, { schedule });
}

test("the pack is brought up to date at the start and every few minutes", async () => {
  const { clock, ran } = start();
  await clock.pass(0);
  assert.deepEqual(ran, [0]);
  await clock.pass(3 * EVERY_MS);

  assert.deepEqual(ran, [0, EVERY_MS, 2 * EVERY_MS, 3 * EVERY_MS]);
});

test("after answers that the pack does not have yet, the next sync waits until their rows are written", async () => {
  const { clock, ran, schedule } = start();
  await clock.pass(1_000);
  schedule.soon();
  await clock.pass(1_999);
  assert.deepEqual(ran, [0]);
  await clock.pass(1);

  assert.deepEqual(ran, [0, 3_000]);
});

test("a sync that failed is tried again soon, and at once when the link comes back", async () => {
  const at = start({ ok: false, why: "offline" });
  await at.clock.pass(0);
  at.link.record({ at: 0, ms: 1, measures: true, why: "offline" });
  await at.clock.pass(30_000);
  assert.equal(at.ran.length, 1);

  at.result = { ok: true, rows: 1 };
  at.link.record({ at: 0, ms: 1, measures: true, why: null });
  await at.clock.pass(0);
  assert.equal(at.ran.length, 2);
});

test("a check has priority over a sync", async () => {
  const at = start();
  at.isBusy = true;
  await at.clock.pass(10_000);
  assert.deepEqual(at.ran, []);

  at.isBusy = false;
  await at.clock.pass(2_000);
  assert.equal(at.ran.length, 1);
});

test("a sync without a signed-in person reports it and is the last one", async () => {
  const at = start({ ok: false, why: "signed_out" });
  await at.clock.pass(EVERY_MS * 3);

  assert.deepEqual([at.ran, at.signedOut], [[0], 1]);
});
