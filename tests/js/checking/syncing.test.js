import assert from "node:assert/strict";
import { test } from "node:test";

import { EVERY_MS, startSyncing } from "../../../validator/static/js/checking/syncing.js";
import { createHand } from "./hand.js";

/** @param {{ok: true, rows: number} | {ok: false, why: string}} [told] */
function start(told = { ok: true, rows: 0 }) {
  const hand = createHand();
  const ran = /** @type {number[]} */ ([]);
  const syncing = startSyncing({
    run: async () => (ran.push(hand.time), told),
    link: { state: () => "live", onChange: () => undefined },
    isBusy: () => false,
    timers: hand.timers,
    signedOut: () => ran.push(-1),
  });
  return { hand, ran, syncing };
}

test("the pack is brought up to date at the start and every few minutes", async () => {
  const { hand, ran } = start();
  await hand.pass(2 * EVERY_MS);

  assert.deepEqual(ran, [0, EVERY_MS, 2 * EVERY_MS]);
});

test("after answers that the pack does not have yet, it is asked for when their rows are written", async () => {
  const { hand, ran, syncing } = start();
  await hand.pass(1_000);
  syncing.soon();
  await hand.pass(1_999);
  assert.deepEqual(ran, [0]);
  await hand.pass(1);

  assert.deepEqual(ran, [0, 3_000]);
});

test("whoever is signed out asks no more", async () => {
  const { hand, ran } = start({ ok: false, why: "signed_out" });
  await hand.pass(2 * EVERY_MS);

  assert.deepEqual(ran, [0, -1]);
});
