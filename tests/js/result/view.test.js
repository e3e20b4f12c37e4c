import assert from "node:assert/strict";
import { test } from "node:test";

import { TROUBLES } from "../../../validator/static/js/result/advice.js";
import { noticeText } from "../../../validator/static/js/result/notices.js";
import { refusalWords } from "../../../validator/static/js/result/refusals.js";
import { ageNow, foreignView, viewOf } from "../../../validator/static/js/result/view.js";
import { verdict } from "./verdicts.js";

/**
 * @import {Answer, Entry} from "../../../validator/static/js/result/types.js"
 * @import {Verdict} from "../../../validator/static/js/types.js"
 */

const NOW = new Date("2026-11-24T13:05:00Z");
const OLD = { age_s: 3_600, warnings: ["stale"] };
const HERE = verdict({ ...OLD, source: "device", stands_in_for: "device_offline" });
const FAILED = /** @type {const} */ ({ outcome: "could_not_check", reason: "device_offline" });
const ALONE = verdict({ ...FAILED, source: "device", checked_at: null });
const EXPIRED = verdict({ outcome: "not_valid", reason: "expired" });

/** @type {Answer} */
const LIVE = { phase: "live", verdict: verdict(), confirming: false, change: null, trouble: null };

/** @param {Partial<Answer>} changes @param {Partial<Entry>} more */
function view(changes, more = {}) {
  const answer = { ...LIVE, ...changes };
  const payload = { escn: "anna", warnings: [] };
  /** @type {Entry} */
  const entry = {
    ...{ token: 1, payload, by: "camera", answer, seenAt: 0, answeredAt: 0, before: null, bounces: 0 },
    ...more,
  };
  return viewOf(entry, NOW, "Europe/Brussels");
}

/** @param {Partial<Answer>} changes */
const why = (changes) => view(changes).shown?.stands_in ?? "";

test("while a card is being asked nothing looks like an answer", () => {
  const asking = view({ phase: "asking", verdict: null });
  assert.deepEqual([asking.shown, asking.phase, asking.checked, asking.again], [null, "asking", null, false]);
});

test("a device that decides alone says whose trouble it is, each with its own words and next step", () => {
  const troubles = ["offline", "slow", "server_fault", "signed_out"];
  const said = troubles.map((trouble) => view({ phase: "alone", verdict: ALONE, trouble }).shown?.advice);
  assert.deepEqual(said, troubles.map((trouble) => TROUBLES[trouble]));
  assert.equal(new Set(said.map((advice) => advice?.happened)).size, 4);
});

test("a remembered answer says why; a trouble without words falls back to the server's", () => {
  assert.match(why({ verdict: HERE, trouble: "server_fault" }), /^Our server has a fault/);
  assert.match(why({ verdict: HERE, confirming: true }), /^No answer came in time/);
  assert.match(why({ verdict: HERE, trouble: "moon" }), /^This device has no connection/);
});

test("trouble of this device never rewrites what the server said", () => {
  const stoodIn = verdict({ ...OLD, source: "cache", stands_in_for: "router_timeout" });
  assert.match(why({ verdict: stoodIn, trouble: "slow" }), /^The card register took too long/);
});

test("confirming, confirmed and changed differ, and changed names both answers", () => {
  assert.equal(view({ verdict: HERE, confirming: true }).confirm?.state, "confirming");
  assert.equal(view({ change: "confirmed" }).confirm?.text, "Confirmed now");
  const changed = view({ verdict: EXPIRED, change: "changed" }, { before: HERE });
  assert.equal(changed.confirm?.text, "Changed: VALID before, now NOT VALID: EXPIRED");
  assert.match(changed.spoken, /^Changed: VALID before, now NOT VALID: EXPIRED\. NOT VALID: EXPIRED\./);
});

test("asking again is offered where it can help", () => {
  assert.equal(view({}).again, false);
  assert.equal(view({ verdict: EXPIRED }).again, false);
  assert.equal(view({ verdict: HERE, confirming: true }).again, false);
  assert.equal(view({ verdict: HERE }).again, true);
  assert.equal(view({ verdict: ALONE, phase: "alone", trouble: "offline" }).again, true);
});

test("only a live VALID shows the time of the check, and its age increases", () => {
  assert.equal(view({}).checked, "Checked 14:05:00");
  assert.deepEqual([view({ verdict: HERE }).checked, view({ verdict: EXPIRED }).checked], [null, null]);
  const payload = { escn: "anna", warnings: [] };
  const answer = { ...LIVE, verdict: verdict({ age_s: 10 }) };
  /** @type {Entry} */
  const entry = { token: 1, payload, by: "camera", answer, seenAt: 0, answeredAt: 1_000, before: null, bounces: 0 };
  assert.equal(ageNow(entry, 53_000), "1 min ago");
});

test("a visitor's line accuses no person and says where help is", () => {
  const lines = [verdict(), EXPIRED, ALONE].map((said) => view({ verdict: said }).visitor);
  assert.equal(new Set(lines).size, 3);
  assert.deepEqual(lines.map((line) => /desk/.test(line)), [false, true, true]);
});

test("a line about a card that has gone has every blank filled in", () => {
  for (const kind of /** @type {const} */ (["changed", "late", "contradiction"])) {
    const was = kind === "late" ? null : verdict();
    const told = { id: 1, kind, number: "3e50…0001", was, now: EXPIRED, loud: true, at: 0 };
    const text = noticeText({ ...told, madeAt: "2026-11-24T11:00:00Z" }, "Europe/Brussels");
    assert.ok(text.includes("3e50…0001") && text.includes("NOT VALID: EXPIRED"), text);
    assert.doesNotMatch(text, /[{}%]/);
  }
});

test("what was typed gets help with typing, what is of a known kind its kind", () => {
  /** @param {string} code @param {string | null} kind */
  const said = (code, kind) => Object.values(refusalWords({ code, kind })).join(". ");
  assert.match(said("not_an_esc_code", "other"), /^Not a card number\. .*32 letters/);
  assert.match(said("not_an_esc_code", "campus_login"), /^Not a card number\. It looks like a campus login\. .*32 letters/);
  assert.match(said("not_an_esc_code", "wifi"), /Wi-Fi code\. Look for the code/);
  assert.match(said("esi_not_escn", "number"), /^This is the student’s identifier/);
  assert.match(said("of_tomorrow", null), /^This could not be read\. /);
});

test("a card of which only the masked number is known is never offered to be asked about again", () => {
  const masked = { escn: "3e50…0001", warnings: [], isMasked: true };
  const failed = { verdict: verdict({ outcome: "could_not_check", reason: "router_timeout" }) };
  assert.equal(view(failed).again, true);
  assert.equal(view(failed, { payload: masked }).again, false);
});

test("what was typed is needed again only where a slip or a fault may be behind the answer", () => {
  const unknown = verdict({ outcome: "not_valid", reason: "unknown_card" });
  /** @param {Verdict | null} said @param {Entry["by"]} by */
  const of = (said, by) => {
    const { keeps, change } = view({ verdict: said, phase: said ? "live" : "asking" }, { by });
    return [keeps, change];
  };
  assert.deepEqual(of(unknown, "typed"), [true, true]);
  assert.deepEqual(of(ALONE, "typed"), [true, false]);
  assert.deepEqual(of(null, "typed"), [true, false]);
  for (const said of [verdict(), EXPIRED]) {
    assert.deepEqual(of(said, "typed"), [false, false]);
  }
  assert.deepEqual(of(unknown, "scanner"), [false, false]);
});

test("a card of the test system is named as one wherever it is named, and a visitor is sent to the desk", () => {
  const test = verdict({ warnings: ["sandbox_card"] });
  const { shown, visitor, spoken } = view({ verdict: test });
  assert.deepEqual([shown?.look, shown?.word], ["valid_test", "TEST CARD"]);
  assert.match(visitor, /desk/);
  assert.match(spoken, /^TEST CARD\. .*test system/);
  const changed = view({ verdict: EXPIRED, change: "changed" }, { before: test });
  assert.match(changed.confirm?.text ?? "", /TEST CARD before/);
});

test("a warning is spoken with the answer", () => {
  assert.match(view({ verdict: verdict({ warnings: ["unknown_qr_host"] }) }).spoken, /VALID.*address is unknown/);
});

test("what is refused is named by its kind; a code that imitates a card’s says what to do, by hand and by camera", () => {
  /** @param {string} code @param {string | null} kind @param {Entry["by"]} by */
  const said = (code, kind, by, isKiosk = false) => {
    const line = code === "not_an_esc_code" ? (kind ?? "other") : code;
    const foreign = { line, code, kind, by, at: 0, tintUntil: 0, until: null };
    const { heading, next } = foreignView(foreign, isKiosk);
    return `${heading}. ${next}`;
  };
  assert.match(said("not_an_esc_code", "wifi", "camera"), /^Not a student card code\. It is a Wi-Fi code/);
  assert.match(said("not_an_esc_code", "other", "typed"), /^Not a card number\. .*32 letters/);
  assert.match(said("no_code_found", null, "photo"), /^No code found/);
  for (const by of /** @type {Entry["by"][]} */ (["camera", "scanner", "typed", "photo"])) {
    assert.match(said("lookalike_host", "web_address", by), /^This code imitates a card’s\. Do not accept it\./);
  }
  assert.match(said("lookalike_host", "web_address", "camera", true), /Please ask at the desk/);
});
