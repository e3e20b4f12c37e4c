import assert from "node:assert/strict";
import { test } from "node:test";

import {
  INITIAL,
  LinkMonitor,
  PROBE_MS,
  Prober,
  afterAnswer,
  afterSilence,
  currentSlowPart,
  slowPart,
} from "../../../validator/static/js/checking/link.js";
import { createClock, settled } from "../fake_clock.js";

/** @import {FailureReason} from "../../../validator/static/js/checking/call.js" */

/**
 * @typedef {[number, (FailureReason | null)?]} ApiResult  how long it took, and how it failed
 */

/** One request after another. @param {...ApiResult} told */
function after(...told) {
  let at = 0;
  return told.reduce((link, [ms, why = null]) => {
    at += ms;
    return afterAnswer(link, { at, ms, why, measures: true });
  }, INITIAL).state;
}

/** @type {Array<{name: string, told: ApiResult[], state: string}>} */
const CASES = [
  { name: "before anything is known it is taken for live", told: [], state: "live" },
  { name: "quick answers are live", told: [[200], [300]], state: "live" },
  { name: "one refused connection is offline", told: [[200], [10, "offline"]], state: "offline" },
  { name: "one silence is offline", told: [[200], [4_000, "slow"]], state: "offline" },
  { name: "a silence of two seconds is slow", told: [[200], [2_000, "slow"]], state: "slow" },
  { name: "a short limit that was missed says nothing", told: [[200], [900, "slow"]], state: "live" },
  { name: "answers of over 1.5 s in the middle are slow", told: [[200], [1_600], [1_700]], state: "slow" },
  { name: "one slow answer among quick ones is live", told: [[200], [250], [3_000]], state: "live" },
  { name: "only the last five count", told: [[2_000], [2_000], [2_000], [100], [100], [100]], state: "live" },
  { name: "a clean answer after a silence is live", told: [[2_000], [4_000, "slow"], [300]], state: "live" },
  { name: "a late answer is slow", told: [[200], [200], [2_000, "slow"], [2_600]], state: "slow" },
  { name: "a quick answer after a silence is live", told: [[200], [2_000, "slow"], [300]], state: "live" },
  { name: "a slow answer after a silence is slow", told: [[100], [4_000, "slow"], [2_500]], state: "slow" },
  { name: "answers that a silence held back are slow", told: [[3_600, "slow"], [7_000], [7_000]], state: "slow" },
  { name: "the next answer counts again", told: [[3_600, "slow"], [7_000], [7_000], [90]], state: "live" },
  { name: "a fault of the server does not change live", told: [[100], [50, "server_fault"]], state: "live" },
  { name: "a fault of the server does not change offline", told: [[5, "offline"], [50, "server_fault"]], state: "offline" },
  { name: "a busy server is there", told: [[5, "offline"], [50, "busy"]], state: "live" },
  { name: "one that wants a sign-in is there", told: [[5, "offline"], [50, "signed_out"]], state: "live" },
];
for (const { name, told, state } of CASES) {
  test(name, () => assert.equal(after(...told), state));
}

test("a silence grows from nothing to slow to gone", () => {
  assert.equal(afterSilence(INITIAL, 1_999, 1_999).state, "live");
  assert.equal(afterSilence(INITIAL, 2_000, 2_000).state, "slow");
  assert.equal(afterSilence(INITIAL, 3_500, 3_500).state, "offline");
});

test("a request that was lost while others were answered does not change the state", () => {
  const answered = afterAnswer(INITIAL, { at: 5_000, ms: 100, why: null, measures: true });

  assert.equal(afterSilence(answered, 8_000, 9_000).state, "live");
  assert.equal(afterSilence(answered, 3_600, 9_000).state, "offline");
});

test("the duration of a large answer does not count, its arrival does", () => {
  const gone = afterAnswer(INITIAL, { at: 0, ms: 0, why: "offline", measures: true });

  assert.equal(afterAnswer(gone, { at: 9_000, ms: 9_000, why: null, measures: false }).state, "live");
});

/** @typedef {{ms: number, routerMs?: number | null, isProbe?: boolean, why?: FailureReason | null}} Heard */

/** @param {...Heard} heard */
function named(...heard) {
  let at = 0;
  return currentSlowPart(
    heard.reduce((link, sample) => {
      at += sample.ms;
      return afterAnswer(link, { at, measures: true, why: null, ...sample });
    }, INITIAL),
  );
}

const QUICK = { ms: 40, isProbe: true };
/** @type {Array<{name: string, heard: Heard[], part: string | null}>} */
const PARTS = [
  { name: "quick answers name nothing", heard: [QUICK, { ms: 300, routerMs: 250 }], part: null },
  { name: "the register took most", heard: [QUICK, { ms: 2_000, routerMs: 1_900 }, { ms: 2_600, routerMs: 2_500 }], part: "register" },
  { name: "the register was quick, the probe too", heard: [QUICK, { ms: 2_000, routerMs: 100 }, { ms: 2_000, routerMs: 100 }], part: "server" },
  { name: "the register was quick, the probe slow", heard: [{ ms: 1_600, isProbe: true }, { ms: 2_000, routerMs: 100 }], part: "network" },
  { name: "a probe alone is slow", heard: [{ ms: 1_600, isProbe: true }], part: "network" },
  { name: "an older server does not say", heard: [QUICK, { ms: 2_000 }, { ms: 2_000, routerMs: null }], part: "server" },
  { name: "a quick probe refutes nothing", heard: [{ ms: 2_000, routerMs: 1_900 }, { ms: 2_000, routerMs: 1_900 }, QUICK], part: "register" },
  { name: "a silence keeps what was slow before", heard: [QUICK, { ms: 2_000, routerMs: 1_900 }, QUICK, { ms: 2_000, why: "slow" }], part: "register" },
  { name: "after a quick check a silence has no named part", heard: [{ ms: 2_000, routerMs: 1_900 }, { ms: 90 }, { ms: 90 }, { ms: 2_000, why: "slow" }], part: null },
  { name: "a link that is gone is not slow", heard: [{ ms: 2_000, routerMs: 1_900 }, { ms: 4_000, why: "slow" }], part: null },
];
for (const { name, heard, part } of PARTS) {
  test(`the slow part: ${name}`, () => assert.equal(named(...heard), part));
}

test("a register's time that cannot be is no more than the answer's", () => {
  assert.equal(slowPart({ ms: 2_000, routerMs: 99_000 }, 40), "register");
});

/** A page whose events are real and whose network is a list of answers. */
function probing() {
  const clock = createClock();
  const page = { window: new EventTarget(), document: Object.assign(new EventTarget(), { hidden: false }) };
  const link = new LinkMonitor();
  let probes = 0;
  /** @type {FailureReason | null} */
  let why = null;
  const alive = async () => {
    probes += 1;
    link.record({ at: clock.now(), ms: 20, why, measures: true });
  };
  const probe = new Prober({ link, alive, timers: clock.timers, page });
  const fail = (/** @type {FailureReason | null} */ how) => (why = how);
  return { clock, page, link, probe, probes: () => probes, fail };
}

test("no probe is sent while other requests show the state", async () => {
  const { clock, link, probes } = probing();
  await settled();
  assert.equal(probes(), 1);
  for (let turn = 0; turn < 5; turn += 1) {
    await clock.pass(PROBE_MS - 1);
    link.record({ at: clock.now(), ms: 20, why: null, measures: true });
  }
  assert.equal(probes(), 1);

  await clock.pass(PROBE_MS);
  assert.equal(probes(), 2);
});

test("what the browser says of its network is a reason to look, never an answer", async () => {
  const { page, link, probes, fail } = probing();
  await settled();
  page.window.dispatchEvent(new Event("offline"));
  await settled();
  assert.deepEqual([probes(), link.state()], [2, "live"]);

  fail("offline");
  page.window.dispatchEvent(new Event("online"));
  await settled();
  assert.deepEqual([probes(), link.state()], [3, "offline"]);
});

test("a lost link is probed more often, and its return is reported", async () => {
  const { clock, link, probe, probes, fail } = probing();
  /** @type {string[]} */
  const told = [];
  link.onChange((state) => told.push(state));
  fail("offline");
  await settled();
  probe.probe();
  await settled();
  const before = probes();
  await clock.pass(5_000);
  assert.equal(probes(), before + 1);

  fail(null);
  await clock.pass(5_000);
  assert.deepEqual(told, ["offline", "live"]);
});

test("a hidden page sends no probe, and sends one at once when it is visible again", async () => {
  const { clock, page, probes } = probing();
  await settled();
  page.document.hidden = true;
  page.document.dispatchEvent(new Event("visibilitychange"));
  await clock.pass(PROBE_MS * 3);
  const before = probes();
  await clock.pass(PROBE_MS * 3);
  assert.equal(probes(), before);

  page.document.hidden = false;
  page.document.dispatchEvent(new Event("visibilitychange"));
  await settled();
  assert.equal(probes(), before + 1);
});
