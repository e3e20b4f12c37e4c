import assert from "node:assert/strict";
import { test } from "node:test";

import { readPage } from "../../../validator/static/js/memory/page.js";
import { NOON_S, checked, createSite } from "./site.js";

function page() {
  const site = createSite();
  site.saw(checked(1), checked(2, "unknown_card"));
  return JSON.parse(JSON.stringify(site.page("")));
}

/** @param {number} at @param {unknown} value */
function withCell(at, value) {
  const body = page();
  body.rows[1][at] = value;
  return body;
}

test("a page of the server is read", () => {
  const read = readPage(page());

  assert.ok(read);
  assert.deepEqual([read.reset, read.more, read.maxAgeS, read.key.length], [true, false, 604_800, 32]);
  assert.deepEqual(
    read.entries.map(({ hash, row }) => [hash.length, row.reason, row.checkedAt]),
    [
      [16, "active", NOON_S],
      [16, "unknown_card", NOON_S],
    ],
  );
});

test("a row that is past its end is read: it may keep an older one from coming back", () => {
  assert.ok(readPage(withCell(3, NOON_S - 5)));
});

test("whatever is not exactly a page is none", () => {
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
    { ...page(), key: "short" },
    { ...page(), key_id: "" },
    { ...page(), now: "yesterday" },
    { ...page(), max_cards: -1 },
    { ...page(), issuers: { 1: 2 } },
    { ...page(), rows: {} },
    { ...page(), rows: [[]] },
    { ...page(), rows: ["row"] },
    ...["", "x", 5, null, "!".repeat(22), "A".repeat(23)].map((hash) => withCell(0, hash)),
    ...["valid", "router_error", "", null, 1, "__proto__"].map((reason) => withCell(1, reason)),
    ...[-1, 1.5, "1", null, 2 ** 33].map((instant) => withCell(2, instant)),
    ...[1.5, "1", null].map((instant) => withCell(3, instant)),
    ...["2027", "30.9.2027", 5, "2027-99-99"].map((day) => withCell(4, day)),
    ...[5, {}, "x".repeat(501)].map((pic) => withCell(5, pic)),
    withCell(6, "one cell too many"),
  ];

  for (const body of odd) {
    assert.equal(readPage(body), null, JSON.stringify(body));
  }
});
