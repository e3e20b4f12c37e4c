import assert from "node:assert/strict";
import { test } from "node:test";

import { currentEntry, initialState, step } from "../../../validator/static/js/result/result_state.js";
import { clearsAt, HELD_MS, nextTick, stayOf } from "../../../validator/static/js/result/state_answers.js";
import { verdict } from "./verdicts.js";

/**
 * @import {Answer, By, Effect, ResultEvent} from "../../../validator/static/js/result/types.js"
 * @import {Outcome, Reason, Refusal} from "../../../validator/static/js/types.js"
 */

const OPTIONS = { resultMs: 8_000, sameCodeMs: 5_000, liveS: 60, kiosk: null };
const ANNA = { escn: "anna", warnings: [] };
const BRUNO = { escn: "bruno", warnings: [] };
const WIFI = { code: "not_an_esc_code", kind: "wifi" };
const WEB = { code: "not_an_esc_code", kind: "web_address" };
const LOOKALIKE = { code: "lookalike_host", kind: "web_address" };
const SEVERAL = { code: "several_codes", kind: null };
/** @type {By[]} */
const BY_HAND = ["scanner", "typed", "photo"];
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

/** @param {Effect} effect */
function named(effect) {
  return effect.do === "signal" ? effect.signal : effect.do === "say" ? effect.what : "check";
}

/** A state that takes events and keeps the effects. @param {object} options */
function play(options = {}) {
  let state = initialState({ ...OPTIONS, ...options });
  /** @type {string[]} */
  const done = [];
  return {
    /** @param {ResultEvent} event */
    take(event) {
      const next = step(state, event);
      state = next.state;
      done.push(...next.effects.map(named));
    },
    /** @param {{escn: string, warnings: string[]}} payload @param {number} at @param {object} [more] */
    card(payload, at, more = {}) {
      this.take({ type: "card", payload, by: "camera", at, ...more });
    },
    /** @param {Refusal} refusal @param {number} at @param {By} [by] */
    foreign(refusal, at, by = "camera") {
      this.take({ type: "foreign", refusal, by, at });
    },
    /** @param {number} token @param {Answer} answer @param {number} at */
    answer(token, answer, at) {
      this.take({ type: "answer", token, answer, at });
    },
    /** The effects since the last call. */
    done: () => done.splice(0),
    get state() {
      return state;
    },
    get name() {
      return currentEntry(state)?.payload.escn ?? null;
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

test("the same code within five seconds is only shown again; after five it is checked again", () => {
  const at = play();
  at.card(ANNA, 0);
  at.answer(1, live("valid"), 100);
  at.done();
  at.card(ANNA, 4_999);
  assert.deepEqual(at.done(), ["bounce"]);
  assert.equal(currentEntry(at.state)?.bounces, 1);
  at.card(ANNA, 4_999 + 5_000);
  assert.deepEqual(at.done(), ["check"]);
  assert.equal(currentEntry(at.state)?.token, 2);
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
    at.take({ type: "tick", at: 8_099 });
    assert.equal(at.name, "anna");
    at.take({ type: "tick", at: 8_100 });
    at.take({ type: "tick", at: 10_000_000 });
    assert.equal(at.name, clears ? null : "anna", outcome);
  }
});

test("nothing clears itself while it is being asked", () => {
  const at = play();
  at.card(ANNA, 0);
  at.answer(1, ASKING, 1);
  assert.equal(clearsAt(at.state), null);
});

test("a touch holds an answer that would go by itself: visibly, for a minute, and not a second time", () => {
  const at = play();
  at.card(ANNA, 0);
  at.answer(1, live("valid"), 0);
  assert.deepEqual(stayOf(at.state), { from: 0, ms: 8_000 });
  at.take({ type: "touch", at: 5_000 });
  at.take({ type: "touch", at: 40_000 });
  assert.deepEqual([at.state.heldAt, stayOf(at.state)], [5_000, { from: 5_000, ms: HELD_MS }]);
  at.take({ type: "tick", at: 64_999 });
  assert.equal(at.name, "anna");
  assert.equal(nextTick(at.state, 64_999), 65_000);
  at.take({ type: "tick", at: 65_000 });
  assert.deepEqual([at.name, at.state.heldAt], [null, null]);
});

test("what waits for a person anyway, and what is being asked, is not held", () => {
  for (const answer of [ASKING, live("not_valid"), live("could_not_check")]) {
    const at = play();
    at.card(ANNA, 0);
    at.answer(1, answer, 1);
    at.take({ type: "touch", at: 2 });
    assert.equal(at.state.heldAt, null);
  }
});

test("a held answer ends with the next code, and the next answer is not held", () => {
  const at = play();
  at.card(ANNA, 0);
  at.answer(1, live("valid"), 1);
  at.take({ type: "touch", at: 2 });
  at.card(BRUNO, 2_000);
  assert.deepEqual([at.name, at.state.heldAt], ["bruno", null]);
  at.answer(2, live("valid"), 2_001);
  at.take({ type: "touch", at: 2_100 });
  at.foreign(WIFI, 9_000);
  assert.deepEqual([at.name, at.state.heldAt, at.state.foreign?.kind], [null, null, "wifi"]);
});

test("at a kiosk every answer goes by itself, each after its own time", () => {
  const kiosk = { valid: 4_000, not_valid: 8_000, could_not_check: 6_000 };
  for (const outcome of /** @type {Outcome[]} */ (Object.keys(kiosk))) {
    const at = play({ kiosk });
    at.card(ANNA, 0);
    at.answer(1, live(outcome), 0);
    assert.equal(clearsAt(at.state), kiosk[outcome]);
    at.take({ type: "tick", at: kiosk[outcome] });
    assert.equal(at.name, null);
  }
});

test("whatever else is presented by hand ends the answer before it at once", () => {
  for (const by of BY_HAND) {
    for (const refusal of [WIFI, LOOKALIKE, SEVERAL]) {
      for (const outcome of OUTCOMES) {
        const at = play();
        at.card(ANNA, 0);
        at.answer(1, live(outcome), 100);
        at.foreign(refusal, 150, by);
        assert.deepEqual([at.name, at.state.foreign?.code], [null, refusal.code], `${by} ${refusal.code} ${outcome}`);
        assert.equal(at.state.recent.length, 1);
      }
    }
  }
});

test("a code that the camera sees where the card was ends the answer within a second, asked or not", () => {
  for (const answer of [ASKING, live("valid"), live("not_valid")]) {
    for (const refusal of [WIFI, LOOKALIKE]) {
      const at = play();
      at.card(ANNA, 0);
      at.answer(1, answer, 100);
      at.card(ANNA, 250);
      for (let time = 300; time <= 1_300; time += 250) {
        at.foreign(refusal, time);
      }
      assert.deepEqual([at.name, at.state.foreign?.code], [null, refusal.code]);
      at.answer(1, live("valid", { change: "confirmed" }), 1_400);
      assert.equal(at.name, null, "a late answer does not come back");
      assert.ok(at.state.foreign);
    }
  }
});

test("two cards at once end the answer before them at once", () => {
  const at = play();
  at.card(ANNA, 0);
  at.answer(1, live("valid"), 100);
  at.foreign(SEVERAL, 300);
  assert.equal(at.name, null);
  at.card(ANNA, 600);
  assert.equal(at.name, null, "it is not known yet which of them is meant");
  at.card(ANNA, 1_400);
  assert.equal(at.name, "anna", "the other one has gone");
});

test("a code that lies beside the card does not end its answer while the card is there", () => {
  const at = play({ resultMs: 20_000 });
  at.card(ANNA, 0);
  at.answer(1, live("valid"), 100);
  at.done();
  for (let time = 300; time <= 15_000; time += 300) {
    // In one frame both are read, in others only the code beside.
    at.card(ANNA, time, { beside: WEB });
    at.foreign(WEB, time + 100);
    at.foreign(WEB, time + 200);
  }
  assert.deepEqual([at.name, at.state.foreign, at.done()], ["anna", null, []]);
});

test("where the card’s own code is hard to read, the code beside it covers the answer for a moment at most", () => {
  const at = play();
  at.card(ANNA, 0, { beside: WEB });
  at.answer(1, live("valid"), 100);
  at.foreign(WEB, 500);
  at.foreign(WEB, 1_400);
  assert.equal(at.name, "anna");
  at.foreign(WEB, 1_600);
  assert.equal(at.name, null, "the card has gone, whatever code it is");
  at.done();
  at.card(ANNA, 1_700);
  assert.deepEqual([at.name, at.state.foreign], ["anna", null]);
  assert.ok(!at.done().includes("check"));
});

test("a code that was in the camera’s view before does not count for a person who types or uses a scanner", () => {
  for (const by of BY_HAND) {
    const at = play();
    at.foreign(WEB, 0);
    at.foreign(WEB, 900);
    at.card(ANNA, 1_000, { by });
    at.answer(1, live("valid"), 1_100);
    for (let time = 1_250; time <= 8_000; time += 250) {
      at.foreign(WEB, time);
    }
    assert.equal(at.name, "anna", by);
    at.foreign(LOOKALIKE, 8_100);
    assert.equal(at.name, null, "what comes into view is new");
  }
});

test("a code is named once as long as it is in view, and a code that imitates a card’s sounds", () => {
  const at = play();
  at.foreign(WIFI, 0);
  at.foreign(WIFI, 1_000);
  assert.deepEqual(at.done(), ["foreign"]);
  at.take({ type: "tick", at: 5_000 });
  assert.deepEqual([at.state.foreign], [null]);
  at.foreign(LOOKALIKE, 6_000);
  at.foreign(LOOKALIKE, 6_250);
  assert.deepEqual(at.done(), ["lookalike", "foreign"]);
  at.take({ type: "tick", at: 10_000_000 });
  assert.equal(at.state.foreign?.code, "lookalike_host", "it waits for a person");
  at.take({ type: "dismissed", at: 10_000_001 });
  assert.deepEqual([at.state.foreign, at.name], [null, null]);
});

test("at a kiosk even the refusal of a code that imitates a card’s ends by itself", () => {
  const at = play({ kiosk: { valid: 4_000, not_valid: 8_000, could_not_check: 6_000 } });
  at.foreign(LOOKALIKE, 0);
  at.take({ type: "tick", at: 7_999 });
  assert.ok(at.state.foreign);
  at.take({ type: "tick", at: 8_000 });
  assert.equal(at.state.foreign, null);
});

test("what a person typed or photographed is refused until the next code", () => {
  for (const by of /** @type {By[]} */ (["typed", "photo"])) {
    const at = play();
    at.foreign({ code: "not_an_esc_code", kind: "other" }, 0, by);
    at.take({ type: "tick", at: 10_000_000 });
    assert.ok(at.state.foreign);
    at.card(ANNA, 10_000_001);
    assert.equal(at.state.foreign, null);
  }
});

test("two other codes in view do not take turns", () => {
  const at = play();
  at.foreign(WIFI, 0);
  at.foreign(WEB, 100);
  at.foreign(WIFI, 200);
  at.foreign(WEB, 300);
  assert.equal(at.state.foreign?.kind, "wifi");
  assert.deepEqual(at.done(), ["foreign"]);
});

test("a card that still lies before the camera does not take the place of what a scanner read", () => {
  const at = play();
  at.card(ANNA, 0);
  at.answer(1, live("valid"), 100);
  at.foreign(WIFI, 200, "scanner");
  for (let time = 250; time <= 9_000; time += 250) {
    at.card(ANNA, time);
    at.take({ type: "tick", at: time });
    assert.equal(at.name, null);
  }
});

test("a card scanned by hand is shown at once, also between two others", () => {
  const at = play();
  at.card(ANNA, 0, { by: "scanner" });
  at.answer(1, live("valid"), 50);
  at.card(BRUNO, 200, { by: "scanner" });
  at.card(ANNA, 400, { by: "scanner" });
  assert.equal(at.name, "anna");
});

test("a photo ends the answer before it, and what is read on it comes to its own place only", () => {
  const read = play();
  read.card(ANNA, 0);
  read.answer(1, live("valid"), 100);
  read.take({ type: "picture", at: 500 });
  assert.equal(currentEntry(read.state)?.by, "photo");
  read.answer(2, live("not_valid"), 900);
  assert.equal(currentEntry(read.state)?.answer?.verdict?.outcome, "not_valid");

  const overtaken = play();
  overtaken.take({ type: "picture", at: 0 });
  overtaken.card(BRUNO, 500);
  overtaken.answer(1, live("valid"), 900);
  assert.equal(overtaken.name, "bruno");
  assert.equal(overtaken.state.notices[0].kind, "late");
  overtaken.take({ type: "unread", token: 1, refusal: WIFI, at: 1_000 });
  assert.deepEqual([overtaken.name, overtaken.state.foreign], ["bruno", null]);
});

test("a photo of something else is refused; one that could not be sent leaves no result", () => {
  for (const refusal of [LOOKALIKE, null]) {
    const at = play();
    at.card(ANNA, 0);
    at.answer(1, live("valid"), 100);
    at.take({ type: "picture", at: 500 });
    at.take({ type: "unread", token: 2, refusal, at: 900 });
    assert.deepEqual([at.name, at.state.foreign?.code ?? null], [null, refusal?.code ?? null]);
  }
});

test("the same number in a code with another warning is checked again and shows the warning", () => {
  const at = play();
  at.card(ANNA, 0);
  at.answer(1, live("valid"), 100);
  at.card({ ...ANNA, warnings: ["unknown_qr_host"] }, 500);
  at.answer(2, live("valid"), 600);
  assert.deepEqual(currentEntry(at.state)?.answer?.verdict?.warnings, ["unknown_qr_host"]);
  at.done();
  at.card(ANNA, 700);
  assert.deepEqual([currentEntry(at.state)?.token, at.done()], [2, []]);
});

test("a card of the test system does not sound like a valid one", () => {
  const at = play();
  at.card({ ...ANNA, warnings: ["sandbox_card"] }, 0);
  at.answer(1, live("valid"), 100);
  assert.deepEqual(at.done(), ["check", "attention", "answer"]);
});

test("a typed number that is sent again while it is checked does nothing; one that failed is checked again", () => {
  const at = play();
  at.card(ANNA, 0, { by: "typed" });
  at.done();
  at.card(ANNA, 2_000, { by: "typed" });
  assert.deepEqual([at.done(), at.name], [[], "anna"]);
  at.answer(1, live("could_not_check"), 2_500);
  at.done();
  at.card(ANNA, 3_000, { by: "typed" });
  assert.deepEqual(at.done(), ["check"]);
});

test("a remembered answer sounds softer, and its confirmation makes no second tone", () => {
  const at = play();
  at.card(ANNA, 0);
  at.answer(1, REMEMBERED, 10);
  at.answer(1, live("valid", { change: "confirmed" }), 900);
  assert.deepEqual(at.done(), ["check", "remembered", "answer", "answer"]);
});

test("an answer that changes while it is shown gets attention, and the one before is kept beside it", () => {
  const at = play();
  at.card(ANNA, 0);
  at.answer(1, REMEMBERED, 10);
  at.done();
  at.answer(1, live("not_valid", { change: "changed" }), 900);
  assert.deepEqual(at.done(), ["attention", "not_valid", "answer"]);
  assert.equal(currentEntry(at.state)?.before?.outcome, "valid");
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
  const [notice] = at.state.notices;
  assert.deepEqual([notice.kind, notice.loud, notice.was?.outcome], ["changed", true, "valid"]);
  at.take({ type: "tick", at: 10_000_000 });
  assert.equal(at.state.notices.length, 1);
  at.take({ type: "noted", id: notice.id, at: 10_000_001 });
  assert.equal(at.state.notices.length, 0);
});

test("the first answer for a card that has gone is shown in a line, with sound if the person must know", () => {
  for (const outcome of OUTCOMES) {
    const loud = outcome === "not_valid";
    const at = play();
    at.card(ANNA, 0);
    at.card(BRUNO, 500);
    at.done();
    at.answer(1, live(outcome), 900);
    assert.deepEqual(at.done(), loud ? ["attention", "notice"] : [], outcome);
    assert.equal(at.state.notices[0].kind, "late");
    at.take({ type: "tick", at: 20_900 });
    assert.equal(at.state.notices.length, loud ? 1 : 0);
  }
});

test("at a kiosk nothing is shown of a visitor who has left", () => {
  const at = play({ kiosk: { valid: 4_000, not_valid: 8_000, could_not_check: 6_000 } });
  at.card(ANNA, 0);
  at.card(BRUNO, 500);
  at.done();
  at.answer(1, live("not_valid"), 900);
  assert.deepEqual([at.done(), at.state.notices], [[], []]);
});

test("the last eight results stay, newest first, masked, with their latest answer", () => {
  const at = play();
  for (let token = 1; token <= 10; token += 1) {
    at.card({ escn: `card ${token}`, warnings: [] }, token * 1_000);
    at.answer(token, token === 10 ? REMEMBERED : live("valid"), token * 1_000 + 10);
  }
  at.answer(10, live("not_valid", { change: "changed" }), 11_000);
  const { recent } = at.state;
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
  assert.deepEqual(at.state.known.map((each) => each.payload.escn), ["bruno"]);
});

test("asking again is a new check of the shown card, and does nothing without one", () => {
  const at = play();
  at.take({ type: "again", at: 0 });
  assert.deepEqual(at.done(), []);
  at.card(ANNA, 0);
  at.answer(1, live("could_not_check"), 100);
  at.done();
  at.take({ type: "again", at: 1_000 });
  assert.deepEqual(at.done(), ["check"]);
  assert.equal(currentEntry(at.state)?.token, 2);
});

test("an answer to an unknown check changes nothing", () => {
  const at = play();
  const before = at.state;
  at.answer(7, live("valid"), 0);
  assert.equal(at.state, before);
});
