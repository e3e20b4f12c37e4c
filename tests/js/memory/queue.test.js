import assert from "node:assert/strict";
import { test } from "node:test";

import { SignOutFlag } from "../../../validator/static/js/checking/session.js";
import { askToPersist } from "../../../validator/static/js/memory/database.js";
import { LIFE_MS, MAX_CHECKS } from "../../../validator/static/js/memory/queue.js";
import { createDevice } from "./device.js";
import { NOON, checked, createSite, escn } from "./site.js";

const SHOWN = /** @type {const} */ ({ outcome: "could_not_check", reason: "device_offline" });

/** @param {number} number @param {number} [madeAt] */
function check(number, madeAt = NOON + number) {
  return { id: `id-${number}`, escn: escn(number), madeAt, shown: SHOWN };
}

async function device() {
  const site = createSite();
  site.saw(checked(1));
  const made = await createDevice(site);
  await made.sync();
  return { ...made, site, queue: made.memory.queue };
}

test("checks wait in the order in which they were made", async () => {
  const { queue } = await device();
  for (const number of [3, 1, 2]) {
    await queue.add(check(number));
  }

  assert.deepEqual(await queue.first(2), [check(1), check(2)]);
  assert.equal(queue.size(), 3);
});

test("checks wait through a new start", async () => {
  const { site, disk, queue } = await device();
  await queue.add(check(1));

  const again = await createDevice(site, { store: disk });
  assert.deepEqual(await again.memory.queue.first(5), [check(1)]);
});

test("a check that was answered meanwhile does not wait", async () => {
  const { queue, disk } = await device();
  await queue.add(check(1));
  await queue.remove(["id-1"]);
  const adding = queue.add(check(2));
  await queue.remove(["id-2"]);

  assert.equal(await adding, false);
  assert.deepEqual([queue.size(), (await disk.entries("queue")).length], [0, 0]);
});

test("a check waits for a day, then it is gone", async () => {
  const { queue, disk, pass } = await device();
  await queue.add(check(1, NOON));
  pass(LIFE_MS - 1);
  assert.equal((await queue.first(5)).length, 1);

  pass(1);
  assert.deepEqual(await queue.first(5), []);
  assert.deepEqual([queue.size(), (await disk.entries("queue")).length], [0, 0]);
});

test("of too many checks the oldest go", async () => {
  const { queue } = await device();
  for (let number = 0; number < MAX_CHECKS + 3; number += 1) {
    await queue.add(check(number));
  }

  assert.equal(queue.size(), MAX_CHECKS);
  assert.equal((await queue.first(1))[0]?.id, "id-3");
});

test("a later answer that differs is kept until a person has seen it", async () => {
  const { site, disk, memory } = await device();
  const notice = { id: "n", number: "0000…4762", shown: SHOWN, now: SHOWN, madeAt: NOON };
  await memory.notices.add(notice);

  const again = (await createDevice(site, { store: disk })).memory;
  assert.deepEqual(again.notices.all(), [notice]);
  await again.notices.dismiss(["n"]);
  assert.deepEqual(again.notices.all(), []);
  assert.deepEqual(await disk.entries("notices"), []);
});

test("a sign-out that waits is known after a new start, and where nothing can be kept for this page", () => {
  const box = new Map();
  const storage = {
    getItem: (/** @type {string} */ name) => box.get(name) ?? null,
    setItem: (/** @type {string} */ name, /** @type {string} */ value) => void box.set(name, value),
    removeItem: (/** @type {string} */ name) => void box.delete(name),
  };
  new SignOutFlag(() => storage).set();
  assert.ok(new SignOutFlag(() => storage).isSet());
  new SignOutFlag(() => storage).clear();
  assert.ok(!new SignOutFlag(() => storage).isSet());

  const blocked = new SignOutFlag(() => {
    throw new DOMException("no", "SecurityError");
  });
  blocked.set();
  assert.ok(blocked.isSet());
  blocked.clear();
  assert.ok(!blocked.isSet());
});

test("the browser is asked at each start to keep the memory, until it has granted that", async () => {
  let asked = 0;
  let isGranted = false;
  const storage = { persisted: async () => isGranted, persist: async () => (isGranted = (asked += 1) > 1) };

  assert.deepEqual([await askToPersist(storage), asked], [false, 1]);
  assert.deepEqual([await askToPersist(storage), asked], [true, 2]);
  assert.deepEqual([await askToPersist(storage), asked], [true, 2]);
  assert.equal(await askToPersist({ persist: () => Promise.reject(new TypeError("no secure context")) }), false);
  assert.equal(await askToPersist(undefined), false);
});
