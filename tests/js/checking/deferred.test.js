import assert from "node:assert/strict";
import { test } from "node:test";

import { MAX_BATCH, Delivery } from "../../../validator/static/js/checking/deferred.js";
import { LinkMonitor } from "../../../validator/static/js/checking/link.js";
import { createDevice } from "../memory/device.js";
import { NOON, SARA, createSite, escn } from "../memory/site.js";
import { createClock, settled } from "../fake_clock.js";
import { verdict } from "./examples.js";

/**
 * @import {ApiResult} from "../../../validator/static/js/checking/call.js"
 * @import {DeferredCheck} from "../../../validator/static/js/memory/queue.js"
 */

/**
 * @typedef {Record<string, unknown>} Result
 */

const SHOWN = /** @type {const} */ ({ outcome: "valid", reason: "active" });
const GONE = verdict({ outcome: "not_valid", reason: "inactive", good_until: null });

/** @param {{id: string}} check @param {Result} [changes] @returns {Result} */
function result({ id }, changes = {}) {
  const number = `0000…4762`;
  const card = { ...verdict().card, number };
  const told = verdict({ good_until: null, card });
  return { id, state: "answered", verdict: told, contradicts: false, ...changes };
}

/** A device with this number of queued checks, and a server that a test controls. @param {number} waiting */
async function counter(waiting) {
  const clock = createClock();
  const link = new LinkMonitor();
  const { memory } = await createDevice(createSite());
  await memory.adopt(SARA);
  for (let number = 0; number < waiting; number += 1) {
    await memory.queue.add({ id: `id-${number}`, escn: escn(number), madeAt: NOON + number, shown: SHOWN });
  }
  // Sealing and opening take real time: the fake clock moves only while none is under way.
  let underWay = 0;
  /** @template {unknown[]} A @template R @param {(...given: A) => Promise<R>} work */
  const tracked =
    (work) =>
    async (/** @type {A} */ ...given) => {
      underWay += 1;
      return work(...given).finally(() => (underWay -= 1));
    };
  const queue = {
    size: () => memory.queue.size(),
    first: tracked((/** @type {number} */ max) => memory.queue.first(max)),
    remove: tracked((/** @type {string[]} */ ids) => memory.queue.remove(ids)),
    reload: tracked(() => memory.queue.reload()),
    owner: () => memory.queue.owner(),
  };
  /** @type {DeferredCheck[][]} */
  const sent = [];
  /** @type {unknown[]} */
  const contradicted = [];
  /** @type {Array<[string, string]>} */
  const remembered = [];
  const at = {
    clock,
    link,
    sent,
    contradicted,
    remembered,
    queue: memory.queue,
    isBusy: false,
    signedOut: 0,
    /** @type {(checks: DeferredCheck[]) => ApiResult} */
    answers: (checks) => ({ ok: true, body: { results: checks.map((check) => result(check)) } }),
    /** Let this time pass; wait for all sealing and opening in between. @param {number} ms */
    async pass(ms) {
      for (let left = ms; left > 0; left -= 500) {
        await clock.pass(Math.min(left, 500));
        for (await settled(); underWay > 0; await settled()) {
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
    },
  };
  const delivery = new Delivery({
    api: {
      deferredChecks: async (owner, checks) => {
        assert.equal(owner, SARA.id);
        sent.push(checks);
        return at.answers(checks);
      },
    },
    queue,
    link,
    timers: clock.timers,
    isBusy: () => at.isBusy,
    contradicted: (notice) => contradicted.push(notice),
    remember: async (number, { reason }) => void remembered.push([number, reason]),
    signedOut: () => (at.signedOut += 1),
  });
  return Object.assign(at, { delivery });
}

/** @param {LinkMonitor} link @param {boolean} there */
function turn(link, there) {
  link.record({ at: 0, ms: 10, measures: true, why: there ? null : "offline" });
}

test("checks are delivered in the order in which they were made, at most fifty at a time", async () => {
  const at = await counter(MAX_BATCH + 2);
  at.delivery.soon();
  await at.pass(6_000);

  assert.deepEqual(at.sent.map((batch) => batch.length), [MAX_BATCH, 2]);
  assert.deepEqual(at.sent.flat().map(({ id }) => id), Array.from({ length: MAX_BATCH + 2 }, (_, n) => `id-${n}`));
  assert.equal(at.queue.size(), 0);
});

test("nothing is delivered over a link that is not live; all of it is when the link is back", async () => {
  const at = await counter(2);
  turn(at.link, false);
  at.delivery.soon();
  await at.pass(5_000);
  assert.equal(at.sent.length, 0);

  turn(at.link, true);
  await at.pass(2_000);
  assert.deepEqual([at.sent.length, at.queue.size()], [1, 0]);
});

test("a scan goes first", async () => {
  const at = await counter(1);
  at.isBusy = true;
  at.delivery.soon();
  await at.pass(5_000);
  assert.equal(at.sent.length, 0);

  at.isBusy = false;
  await at.pass(2_000);
  assert.equal(at.sent.length, 1);
});

test("a check that the Router could not answer is sent again, at growing intervals", async () => {
  const at = await counter(3);
  const again = { state: "try_again", verdict: null };
  at.answers = (checks) => ({
    ok: true,
    body: { results: checks.map((check, place) => result(check, place === 0 ? {} : again)) },
  });
  at.delivery.soon();
  await at.pass(2_500);
  assert.deepEqual([at.sent.length >= 1, at.queue.size() <= 2], [true, true]);

  at.answers = (checks) => ({
    ok: true,
    body: { results: checks.map((check) => result(check, again)) },
  });
  const before = at.sent.length;
  await at.pass(60_000);
  assert.ok(at.sent.length - before <= 5, String(at.sent.length - before));
  assert.ok(at.queue.size() > 0);
});

test("a check that is too old or refused is sent once", async () => {
  const at = await counter(2);
  at.answers = ([one, other]) => ({
    ok: true,
    body: {
      results: [
        result(/** @type {DeferredCheck} */ (one), { state: "expired", verdict: null }),
        result(/** @type {DeferredCheck} */ (other), { state: "refused", verdict: null }),
      ],
    },
  });
  at.delivery.soon();
  await at.pass(10_000);

  assert.deepEqual([at.sent.length, at.queue.size(), at.contradicted.length], [1, 0, 0]);
});

test("an answer that contradicts what was shown is shown to a person, masked, and remembered", async () => {
  const at = await counter(1);
  const body = { ...GONE, card: { ...GONE.card, number: "0000…4762" } };
  at.answers = ([check]) => ({
    ok: true,
    body: { results: [result(/** @type {DeferredCheck} */ (check), { contradicts: true, verdict: body })] },
  });
  at.delivery.soon();
  await at.pass(2_000);

  const now = { outcome: "not_valid", reason: "inactive" };
  assert.deepEqual(at.contradicted, [{ id: "id-0", number: "0000…4762", shown: SHOWN, now, madeAt: NOON }]);
  assert.deepEqual(at.remembered, [[escn(0), "inactive"]]);
});

test("a valid answer without its end is not remembered", async () => {
  const at = await counter(1);
  at.delivery.soon();
  await at.pass(2_000);

  assert.deepEqual([at.sent.length, at.remembered], [1, []]);
});

test("an answer of another shape drops nothing", async () => {
  for (const body of [
    null,
    "<html>",
    {},
    { results: [] },
    { results: [{ id: "another", state: "answered", verdict: null, contradicts: false }] },
    { results: [{ id: "id-0", state: "done", verdict: null, contradicts: false }] },
    { results: [{ id: "id-0", state: "answered", verdict: null }] },
    { results: [{ ...result({ id: "id-0" }), verdict: { outcome: "valid", reason: "expired" } }] },
  ]) {
    const at = await counter(1);
    at.answers = () => ({ ok: true, body });
    at.delivery.soon();
    await at.pass(2_000);
    assert.deepEqual([at.sent.length, at.queue.size()], [1, 1], JSON.stringify(body));
  }
});

test("one check that spoils its batch is found and dropped alone", async () => {
  const at = await counter(5);
  at.answers = (checks) =>
    checks.some(({ id }) => id === "id-3")
      ? { ok: false, why: "refused", problem: "invalid_request" }
      : { ok: true, body: { results: checks.map((check) => result(check)) } };
  at.delivery.soon();
  await at.pass(20_000);

  const told = at.sent.filter((batch) => !batch.some(({ id }) => id === "id-3")).flat();
  assert.deepEqual(told.map(({ id }) => id).sort(), ["id-0", "id-1", "id-2", "id-4"]);
  assert.equal(at.queue.size(), 0);
});

test("a required sign-in is reported once, and nothing is sent after an end", async () => {
  const at = await counter(1);
  at.answers = () => ({ ok: false, why: "signed_out" });
  at.delivery.soon();
  await at.pass(1_500);
  assert.deepEqual([at.signedOut, at.queue.size()], [1, 1]);

  at.delivery.stop();
  await at.pass(30_000);
  assert.equal(at.sent.length, 1);
});
