import assert from "node:assert/strict";
import { test } from "node:test";

import { createCounter } from "./counter.js";
import { settled } from "../fake_clock.js";
import { ANNA, NOON, REMEMBERED, verdict } from "./examples.js";

/** @import {Row} from "../../../validator/static/js/memory/row.js" */

const KIRA = "3e506370-826a-103d-bf76-001999884763";
const STATES = /** @type {const} */ (["live", "slow", "offline"]);
const WHYS = /** @type {const} */ (["offline", "slow", "server_fault", "signed_out", "busy", "refused"]);

test("over a live link the live answer is waited for, and nothing else is shown before it", async () => {
  const at = createCounter({ row: REMEMBERED });
  const anna = at.show();
  await at.clock.pass(1_900);
  await at.asked[0]?.answer({ ok: true, verdict: verdict() });

  assert.deepEqual(anna.phases(), ["asking", "live"]);
  assert.deepEqual([anna.last()?.verdict?.source, anna.last()?.change, at.queued.size], ["router", null, 0]);
  assert.deepEqual(at.remembered, [ANNA.escn]);
});

test("after two seconds of silence a remembered answer is shown, and the live one confirms it", async () => {
  const at = createCounter({ row: REMEMBERED });
  const anna = at.show();
  await at.clock.pass(2_000);
  assert.deepEqual(anna.phases(), ["asking", "remembered"]);
  assert.deepEqual([anna.last()?.confirming, anna.last()?.verdict?.source], [true, "device"]);
  assert.equal(at.link.state(), "slow");

  await at.asked[0]?.answer({ ok: true, verdict: verdict() });
  const { phase, change, confirming } = anna.last() ?? {};
  assert.deepEqual([phase, change, confirming], ["live", "confirmed", false]);
});

for (const state of /** @type {const} */ (["slow", "offline"])) {
  test(`over a link that is ${state} a remembered answer is shown at once, and asking goes on`, async () => {
    const at = createCounter({ row: REMEMBERED, state });
    const anna = at.show();
    await settled();
    assert.deepEqual([anna.phases(), at.clock.now(), at.asked.length], [["remembered"], 0, 1]);

    await at.asked[0]?.answer({ ok: true, verdict: verdict({ outcome: "not_valid", reason: "inactive" }) });
    assert.deepEqual([anna.last()?.change, anna.last()?.verdict?.reason], ["changed", "inactive"]);
  });
}

test("a remembered answer of the server confirms nothing", async () => {
  const at = createCounter({ row: REMEMBERED, state: "slow" });
  const anna = at.show();
  await settled();
  const standIn = verdict({ source: "cache", stands_in_for: "router_timeout", warnings: ["stale"] });
  await at.asked[0]?.answer({ ok: true, verdict: standIn });

  assert.deepEqual([anna.last()?.phase, anna.last()?.change], ["live", null]);
});

test("an older memory of the server's does not replace what the device remembers", async () => {
  const at = createCounter({ row: { ...REMEMBERED, reason: "inactive" }, state: "slow" });
  const anna = at.show();
  await settled();
  const checkedAt = "2026-11-24T10:59:59Z";
  await at.asked[0]?.answer({ ok: true, verdict: verdict({ source: "cache", checked_at: checkedAt }) });

  assert.deepEqual([anna.last()?.phase, anna.last()?.verdict?.reason], ["remembered", "inactive"]);
});

test("if the Router fails, the device's memory is used and names the failure", async () => {
  const at = createCounter({ row: REMEMBERED });
  const anna = at.show();
  await settled();
  const failed = verdict({ outcome: "could_not_check", reason: "router_timeout", checked_at: null });
  await at.asked[0]?.answer({ ok: true, verdict: failed });

  const { phase, verdict: shown, confirming, trouble } = anna.last() ?? {};
  assert.deepEqual([phase, shown?.outcome, shown?.stands_in_for], ["remembered", "valid", "router_timeout"]);
  assert.deepEqual([confirming, trouble, at.queued.size], [false, null, 0]);
});

test("if the Router fails and nothing is remembered, the server's answer is shown", async () => {
  const at = createCounter();
  const anna = at.show();
  await settled();
  const failed = verdict({ outcome: "could_not_check", reason: "router_refused", checked_at: null });
  await at.asked[0]?.answer({ ok: true, verdict: failed });

  assert.deepEqual([anna.last()?.phase, anna.last()?.verdict?.reason], ["live", "router_refused"]);
});

/** @type {Record<string, string | null>} */
const TROUBLES = { busy: null, refused: "server_fault" };
for (const why of WHYS) {
  test(`when asking fails with ${why}, nothing remembered is COULD NOT CHECK and says why`, async () => {
    const at = createCounter();
    const anna = at.show();
    await settled();
    await at.asked[0]?.answer({ ok: false, why });

    assert.deepEqual([anna.last()?.phase, anna.last()?.verdict?.outcome], ["alone", "could_not_check"]);
    assert.equal(anna.last()?.verdict?.reason, why === "busy" ? "too_many_checks" : "device_offline");
    assert.equal(anna.last()?.trouble, why in TROUBLES ? TROUBLES[why] : why);
    assert.equal(at.queued.size, why === "signed_out" ? 0 : 1);
    assert.equal(at.signedOut(), why === "signed_out" ? 1 : 0);
  });
}

test("a refused connection shows the remembered answer at once, though the link was live", async () => {
  const at = createCounter({ row: REMEMBERED });
  const anna = at.show();
  await settled();
  await at.asked[0]?.answer({ ok: false, why: "offline" });

  const { phase, trouble, confirming } = anna.last() ?? {};
  assert.deepEqual([phase, trouble, confirming], ["remembered", "offline", false]);
  assert.equal(at.clock.now(), 0);
});

test("after a sign-out no remembered answer is shown, not even one that was shown before", async () => {
  const at = createCounter({ row: REMEMBERED, state: "slow" });
  const anna = at.show();
  await settled();
  assert.equal(anna.last()?.phase, "remembered");
  await at.asked[0]?.answer({ ok: false, why: "signed_out" });

  assert.deepEqual([anna.last()?.phase, anna.last()?.verdict?.outcome], ["alone", "could_not_check"]);
  assert.equal(at.queued.size, 0);
});

for (const state of STATES) {
  for (const row of [null, REMEMBERED]) {
    const memory = row ? "with" : "without";
    test(`over a ${state} link that swallows all, ${memory} memory, the end is named in 4 s`, async () => {
      const at = createCounter({ row, state });
      const anna = at.show();
      await at.clock.pass(3_999);

      assert.deepEqual([anna.last()?.phase], [row ? "remembered" : "alone"]);
      assert.ok(anna.last()?.verdict);
      await at.clock.pass(20_000);
      assert.deepEqual([anna.last()?.phase, anna.last()?.confirming], [row ? "remembered" : "alone", false]);
      assert.deepEqual([at.queued.size, at.checker.isBusy(), at.clock.pending()], [1, false, 0]);
    });
  }
}

test("a link that is known to be gone is not waited for that long", async () => {
  const at = createCounter({ state: "offline" });
  const anna = at.show();
  await at.clock.pass(1_500);

  assert.deepEqual([anna.last()?.phase, anna.last()?.trouble], ["alone", "offline"]);
});

test("an answer after COULD NOT CHECK is shown, and the check leaves the queue", async () => {
  const at = createCounter();
  const anna = at.show();
  await at.clock.pass(3_600);
  assert.deepEqual([anna.last()?.phase, anna.last()?.trouble, at.queued.size], ["alone", "offline", 1]);

  await at.clock.pass(2_000);
  await at.asked[0]?.answer({ ok: true, verdict: verdict() });
  assert.deepEqual([anna.last()?.phase, anna.last()?.change, at.queued.size], ["live", null, 0]);
});

test("the queue holds what was shown, with the time at which the card was shown", async () => {
  const at = createCounter({ row: REMEMBERED });
  const anna = at.show();
  await at.clock.pass(2_000);

  assert.deepEqual([...at.queued.values()], [
    { id: anna.handle.id, escn: ANNA.escn, madeAt: NOON, shown: { outcome: "valid", reason: "active" } },
  ]);
});

test("a remembered answer that expires during the check is not shown", async () => {
  const at = createCounter({ row: { ...REMEMBERED, goodUntil: NOON / 1000 + 1 } });
  const anna = at.show();
  await at.clock.pass(3_900);

  assert.deepEqual([anna.last()?.phase, anna.last()?.verdict?.outcome], ["alone", "could_not_check"]);
});

test("a card that is shown again while it is checked shares its check", async () => {
  const at = createCounter({ row: REMEMBERED, state: "slow" });
  const [first, other] = [at.show(), at.show(KIRA)];
  await settled();
  const again = at.show();

  assert.equal(at.asked.length, 2);
  assert.equal(again.handle.id, first.handle.id);
  assert.notEqual(other.handle.id, first.handle.id);
  assert.deepEqual(again.phases(), ["remembered"]);
  await at.asked[0]?.answer({ ok: true, verdict: verdict() });
  const phases = [first, again, other].map((each) => each.last()?.phase);
  assert.deepEqual(phases, ["live", "live", "remembered"]);

  at.show();
  assert.equal(at.asked.length, 3);
});

test("the next card waits for none, and dead requests do not pile up", async () => {
  const at = createCounter({ state: "offline" });
  const cards = Array.from({ length: 12 }, (_, place) => `0000000${place.toString(16)}${ANNA.escn.slice(8)}`);
  const shown = cards.map((card) => at.show(card));
  await at.clock.pass(1_500);

  assert.deepEqual(new Set(shown.map((each) => each.last()?.phase)), new Set(["alone"]));
  assert.equal(at.asked.length, 4);
  assert.equal(at.queued.size, 12);
});

test("a pack that cannot be read delays no check", async () => {
  for (const find of [() => Promise.reject(new Error("broken")), () => new Promise(() => undefined)]) {
    const at = createCounter({ find: /** @type {any} */ (find) });
    const anna = at.show();
    await at.clock.pass(300);
    assert.deepEqual(anna.phases(), ["asking"]);
    await at.asked[0]?.answer({ ok: true, verdict: verdict() });
    assert.deepEqual(anna.phases(), ["asking", "live"]);
  }
});

test("a live answer waits for no look into the pack, however long that takes", async () => {
  const at = createCounter({ find: () => new Promise(() => undefined) });
  const anna = at.show();
  await settled();
  assert.equal(at.asked.length, 1);
  await at.asked[0]?.answer({ ok: true, verdict: verdict() });

  assert.deepEqual(anna.phases(), ["live"]);
  assert.equal(at.clock.now(), 0);
});

test("a live answer that says nothing waits for what is remembered", async () => {
  /** @type {(row: Row) => void} */
  let found = () => undefined;
  const at = createCounter({ find: () => new Promise((resolve) => (found = resolve)) });
  const anna = at.show();
  await settled();
  const nothing = verdict({ outcome: "could_not_check", reason: "router_timeout", checked_at: null });
  await at.asked[0]?.answer({ ok: true, verdict: nothing });
  await at.clock.pass(120);
  found(REMEMBERED);
  await settled();

  assert.equal(anna.last()?.phase, "remembered");
  assert.equal(anna.last()?.verdict?.stands_in_for, "router_timeout");
});

test("a row that a busy phone finds late is still shown, and no check fails without it", async () => {
  for (const [state, why] of /** @type {const} */ ([
    ["live", "offline"],
    ["offline", "offline"],
    ["offline", null],
  ])) {
    /** @type {(row: Row) => void} */
    let found = () => undefined;
    const at = createCounter({ state, find: () => new Promise((resolve) => (found = resolve)) });
    const anna = at.show();
    await settled();
    if (why !== null) {
      await at.asked[0]?.answer({ ok: false, why });
    }
    await at.clock.pass(1_000);
    assert.deepEqual(anna.phases(), ["asking"]);
    found(REMEMBERED);
    await settled();

    assert.deepEqual(new Set(anna.phases()), new Set(["asking", "remembered"]));
    assert.equal(anna.last()?.verdict?.outcome, "valid");
  }
});

test("a pack that never answers leaves a failed check named in time", async () => {
  for (const [state, ms] of /** @type {const} */ ([
    ["live", 3_600],
    ["offline", 1_500],
  ])) {
    const at = createCounter({ state, find: () => new Promise(() => undefined) });
    const anna = at.show();
    await settled();
    await at.asked[0]?.answer({ ok: false, why: "offline" });
    await at.clock.pass(ms);

    assert.deepEqual([anna.last()?.phase, anna.last()?.verdict?.outcome], ["alone", "could_not_check"]);
    assert.equal(at.checker.isBusy(), false);
  }
});

test("patience may be shorter than two seconds and never longer", async () => {
  for (const [patienceMs, ms] of /** @type {const} */ ([
    [500, 500],
    [9_000, 2_000],
  ])) {
    const at = createCounter({ row: REMEMBERED, patienceMs });
    const anna = at.show();
    await at.clock.pass(ms - 1);
    assert.deepEqual(anna.phases(), ["asking"]);
    await at.clock.pass(1);
    assert.deepEqual(anna.phases(), ["asking", "remembered"]);
  }
});

test("a listener that has stopped is not called again, and the check still ends", async () => {
  const at = createCounter();
  const anna = at.show();
  await settled();
  anna.handle.stop();
  await at.asked[0]?.answer({ ok: true, verdict: verdict() });

  assert.deepEqual([anna.phases(), at.remembered], [["asking"], [ANNA.escn]]);
});

test("a page that fails to show an answer ends no check", async (t) => {
  /** @type {string[]} */
  const reported = [];
  const kept = globalThis.reportError;
  globalThis.reportError = (fault) => void reported.push(fault.message);
  t.after(() => void (globalThis.reportError = kept));
  const at = createCounter();
  at.checker.check(ANNA, () => {
    throw new Error("no such element");
  });
  const anna = at.show();
  await settled();
  await at.asked[0]?.answer({ ok: true, verdict: verdict() });

  assert.equal(anna.last()?.phase, "live");
  assert.deepEqual([...new Set(reported)], ["no such element"]);
});

test("a reported answer cannot be changed", async () => {
  const at = createCounter();
  const anna = at.show();
  await settled();

  assert.ok(Object.isFrozen(anna.last()));
});
