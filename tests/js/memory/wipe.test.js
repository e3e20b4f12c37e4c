import assert from "node:assert/strict";
import { test } from "node:test";

import { STORE_NAMES, openRam } from "../../../validator/static/js/memory/database.js";
import { createDevice, createTabs } from "./device.js";
import { NOON, checked, createSite, escn } from "./site.js";

const SHOWN = /** @type {const} */ ({ outcome: "valid", reason: "active" });

/** @param {Awaited<ReturnType<typeof createDevice>>} device */
async function filled(device) {
  await device.sync();
  await device.memory.queue.add({ id: "q", escn: escn(1), madeAt: NOON, shown: SHOWN });
  await device.memory.notices.add({ id: "n", number: "0000…4762", shown: SHOWN, now: SHOWN, madeAt: NOON });
}

/** @param {{entries: (store: any) => Promise<unknown[]>}} disk */
async function left(disk) {
  return (await Promise.all(STORE_NAMES.map((store) => disk.entries(store)))).flat();
}

async function twoTabs() {
  const site = createSite();
  site.saw(checked(1));
  const [store, join] = [openRam(), createTabs()];
  const [one, other] = [await createDevice(site, { store, join }), await createDevice(site, { store, join })];
  await filled(one);
  return { site, one, other };
}

test("a wipe leaves nothing, in memory or on the disk, in any tab", async () => {
  const { one, other } = await twoTabs();
  assert.ok((await left(one.disk)).length > 0);
  await one.memory.wipe();

  assert.deepEqual(await left(one.disk), []);
  for (const { memory, says } of [one, other]) {
    assert.equal(await says(1), "device_offline");
    assert.deepEqual([memory.queue.size(), memory.notices.all(), memory.pack.facts().cards], [0, [], 0]);
  }
});

test("nothing is kept after a wipe: no sync, no answer, no check, no notice, from any tab", async () => {
  const { one, other } = await twoTabs();
  await one.memory.wipe();
  for (const device of [one, other]) {
    assert.equal((await device.sync()).ok, false);
    await filled(device);
  }

  assert.deepEqual(await left(one.disk), []);
});

test("a sync that is under way during a wipe brings nothing back", async () => {
  const site = createSite();
  site.saw(checked(1));
  const device = await createDevice(site);
  const syncing = device.sync();
  await device.memory.wipe();

  assert.equal((await syncing).ok, false);
  assert.deepEqual(await left(device.disk), []);
  assert.equal(await device.says(1), "device_offline");
});

test("a tab that slept through the wipe writes nothing, and drops all when it comes back", async () => {
  const site = createSite();
  site.saw(checked(1));
  const store = openRam();
  const sleeper = await createDevice(site, { store });
  await filled(sleeper);
  const one = await createDevice(site, { store });
  await one.memory.wipe();

  site.saw(checked(2));
  await sleeper.sync();
  assert.deepEqual(await left(store), []);

  await sleeper.memory.recheck();
  assert.equal(await sleeper.says(1), "device_offline");
});

test("after the next sign-in the memory starts empty", async () => {
  const { site, one } = await twoTabs();
  await one.memory.wipe();
  const again = await createDevice(site, { store: one.disk });
  await again.sync();

  assert.equal(await again.says(1), "active");
});

test("a disk that does not answer does not keep the memory from being wiped", async () => {
  const site = createSite();
  site.saw(checked(1));
  const store = openRam();
  const wipe = () => Promise.reject(new Error("no"));
  const device = await createDevice(site, { store: { ...store, wipe } });
  await device.sync();
  await device.memory.wipe();

  assert.equal(await device.says(1), "device_offline");
});

test("nothing on the disk holds a number, a name or a readable answer", async () => {
  const { one } = await twoTabs();
  await one.memory.queue.add({ id: "r", escn: escn(1), madeAt: NOON, shown: SHOWN });
  const bytes = (await left(one.disk)).map((value) => Buffer.from(flat(value)).toString("latin1")).join();

  assert.ok(bytes.length > 500);
  for (const secret of [escn(1), escn(1).replaceAll("-", ""), "Saint-Valentin", "active", "0000…4762"]) {
    assert.ok(!bytes.includes(secret) && !bytes.includes(Buffer.from(secret, "utf16le").toString("latin1")));
  }
});

/** All bytes and texts of a kept value. @param {any} value @returns {number[]} */
function flat(value) {
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
    return [...new Uint8Array(value instanceof ArrayBuffer ? value : value.buffer)];
  }
  if (typeof value === "object" && value !== null && !(value instanceof CryptoKey)) {
    return Object.values(value).flatMap(flat);
  }
  return [...Buffer.from(String(value))];
}
