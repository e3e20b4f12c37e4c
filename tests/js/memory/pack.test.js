import assert from "node:assert/strict";
import { test } from "node:test";

import { openRam } from "../../../validator/static/js/memory/database.js";
import { createDevice, createTabs } from "./device.js";
import { DAY_S, NOON_S, checked, createSite, escn, sealedRow } from "./site.js";

/** @import {Verdict} from "../../../validator/static/js/types.js" */

const HOUR_MS = 3_600_000;

async function synced() {
  const site = createSite();
  site.saw(checked(1), checked(2, "inactive"), checked(3, "expired"), checked(4, "unknown_card"));
  const device = await createDevice(site);
  assert.deepEqual(await device.sync(), { ok: true, rows: 4 });
  return { site, device };
}

test("a card that any counter checked is answered on this device, though its clock is wrong", async () => {
  const { device } = await synced();

  assert.deepEqual(
    await Promise.all([1, 2, 3, 4, 5].map(device.says)),
    ["active", "inactive", "expired", "unknown_card", "device_offline"],
  );
});

test("a sync costs only what changed", async () => {
  const { site, device } = await synced();
  assert.deepEqual(await device.sync(), { ok: true, rows: 0 });

  site.saw(checked(5));
  assert.deepEqual(await device.sync(), { ok: true, rows: 1 });
  assert.equal(await device.says(5), "active");
  assert.equal(await device.says(1), "active");
});

test("after a new start the memory is there again, salts and clock included", async () => {
  const site = createSite();
  site.saw(checked(1));
  const store = openRam();
  await (await createDevice(site, { store })).sync();

  const again = await createDevice(site, { store });

  assert.equal(await again.says(1), "active");
  assert.deepEqual(await again.sync(), { ok: true, rows: 0 });
});

test("only a complete sync counts, and one that was cut off continues where it stopped", async () => {
  const { site, device } = await synced();
  site.state.generation = "2";
  site.saw(checked(1, "inactive", NOON_S + 60), checked(6));
  const before = site.state.asked;
  site.state.instead = () => (site.state.asked > before + 1 ? { ok: false, why: "offline" } : null);
  device.pass(120_000);

  assert.deepEqual(await device.sync(), { ok: false, why: "offline" });
  assert.deepEqual([await device.says(1), await device.says(3)], ["active", "expired"]);

  site.state.instead = null;
  assert.deepEqual(await device.sync(), { ok: true, rows: 5 });
  assert.equal(site.state.asked, before + 3);
  assert.deepEqual([await device.says(1), await device.says(6)], ["inactive", "active"]);
});

test("a reset drops what is not in the new pack", async () => {
  const { site, device } = await synced();
  const other = createSite();
  other.state.generation = "9";
  other.saw(checked(7));
  site.state.instead = (cursor) => ({ ok: true, body: other.page(cursor) });

  await device.sync();

  assert.deepEqual([await device.says(1), await device.says(7)], ["device_offline", "active"]);
  const again = await createDevice(site, { store: device.disk });
  assert.deepEqual([await again.says(1), await again.says(7)], ["device_offline", "active"]);
});

test("a reset in the middle of a sync drops what had come of it", async () => {
  const site = createSite();
  site.saw(checked(1), checked(2), checked(3), checked(4));
  const device = await createDevice(site);
  let pages = 0;
  site.state.instead = () => ((pages += 1) > 1 ? { ok: false, why: "slow" } : null);
  assert.deepEqual(await device.sync(), { ok: false, why: "slow" });

  const other = createSite();
  other.state.generation = "9";
  other.saw(checked(7));
  site.state.instead = (cursor) => ({ ok: true, body: other.page(cursor) });
  assert.deepEqual(await device.sync(), { ok: true, rows: 1 });
  assert.deepEqual([await device.says(1), await device.says(7)], ["device_offline", "active"]);
});

test("rows under another salt of the same number are not taken without a reset", async () => {
  const { site, device } = await synced();
  site.state.secret = "another";
  site.saw(checked(8));

  assert.deepEqual(await device.sync(), { ok: false, why: "server_fault" });
  assert.deepEqual([await device.says(1), await device.says(8)], ["active", "device_offline"]);
});

test("one odd row, and nothing of the page is used", async () => {
  const { site, device } = await synced();
  site.saw(checked(8));
  site.state.instead = (cursor) => {
    const body = site.page(cursor);
    return { ok: true, body: { ...body, sealed: { 1: `${body.sealed[1]}AAAA` } } };
  };

  assert.deepEqual(await device.sync(), { ok: false, why: "server_fault" });
  assert.equal(await device.says(8), "device_offline");
});

test("a server that never ends its pages ends the sync", async () => {
  const { site, device } = await synced();
  site.state.instead = (cursor) => ({ ok: true, body: { ...site.page(cursor), more: true } });

  assert.deepEqual(await device.sync(), { ok: false, why: "server_fault" });
});

test("a not valid answer past its window keeps an older valid one from coming back", async () => {
  const { site, device } = await synced();
  device.pass(HOUR_MS);
  site.saw(checked(1, "inactive", NOON_S + 3_600));
  await device.sync();
  assert.equal(await device.says(1), "inactive");

  device.pass(2 * DAY_S * 1000);
  assert.equal(await device.says(1), "device_offline");
});

test("an older answer under last week's salt changes nothing, and a newer one under this week's counts", async () => {
  const { site, device } = await synced();
  site.state.salts = [1, 2];
  site.saw(checked(2, "active", NOON_S - 3_600), checked(1, "inactive", NOON_S + 3_600), checked(9));
  device.pass(2 * HOUR_MS);
  await device.sync();

  assert.deepEqual(
    await Promise.all([1, 2, 3, 9].map(device.says)),
    ["inactive", "inactive", "expired", "active"],
  );
});

test("in the same hour the answer that is not valid counts, under whichever salt it stands", async () => {
  const { site, device } = await synced();
  site.state.salts = [1, 2];
  site.saw(checked(1, "inactive", NOON_S + 60), checked(2, "active", NOON_S + 120));
  device.pass(600_000);
  await device.sync();

  assert.deepEqual(await Promise.all([1, 2].map(device.says)), ["inactive", "inactive"]);
});

test("the age that is shown is never younger than the truth", async () => {
  const site = createSite();
  site.saw(checked(1, "active", NOON_S + 2_700));
  const device = await createDevice(site);
  device.pass(HOUR_MS);
  await device.sync();

  assert.equal((await device.memory.pack.find(escn(1)))?.checkedAt, NOON_S);
});

test("whatever is changed in a row, it is no answer", async () => {
  const site = createSite();
  const row = (/** @type {number} */ card, salt = site.saltOf(1)) => sealedRow(checked(card), salt);
  const flipped = (/** @type {number} */ at) => {
    const bytes = row(1);
    bytes[at] = Number(bytes[at]) ^ 1;
    return bytes;
  };
  const swapped = Buffer.concat([row(1).subarray(0, 16), row(2).subarray(16)]);
  const replayed = Buffer.concat([row(1).subarray(0, 16), row(1, site.saltOf(7)).subarray(16)]);
  const changed = [...Array.from({ length: 116 }, (_, at) => flipped(at)), swapped, replayed];

  for (const bytes of changed) {
    site.state.generation += "1";
    const body = { ...site.page(""), sealed: { 1: bytes.toString("base64") } };
    site.state.instead = () => ({ ok: true, body });
    const device = await createDevice(site);
    assert.deepEqual(await device.sync(), { ok: true, rows: 1 });
    assert.equal(await device.says(1), "device_offline");
  }
});

test("nothing that is kept opens without the number: no id, key, time or name is in it", async () => {
  const { device } = await synced();
  await device.says(1);
  const kept = await Promise.all(["state", "keys"].map((store) => device.disk.entries(/** @type {any} */ (store))));

  const text = JSON.stringify(kept);
  assert.ok(!/Saint-Valentin|999884762|active|3e50/.test(text));
  assert.deepEqual(kept[1], []);
});

test("an answer to this device counts before the next sync, and at the next start", async () => {
  const { site, device } = await synced();
  device.pass(60_000);
  /** @type {Verdict} */
  const verdict = {
    outcome: "not_valid",
    reason: "inactive",
    source: "router",
    checked_at: "2026-11-24T12:00:30.123456Z",
    age_s: 0,
    good_until: "2026-11-25T12:00:30.123456Z",
    stands_in_for: null,
    card: {
      number: "0000…4762",
      issuer_pic: "999884762",
      issuer_name: "Somewhere else",
      issued_at: null,
      expires_at: "2027-09-30",
      academic_level: null,
      card_type: null,
      display_name: "Anna",
    },
    warnings: [],
  };
  await device.memory.remember(escn(1), verdict);
  assert.equal(await device.says(1), "inactive");

  await device.sync();
  assert.equal(await device.says(1), "inactive");
  const again = await createDevice(site, { store: device.disk });
  again.clock.now = device.clock.now;
  assert.equal(await again.says(1), "inactive");

  await device.memory.remember(escn(9), { ...verdict, outcome: "could_not_check", reason: "router_error" });
  assert.equal(await device.says(9), "device_offline");
});

test("no answer is older than the site allows", async () => {
  const { site, device } = await synced();
  site.state.maxAgeS = 3_600;
  await device.sync();
  device.pass(HOUR_MS - 1_000);
  assert.equal(await device.says(1), "active");

  device.pass(1_000);
  assert.equal(await device.says(1), "device_offline");
});

test("rows are gone from the device when their salt is over, unopened", async () => {
  const { site, device } = await synced();
  site.state.salts = [1, 2];
  site.saw(checked(9, "active", NOON_S + 2 * DAY_S));
  device.pass(2 * DAY_S * 1000);
  await device.sync();
  assert.equal(device.memory.pack.facts().cards, 5);

  device.pass(DAY_S * 1000);
  site.state.salts = [2];
  await device.sync();
  assert.equal(device.memory.pack.facts().cards, 1);
  assert.deepEqual([await device.says(1), await device.says(9)], ["device_offline", "active"]);

  device.pass(8 * DAY_S * 1000);
  await device.sync();
  assert.equal(device.memory.pack.facts().cards, 0);
  assert.deepEqual(await device.disk.entries("chunks"), []);
});

test("no more cards are kept than the site allows, the newest", async () => {
  const site = createSite();
  site.state.maxCards = 10;
  site.saw(...Array.from({ length: 30 }, (_, number) => checked(number, "active", NOON_S + number)));
  const device = await createDevice(site);
  device.pass(60_000);
  await device.sync();

  assert.equal(device.memory.pack.facts().cards, 10);
  assert.deepEqual([await device.says(19), await device.says(20)], ["device_offline", "active"]);
});

test("a site without a pack leaves none on the device", async () => {
  const { site, device } = await synced();
  site.state.maxCards = 0;
  await device.sync();

  assert.equal(device.memory.pack.facts().cards, 0);
  assert.equal(await device.says(1), "device_offline");
});

test("many small syncs stay few chunks, and every card is found", async () => {
  const { site, device } = await synced();
  for (let number = 100; number < 160; number += 1) {
    site.saw(checked(number));
    await device.sync();
  }

  assert.ok((await device.disk.entries("chunks")).length <= 25);
  const all = Array.from({ length: 60 }, (_, place) => device.says(100 + place));
  assert.deepEqual(new Set(await Promise.all([...all, device.says(1)])), new Set(["active"]));
});

test("a clock that goes back takes the memory away until the next sync", async () => {
  const { device } = await synced();
  device.pass(HOUR_MS);
  assert.equal(await device.says(1), "active");

  device.clock.now -= 10 * 60_000;
  assert.equal(await device.says(1), "device_offline");
  assert.equal(device.memory.pack.facts().ageS, null);

  await device.sync();
  assert.equal(await device.says(1), "active");
});

test("a full disk does not end the memory of this page, and the next start asks again", async () => {
  const site = createSite();
  site.saw(checked(1));
  const store = openRam();
  const full = { ...store, commit: () => Promise.reject(new DOMException("full", "QuotaExceededError")) };
  const device = await createDevice(site, { store: full });
  assert.deepEqual(await device.sync(), { ok: true, rows: 1 });
  assert.equal(await device.says(1), "active");

  const again = await createDevice(site, { store });
  assert.equal(await again.says(1), "device_offline");
  assert.deepEqual(await again.sync(), { ok: true, rows: 1 });
});

test("what one tab brings the other one answers from", async () => {
  const site = createSite();
  site.saw(checked(1));
  const [store, join] = [openRam(), createTabs()];
  const [one, other] = [await createDevice(site, { store, join }), await createDevice(site, { store, join })];

  const heard = new Promise((resolve) => other.memory.onChange(resolve));
  await one.sync();
  assert.equal(await heard, "pack");
  assert.equal(await other.says(1), "active");
});
