import assert from "node:assert/strict";
import { test } from "node:test";

import { verdictOf } from "../../../validator/static/js/checking/api.js";
import { verdict } from "./examples.js";

const NUMBER = "3e50…4762";
const CARD = verdict().card;
const UNTOLD = verdict({
  outcome: "could_not_check",
  reason: "router_timeout",
  checked_at: null,
  good_until: null,
});

test("a verdict of the API is taken as it is, without anything else that came with it", () => {
  for (const whole of [
    verdict(),
    verdict({ outcome: "not_valid", reason: "unknown_card", card: { ...CARD, issuer_name: null } }),
    verdict({ source: "cache", stands_in_for: "router_busy", warnings: ["stale", "sandbox_card"] }),
    verdict({ checked_at: "2026-11-24T12:00:00Z", good_until: "2026-11-24T14:00:00+01:00" }),
    verdict({ outcome: "not_valid", reason: "inactive", good_until: null }),
    UNTOLD,
  ]) {
    const body = { ...whole, surprise: "1", card: { ...whole.card, number: NUMBER, extra: "2" } };
    const taken = verdictOf(JSON.parse(JSON.stringify(body)), NUMBER);
    assert.deepEqual(taken, whole);
    assert.ok(Object.isFrozen(taken) && Object.isFrozen(taken?.card));
  }
});

/** @param {Record<string, unknown>} changes */
const odd = (changes) => ({ ...verdict(), ...changes });
/** @param {Record<string, unknown>} changes */
const oddCard = (changes) => odd({ card: { ...CARD, ...changes } });

const ODD = {
  nothing: null,
  undefined: undefined,
  true: true,
  "a number": 7,
  "a text": "valid",
  "a page": "<!doctype html><title>Sign in to the Wi-Fi</title>",
  "an array": [verdict()],
  "an empty object": {},
  "a batch": { results: [verdict()] },
  "a problem": { type: "about:blank", title: "Gone", status: 410, code: "gone", detail: "…" },
  "only an outcome": { outcome: "valid" },
  "an unknown outcome": odd({ outcome: "welcome" }),
  "an outcome in capitals": odd({ outcome: "VALID" }),
  "no outcome": odd({ outcome: undefined }),
  "true as the outcome": odd({ outcome: true }),
  "an unknown reason": odd({ reason: "fine" }),
  "no reason": odd({ reason: null }),
  "a reason of another outcome": odd({ reason: "expired" }),
  "valid for a Router's failure": odd({ reason: "router_timeout" }),
  "not valid for an active card": odd({ outcome: "not_valid" }),
  "an inherited word as the reason": odd({ reason: "toString" }),
  "a prototype as the reason": odd({ outcome: undefined, reason: "__proto__" }),
  "an unknown source": odd({ source: "friend" }),
  "the device as the server's source": odd({ source: "device" }),
  "no source": odd({ source: undefined }),
  "valid without its time": odd({ checked_at: null }),
  "valid with an empty time": odd({ checked_at: "" }),
  "valid with a day as its time": odd({ checked_at: "2026-11-24" }),
  "valid with words as its time": odd({ checked_at: "just now" }),
  "valid with a number as its time": odd({ checked_at: 1_795_521_600 }),
  "valid without an end": odd({ good_until: null }),
  "valid with an end before its beginning": odd({ good_until: "2026-11-24T11:00:00Z" }),
  "valid with a broken end": odd({ good_until: "2026-13-45T99:99:99Z" }),
  "not valid without its time": odd({ outcome: "not_valid", reason: "expired", checked_at: null }),
  "no age": odd({ age_s: undefined }),
  "a negative age": odd({ age_s: -1 }),
  "a broken age": odd({ age_s: 1.5 }),
  "an age in words": odd({ age_s: "0" }),
  "standing in for an answer": odd({ stands_in_for: "active" }),
  "standing in for an unknown failure": odd({ stands_in_for: "lunch" }),
  "no word on standing in": odd({ stands_in_for: undefined }),
  "no warnings": odd({ warnings: undefined }),
  "a text as warnings": odd({ warnings: "stale" }),
  "markup as a warning": odd({ warnings: ["<b>stale</b>"] }),
  "a number as a warning": odd({ warnings: [1] }),
  "far too many warnings": odd({ warnings: Array.from({ length: 21 }, () => "stale") }),
  "no card": odd({ card: undefined }),
  "a text as the card": odd({ card: NUMBER }),
  "another card": oddCard({ number: "3e50…4763" }),
  "the whole number": oddCard({ number: "3e506370-826a-103d-bf76-001999884762" }),
  "no number": oddCard({ number: undefined }),
  "a missing field of the card": oddCard({ issuer_pic: undefined }),
  "an object as the issuer": oddCard({ issuer_name: { toString: "x" } }),
  "an endless issuer": oddCard({ issuer_name: "x".repeat(501) }),
  "words as the last day": oddCard({ expires_at: "soon" }),
  "a number as the last day": oddCard({ expires_at: 20_270_930 }),
};

for (const [name, body] of Object.entries(ODD)) {
  test(`${name} is no verdict`, () => assert.equal(verdictOf(body, NUMBER), null));
}

test("there are fifty odd answers at least", () => assert.ok(Object.keys(ODD).length >= 50));
