import assert from "node:assert/strict";
import { test } from "node:test";

import { readPage } from "../../../validator/static/js/memory/pack_page.js";
import { checked, createSite } from "./site.js";

function page() {
  const site = createSite();
  site.saw(checked(1), checked(2, "unknown_card"));
  return JSON.parse(JSON.stringify(site.page("")));
}

/** @param {string} name @param {unknown} value */
function withSalt(name, value) {
  const body = page();
  body.salts[0][name] = value;
  return body;
}

test("a page of the server is read", () => {
  const read = readPage(page());

  assert.ok(read);
  assert.deepEqual([read.reset, read.more, read.maxAgeS], [true, false, 604_800]);
  assert.deepEqual(
    read.salts.map(({ id, salt, rounds }) => [id, salt.length, rounds]),
    [[1, 16, 5]],
  );
  assert.deepEqual(
    read.sealed.map(({ salt, rows }) => [salt, rows.length]),
    [[1, 2 * 116]],
  );
});

test("the page of a site that gives no pack is read", () => {
  const none = { ...page(), cursor: "", max_cards: 0, salts: [], sealed: {} };

  assert.deepEqual([readPage(none)?.salts, readPage(none)?.sealed], [[], []]);
});

test("whatever is not exactly a page is none", () => {
  const salt = page().salts[0];
  const odd = [
    null,
    "",
    [],
    "<html>",
    {},
    ...Object.keys(page()).flatMap((name) => [
      { ...page(), [name]: undefined },
      { ...page(), [name]: null },
      { ...page(), [name]: 1.5 },
    ]),
    { ...page(), format: 3 },
    { ...page(), row_bytes: 115 },
    { ...page(), cursor: "x".repeat(201) },
    { ...page(), now: "yesterday" },
    { ...page(), max_cards: -1 },
    { ...page(), salts: [salt, salt] },
    { ...page(), salts: [1, 2, 3, 4, 5].map((id) => ({ ...salt, id })) },
    { ...page(), salts: ["salt"] },
    { ...page(), salts: [null] },
    ...["", "AAAA", "!".repeat(22), "A".repeat(43), 5, null].map((value) => withSalt("salt", value)),
    ...[0, -1, 1.5, "5", 1_000_001, null].map((value) => withSalt("rounds", value)),
    ...[-1, 1.5, "5", null].flatMap((value) => [withSalt("id", value), withSalt("ends_at", value)]),
    ...["A", "AAAA", "*", 5, null, {}].map((rows) => ({ ...page(), sealed: { 1: rows } })),
    { ...page(), sealed: { 2: page().sealed[1] } },
    { ...page(), sealed: { __proto__x: page().sealed[1] } },
    { ...page(), sealed: [page().sealed[1]] },
  ];

  for (const body of odd) {
    assert.equal(readPage(body), null, JSON.stringify(body)?.slice(0, 300));
  }
});

test("a page of the earlier format is none", () => {
  const earlier = {
    cursor: "0123456789abcdef-0123456789abcdef.7",
    reset: true,
    more: false,
    now: "2026-11-24T12:00:00Z",
    key_id: "0123456789abcdef",
    key: "A".repeat(43),
    max_cards: 1,
    max_age_s: 1,
    issuers: {},
    rows: [],
  };

  assert.equal(readPage(earlier), null);
});
