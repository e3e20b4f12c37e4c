import assert from "node:assert/strict";
import { test } from "node:test";
import { interpret } from "../../../validator/static/js/decoder/pipeline.js";

const MIA = "3e506370-826a-103d-bf76-001000000001";
const JON = "3e506370-826a-103d-bf76-001000000002";
const WIFI = "WIFI:S:Mensa;T:WPA;P:knoedel;;";

test("No text is nothing", () => {
  assert.deepEqual(interpret([]), { seen: "nothing" });
});

test("One card among foreign codes counts", () => {
  const content = interpret([WIFI, `https://s.esc-r.eu/${MIA}`, "https://example.org/"]);
  assert.deepEqual(content, {
    seen: "card",
    payload: { escn: MIA, warnings: [] },
    beside: { code: "not_an_esc_code", kind: "wifi" },
  });
  assert.doesNotMatch(JSON.stringify(content), /Mensa|knoedel|example/);
});

test("A card alone has nothing beside it", () => {
  assert.deepEqual(interpret([MIA]), { seen: "card", payload: { escn: MIA, warnings: [] }, beside: null });
});

test("The same card twice is one card", () => {
  assert.equal(interpret([MIA, `https://s.esc-r.eu/${MIA}`]).seen, "card");
});

test("Two different cards are several", () => {
  assert.deepEqual(interpret([MIA, JON]), { seen: "several" });
});

test("Of a foreign code only its kind is passed on", () => {
  const content = interpret([WIFI]);
  assert.equal(content.seen, "foreign");
  assert.deepEqual(Object.keys(content).sort(), ["code", "kind", "seen"]);
  assert.doesNotMatch(JSON.stringify(content), /Mensa|knoedel/);
});

test("Of foreign codes the one that imitates a card's counts, in any order", () => {
  const lookalike = `https://esc-r.eu.example.org/${MIA}`;
  for (const texts of [[WIFI, lookalike], [lookalike, WIFI]]) {
    assert.deepEqual(interpret(texts), { seen: "foreign", code: "lookalike_host", kind: "web_address" });
  }
});
