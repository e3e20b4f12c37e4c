import assert from "node:assert/strict";
import { test } from "node:test";

import { LIMIT_MS, openRam } from "../../../validator/static/js/memory/database.js";
import { verdict } from "../checking/examples.js";
import { createDevice } from "./device.js";
import { checked, createSite, escn } from "./site.js";

const STANDS_STILL = () => new Promise(() => undefined);
const SHORT = { limitMs: 1 };

test("a disk that stands still from the start is done without", async () => {
  const site = createSite();
  site.saw(checked(1));
  const device = await createDevice(site, { store: { ...openRam(), begin: STANDS_STILL }, ...SHORT });
  await device.sync();

  assert.equal(device.memory.kind, "ram");
  assert.equal(await device.says(1), "active");
});

test("a disk that was done without is wiped with the rest", async () => {
  const site = createSite();
  site.saw(checked(1));
  const store = openRam();
  await (await createDevice(site, { store })).sync();
  assert.ok((await store.entries("chunks")).length > 0);
  const device = await createDevice(site, { store: { ...store, begin: STANDS_STILL }, ...SHORT });
  await device.memory.wipe();

  assert.deepEqual(await store.entries("chunks"), []);
});

test("what is read from the disk too late is taken over when it comes", async ({ mock }) => {
  const site = createSite();
  site.saw(checked(1));
  const store = openRam();
  await (await createDevice(site, { store })).sync();
  /** @type {() => void} */
  let goOn = () => undefined;
  const stands = new Promise((resolve) => (goOn = () => resolve(null)));
  /** @type {() => void} */
  let begin = () => undefined;
  const reads = new Promise((resolve) => (begin = () => resolve(null)));
  /** @type {typeof store.entries} */
  const entries = (name) => (begin(), stands.then(() => store.entries(name)));
  mock.timers.enable({ apis: ["setTimeout"] });
  const opening = createDevice(site, { store: { ...store, entries } });
  await reads;
  mock.timers.tick(LIMIT_MS);
  const device = await opening;
  assert.equal(await device.says(1), "device_offline");

  goOn();
  // Nothing is taken from this, but it has its turn after the reading.
  await device.memory.remember(escn(2), verdict({ outcome: "could_not_check", reason: "router_timeout" }));
  assert.deepEqual([await device.says(1), site.state.asked], ["active", 1]);
});

test("a wipe ends although the disk stands still, and nothing more is said", async () => {
  const site = createSite();
  site.saw(checked(1));
  const device = await createDevice(site, { store: { ...openRam(), wipe: STANDS_STILL }, ...SHORT });
  await device.sync();
  await device.memory.wipe();

  assert.equal(await device.says(1), "device_offline");
});
