// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { sight } from "../../../validator/static/js/decoder/sightings.js";

const MIA = "3e506370-826a-103d-bf76-001000000001";
const JON = "3e506370-826a-103d-bf76-001000000002";
const WIFI = "WIFI:S:Mensa;T:WPA;P:knoedel;;";

test("No text is nothing", () => {
  assert.deepEqual(sight([]), { seen: "nothing" });
});

test("One card among foreign codes counts", () => {
  const sighting = sight([WIFI, `https://s.esc-r.eu/${MIA}`, "https://example.org/"]);
  assert.deepEqual(sighting, {
    seen: "card",
    payload: { escn: MIA, warnings: [] },
    beside: { code: "not_an_esc_code", kind: "wifi" },
  });
  assert.doesNotMatch(JSON.stringify(sighting), /Mensa|knoedel|example/);
});

test("A card alone has nothing beside it", () => {
  assert.deepEqual(sight([MIA]), { seen: "card", payload: { escn: MIA, warnings: [] }, beside: null });
});

test("The same card twice is one card", () => {
  assert.equal(sight([MIA, `https://s.esc-r.eu/${MIA}`]).seen, "card");
});

test("Two different cards are several, whichever stands first", () => {
  assert.deepEqual(sight([MIA, JON]), { seen: "several" });
});

test("Of a foreign code only its kind goes on", () => {
  const sighting = sight([WIFI]);
  assert.equal(sighting.seen, "foreign");
  assert.deepEqual(Object.keys(sighting).sort(), ["code", "kind", "seen"]);
  assert.doesNotMatch(JSON.stringify(sighting), /Mensa|knoedel/);
});

test("Of foreign codes the one that imitates a card's is told, wherever it stands", () => {
  const lookalike = `https://esc-r.eu.example.org/${MIA}`;
  for (const texts of [[WIFI, lookalike], [lookalike, WIFI]]) {
    assert.deepEqual(sight(texts), { seen: "foreign", code: "lookalike_host", kind: "web_address" });
  }
});
