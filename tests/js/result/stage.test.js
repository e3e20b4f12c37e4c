import assert from "node:assert/strict";
import { test } from "node:test";

import { emptyStage, onStage, step } from "../../../validator/static/js/result/stage.js";
import { clearsAt, nextTick } from "../../../validator/static/js/result/stage_time.js";
import { verdict } from "./words.js";

/**
 * @typedef {import("../../../validator/static/js/result/types.js").StageEvent} StageEvent
 * @typedef {import("../../../validator/static/js/result/types.js").Answer} Answer
 * @typedef {import("../../../validator/static/js/types.js").Outcome} Outcome
 * @typedef {import("../../../validator/static/js/types.js").Reason} Reason
 */

const OPTIONS = { resultMs: 20_000, sameCodeMs: 5_000, liveS: 60, kiosk: null };
const ANNA = { escn: "anna", warnings: [] };
const BRUNO = { escn: "bruno", warnings: [] };
/** @type {Answer} */
const ASKING = { phase: "asking", verdict: null, confirming: false, change: null, trouble: null };

/** @type {Outcome[]} */
const OUTCOMES = ["valid", "not_valid", "could_not_check"];
/** @type {Record<Outcome, Reason>} */
const REASONS = { valid: "active", not_valid: "expired", could_not_check: "router_timeout" };

/** @param {Outcome} outcome @param {Partial<Answer>} changes @returns {Answer} */
function live(outcome, changes = {}) {
  const said = verdict({ outcome, reason: REASONS[outcome] });
  return { ...ASKING, phase: "live", verdict: said, ...changes };
}

/** @type {Answer} */
const REMEMBERED = {
  ...ASKING,
  phase: "remembered",
  verdict: verdict({ source: "device", age_s: 3600, warnings: ["stale"] }),
  confirming: true,
};

/** @param {import("../../../validator/static/js/result/types.js").Effect} effect */
function named(effect) {
  return effect.do === "signal" ? effect.signal : effect.do === "say" ? effect.what : "check";
}

/** A stage that takes events and keeps what was to be done. @param {object} options */
function play(options = {}) {
  let stage = emptyStage({ ...OPTIONS, ...options });
  /** @type {string[]} */
  const done = [];
  return {
    /** @param {StageEvent} event */
    take(event) {
      const stepped = step(stage, event);
      stage = stepped.stage;
      done.push(...stepped.effects.map(named));
    },
    /** @param {typeof ANNA} payload @param {number} at */
    card: (payload, at) => {
      const stepped = step(stage, { type: "card", payload, at });
      stage = stepped.stage;
      done.push(...stepped.effects.map(named));
    },
    /** @param {number} token @param {Answer} answer @param {number} at */
    answer(token, answer, at) {
      this.take({ type: "answer", token, answer, at });
    },
    /** What was done since the last look. */
    done: () => done.splice(0),
    get stage() {
      return stage;
    },
    get name() {
      return onStage(stage)?.payload.escn ?? null;
    },
  };
}

test("a card is checked once, sounds once and is said once", () => {
  const at = play();
  at.card(ANNA, 0);
  at.answer(1, ASKING, 1);
  at.answer(1, live("valid"), 300);
  assert.deepEqual(at.done(), ["check", "valid", "answer"]);
});

test("a card held in front of the camera stays one presentation, however long", () => {
  const at = play({ resultMs: 3_000 });
  at.card(ANNA, 0);
  at.answer(1, live("valid"), 100);
  for (let time = 250; time <= 60_000; time += 250) {
    at.card(ANNA, time);
    at.take({ type: "tick", at: time });
  }
  assert.deepEqual(at.done(), ["check", "valid", "answer"]);
  assert.equal(at.name, "anna");
});

test("the same code within five seconds is only shown again; after five it is checked anew", () => {
  const at = play();
  at.card(ANNA, 0);
  at.answer(1, live("valid"), 100);
  at.done();
  at.card(ANNA, 4_999);
  assert.deepEqual(at.done(), ["bounce"]);
  assert.equal(onStage(at.stage)?.bounces, 1);
  at.card(ANNA, 4_999 + 5_000);
  assert.deepEqual(at.done(), ["check"]);
  assert.equal(onStage(at.stage)?.token, 2);
});

test("a cleared or dismissed result comes back with the same code, without asking", () => {
  const at = play();
  at.card(ANNA, 0);
  at.answer(1, live("not_valid"), 100);
  at.take({ type: "dismissed", at: 500 });
  assert.equal(at.name, null);
  at.card(ANNA, 600);
  assert.equal(at.name, null, "the card is still in view: a person has just sent it away");
  at.done();
  at.card(ANNA, 2_000);
  assert.equal(at.name, "anna");
  assert.deepEqual(at.done(), ["bounce"]);
});

test("a different card replaces the result at once, and two in one view do not flicker", () => {
  const at = play();
  at.card(ANNA, 0);
  at.answer(1, live("not_valid"), 100);
  at.card(BRUNO, 200);
  assert.equal(at.name, "bruno");
  at.card(ANNA, 300);
  at.card(BRUNO, 400);
  at.card(ANNA, 500);
  assert.equal(at.name, "bruno");
  assert.equal(at.done().filter((each) => each === "check").length, 2);
});

test("a valid result clears itself, the others wait for a person", () => {
  for (const outcome of OUTCOMES) {
    const clears = outcome === "valid";
    const at = play();
    at.card(ANNA, 0);
    at.answer(1, live(outcome), 100);
    at.take({ type: "tick", at: 20_099 });
    assert.equal(at.name, "anna");
    at.take({ type: "tick", at: 20_100 });
    at.take({ type: "tick", at: 10_000_000 });
    assert.equal(at.name, clears ? null : "anna", outcome);
  }
});

test("nothing clears itself while it is being asked, where clearing is off, or after a touch", () => {
  const asking = play();
  asking.card(ANNA, 0);
  asking.answer(1, ASKING, 1);
  assert.equal(clearsAt(asking.stage), null);

  const off = play({ resultMs: 0 });
  off.card(ANNA, 0);
  off.answer(1, live("valid"), 1);
  assert.equal(clearsAt(off.stage), null);

  const touched = play();
  touched.card(ANNA, 0);
  touched.answer(1, live("valid"), 1);
  touched.take({ type: "touch", at: 2 });
  touched.take({ type: "tick", at: 10_000_000 });
  assert.equal(touched.name, "anna");
});

test("at a kiosk every answer goes by itself, each after its own time", () => {
  const kiosk = { valid: 4_000, not_valid: 8_000, could_not_check: 6_000 };
  for (const outcome of /** @type {Outcome[]} */ (Object.keys(kiosk))) {
    const at = play({ kiosk });
    at.card(ANNA, 0);
    at.answer(1, live(outcome), 0);
    assert.equal(clearsAt(at.stage), kiosk[outcome]);
    at.take({ type: "tick", at: kiosk[outcome] });
    assert.equal(at.name, null);
  }
});

test("a foreign code gives a tint, a line and one announcement, and never removes a verdict", () => {
  const at = play();
  at.card(ANNA, 0);
  at.answer(1, live("not_valid"), 100);
  at.done();
  const refusal = { code: "not_an_esc_code", kind: "wifi" };
  at.take({ type: "foreign", refusal, at: 200 });
  at.take({ type: "foreign", refusal, at: 1_200 });
  assert.deepEqual(at.done(), ["foreign"]);
  assert.equal(at.name, "anna");
  const wifi = { line: "wifi", code: "not_an_esc_code", tintUntil: 2_400, until: 5_200 };
  assert.deepEqual(at.stage.foreign, wifi);
  assert.equal(nextTick(at.stage, 1_200), 2_400);
  at.take({ type: "tick", at: 5_200 });
  assert.equal(at.stage.foreign, null);
  assert.equal(at.name, "anna");
});

test("the line of a foreign code goes as soon as a card is there", () => {
  const at = play();
  at.take({ type: "several", at: 0 });
  at.card(ANNA, 100);
  assert.equal(at.stage.foreign, null);
});

test("several cards and other refusals have their own lines", () => {
  const at = play();
  at.take({ type: "several", at: 0 });
  assert.equal(at.stage.foreign?.line, "several_codes");
  at.take({ type: "foreign", refusal: { code: "esi_not_escn", kind: "number" }, at: 10 });
  assert.equal(at.stage.foreign?.line, "esi_not_escn");
});

test("a remembered answer sounds softer, and its confirmation makes no second tone", () => {
  const at = play();
  at.card(ANNA, 0);
  at.answer(1, REMEMBERED, 10);
  at.answer(1, live("valid", { change: "confirmed" }), 900);
  assert.deepEqual(at.done(), ["check", "remembered", "answer", "answer"]);
});

test("an answer that changes on the stage is loud, and what stood there before is kept beside it", () => {
  const at = play();
  at.card(ANNA, 0);
  at.answer(1, REMEMBERED, 10);
  at.done();
  at.answer(1, live("not_valid", { change: "changed" }), 900);
  assert.deepEqual(at.done(), ["attention", "not_valid", "answer"]);
  assert.equal(onStage(at.stage)?.before?.outcome, "valid");
});

test("an answer that changes after its card has gone comes back as a loud line that stays", () => {
  const at = play();
  at.card(ANNA, 0);
  at.answer(1, REMEMBERED, 10);
  at.card(BRUNO, 500);
  at.answer(2, live("valid"), 700);
  at.done();
  at.answer(1, live("not_valid", { change: "changed" }), 900);
  assert.equal(at.name, "bruno");
  assert.deepEqual(at.done(), ["attention", "notice"]);
  const [notice] = at.stage.notices;
  assert.deepEqual([notice.kind, notice.loud, notice.was?.outcome], ["changed", true, "valid"]);
  at.take({ type: "tick", at: 10_000_000 });
  assert.equal(at.stage.notices.length, 1);
  at.take({ type: "noted", id: notice.id, at: 10_000_001 });
  assert.equal(at.stage.notices.length, 0);
});

test("the first answer for a card that has gone is told in a line, aloud where the person must know", () => {
  for (const outcome of OUTCOMES) {
    const loud = outcome === "not_valid";
    const at = play();
    at.card(ANNA, 0);
    at.card(BRUNO, 500);
    at.done();
    at.answer(1, live(outcome), 900);
    assert.deepEqual(at.done(), loud ? ["attention", "notice"] : [], outcome);
    assert.equal(at.stage.notices[0].kind, "late");
    at.take({ type: "tick", at: 20_900 });
    assert.equal(at.stage.notices.length, loud ? 1 : 0);
  }
});

test("at a kiosk nothing is told of a visitor who has gone", () => {
  const at = play({ kiosk: { valid: 4_000, not_valid: 8_000, could_not_check: 6_000 } });
  at.card(ANNA, 0);
  at.card(BRUNO, 500);
  at.done();
  at.answer(1, live("not_valid"), 900);
  assert.deepEqual([at.done(), at.stage.notices], [[], []]);
});

test("the last eight results stay, newest first, masked, with their latest answer", () => {
  const at = play();
  for (let token = 1; token <= 10; token += 1) {
    at.card({ escn: `card ${token}`, warnings: [] }, token * 1_000);
    at.answer(token, token === 10 ? REMEMBERED : live("valid"), token * 1_000 + 10);
  }
  at.answer(10, live("not_valid", { change: "changed" }), 11_000);
  const { recent } = at.stage;
  assert.deepEqual(recent.map((each) => each.token), [10, 9, 8, 7, 6, 5, 4, 3]);
  assert.equal(recent[0].verdict.outcome, "not_valid");
  assert.ok(!JSON.stringify(recent).includes("card "), "no whole number is kept");
});

test("a code that has gone is forgotten: no number outlives its five seconds", () => {
  const at = play();
  at.card(ANNA, 0);
  at.answer(1, live("valid"), 100);
  at.card(BRUNO, 1_000);
  at.answer(2, live("valid"), 1_100);
  at.take({ type: "tick", at: 5_000 });
  assert.deepEqual(at.stage.known.map((each) => each.payload.escn), ["bruno"]);
});

test("asking again is a new check of the card on the stage, and nothing on an empty one", () => {
  const at = play();
  at.take({ type: "again", at: 0 });
  assert.deepEqual(at.done(), []);
  at.card(ANNA, 0);
  at.answer(1, live("could_not_check"), 100);
  at.done();
  at.take({ type: "again", at: 1_000 });
  assert.deepEqual(at.done(), ["check"]);
  assert.equal(onStage(at.stage)?.token, 2);
});

test("an answer to a check that nobody knows changes nothing", () => {
  const at = play();
  const before = at.stage;
  at.answer(7, live("valid"), 0);
  assert.equal(at.stage, before);
});
