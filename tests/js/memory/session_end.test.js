import assert from "node:assert/strict";
import { test } from "node:test";

import { LIFE_MS } from "../../../validator/static/js/memory/queue.js";
import { openRam } from "../../../validator/static/js/memory/database.js";
import { createDevice } from "./device.js";
import { BOB, NOON, SARA, checked, createSite, escn } from "./site.js";

const SHOWN = /** @type {const} */ ({ outcome: "valid", reason: "active" });
const CARD = { escn: escn(7), warnings: ["unusual_number"] };
const check = { id: "q", escn: escn(1), madeAt: NOON, shown: SHOWN };

/** Sara's device with a check that waits; `next` is the same device after a sign-in. */
async function gate() {
  const site = createSite();
  site.saw(checked(1));
  const store = openRam();
  const begin = async (/** @type {typeof SARA | null} */ who) => {
    const device = await createDevice(site, { store });
    if (who !== null) {
      await device.memory.adopt(who);
    }
    return device;
  };
  const sara = await begin(SARA);
  await sara.sync();
  await sara.memory.queue.add(check);
  return { sara, store, next: begin };
}

test("checks wait over the end of a session for the person who made them only", async () => {
  const { sara, store, next } = await gate();
  assert.deepEqual(await sara.memory.endSession(), { waiting: 1, lost: 0, card: null, held: null });
  assert.equal(await sara.says(1), "device_offline");
  for (const name of /** @type {const} */ (["keys", "state", "chunks", "notices"])) {
    assert.deepEqual(await store.entries(name), [], name);
  }

  for (const who of [null, BOB]) {
    const { queue } = (await next(who)).memory;
    assert.deepEqual([queue.size(), await queue.first(5), queue.usedAgoS()], [0, [], null]);
    await (await next(who)).memory.endSession();
  }
  const again = await next(SARA);
  assert.deepEqual(await again.memory.queue.first(5), [check]);
});

test("another person's sign-out keeps them; the owner's sign-out deletes them", async () => {
  const { sara, store, next } = await gate();
  await sara.memory.endSession();
  const bob = (await next(BOB)).memory;
  await bob.queue.add({ ...check, id: "b" });
  await bob.wipe();
  assert.deepEqual((await store.entries("queue")).map(([id]) => id), ["q"]);

  await (await next(SARA)).memory.wipe();
  assert.deepEqual(await store.entries("queue"), []);
});

test("another person's key is not taken over while a session is kept here", async () => {
  const { sara, next } = await gate();
  const same = (await next(null)).memory;

  assert.equal(await same.adopt(BOB), false);
  assert.equal(same.queue.owner(), SARA.id);
  assert.equal(await sara.memory.adopt(SARA), true);
});

test("they are deleted after a day, also under another person, and their owner sees the count", async () => {
  const { sara, store, next } = await gate();
  await sara.memory.endSession();
  const bob = await next(BOB);
  bob.pass(LIFE_MS + 3_600_000);
  await bob.memory.queue.reload();
  assert.deepEqual([await store.entries("queue"), bob.memory.queue.dropped()], [[], 0]);

  await bob.memory.queue.add({ ...check, id: "b" });
  assert.equal(bob.memory.queue.dropped(), 1);
});

test("what was made before the server said who is signed in is sealed for them then", async () => {
  const { memory, disk } = await createDevice(createSite());
  await memory.queue.add(check);
  await memory.adopt(SARA);
  assert.equal((await memory.endSession()).waiting, 1);
  const again = (await createDevice(createSite(), { store: disk })).memory;
  await again.adopt(SARA);
  assert.deepEqual(await again.queue.first(5), [check]);

  const nobody = (await createDevice(createSite())).memory;
  await nobody.queue.add(check);
  assert.deepEqual(await nobody.endSession([CARD]), { waiting: 0, lost: 1, card: "lost", held: null });
});

test("the card that was being checked is there for the same person alone", async () => {
  const { sara, next } = await gate();
  const { card, held } = await sara.memory.endSession([CARD]);
  assert.equal(card, "held");
  assert.ok(held !== null && !held.includes(CARD.escn));

  const bob = (await next(BOB)).memory;
  assert.deepEqual(await bob.queue.heldCards(held), []);
  await bob.endSession();
  const again = await next(SARA);
  assert.deepEqual(await again.memory.queue.heldCards(held), [CARD]);
});
