import assert from "node:assert/strict";
import { test } from "node:test";

import { findFault } from "../../../validator/static/js/typing/typed_number.js";

const NUMBER = "3e506370-826a-103d-bf76-001000000001";
const ADDRESS = `https://s.esc-r.eu/${NUMBER}`;

/** @param {number} at @param {string} char */
function withChar(at, char) {
  return NUMBER.slice(0, at - 1) + char + NUMBER.slice(at);
}

test("nothing is wrong with a number in any of its forms, nor with an empty field", () => {
  for (const text of [NUMBER, NUMBER.toUpperCase(), NUMBER.replaceAll("-", ""), NUMBER.replaceAll("-", "'"),
    `{${NUMBER}}`, `urn:uuid:${NUMBER}`, ADDRESS, "", "   "]) {
    assert.equal(findFault(text), null);
  }
});

test("the wrong character is named with its position in the field", () => {
  assert.deepEqual(findFault(withChar(10, "o")), {
    kind: "wrong",
    at: 10,
    char: "o",
    message: "Character 10, “o”, cannot be in a card number: did you mean 0?",
  });
});

for (const [char, meant] of Object.entries({ o: 0, O: 0, l: 1, I: 1, z: 2, S: 5, g: 9, q: 9, G: 6 })) {
  test(`“${char}” asks whether ${meant} was meant`, () => {
    const message = findFault(withChar(3, char))?.message ?? "";
    assert.match(message, new RegExp(`“${char}”.*: did you mean ${meant}\\?$`));
  });
}

test("places are counted from 1", () => {
  for (const at of [1, 2, 11, 31]) {
    assert.ok(findFault(withChar(at, "x"))?.message.startsWith(`Character ${at}, “x”,`));
  }
});

test("a letter that looks like no digit asks for nothing in particular", () => {
  assert.match(findFault(withChar(3, "x"))?.message ?? "",
    /^Character 3, “x”, cannot be .*: it has only the digits 0 to 9 and the letters a to f\.$/);
});

test("a letter of another script that looks the same is found", () => {
  const found = findFault(withChar(2, "е"));
  assert.equal(found?.at, 2);
  assert.match(found?.message ?? "", /Latin keyboard/);
});

test("the first wrong character is named, and no other character of the text", () => {
  const message = findFault("3e50w370-826x-103d-bf76-001000000001")?.message ?? "";
  assert.match(message, /^Character 5, “w”/);
  assert.doesNotMatch(message, /“x”|3e50|826/);
});

test("the number of missing characters is reported, with or without dashes", () => {
  assert.equal(findFault(NUMBER.slice(0, -4))?.message, "4 characters are still missing.");
  assert.equal(findFault(NUMBER.replaceAll("-", "").slice(0, -1))?.message, "1 character is still missing.");
  assert.equal(findFault("3e506370")?.kind, "short");
});

test("the number of extra characters is reported", () => {
  assert.deepEqual(findFault(`${NUMBER}ab`), {
    kind: "long", at: 37, char: "a", message: "There are 2 characters too many: compare with the card.",
  });
  assert.equal(findFault(`${NUMBER}0`)?.message, "There is 1 character too many: compare with the card.");
});

test("the number at the end of an address is checked like a typed one", () => {
  const found = findFault(`https://s.esc-r.eu/${withChar(3, "o")}`);
  assert.deepEqual([found?.kind, found?.at, found?.char], ["wrong", 22, "o"]);
  assert.equal(findFault(ADDRESS.slice(0, -2))?.message, "2 characters are still missing.");
});

test("while a person is still typing an address or other words, nothing is called wrong", () => {
  for (let length = 1; length <= "https://s.esc-r.eu/".length; length += 1) {
    assert.equal(findFault(ADDRESS.slice(0, length)), null);
  }
  for (const text of ["hello", "where do I find it", "decade of oil", "room 12 on floor 3", "esc.gg",
    "esc.gg/", "urn:uuid:", "be-999978433-abc123",
    "urn:schac:personalUniqueCode:int:esi:example.org:1", "WIFI:S:canteen;;", "mia@example.org",
    `https://esc.gg.evil.example/${NUMBER}`]) {
    assert.equal(findFault(text), null, text);
  }
});

test("any sign may stand where a dash belongs, as long as the number is not whole", () => {
  assert.equal(findFault("3e506370'826a'10")?.kind, "short");
  assert.equal(findFault("3e506'370")?.kind, "wrong");
});

test("a whole number with odd separators asks for dashes", () => {
  assert.equal(findFault(NUMBER.replace("-", "'"))?.kind, "signs");
  assert.equal(findFault(NUMBER.replace("-", "-----"))?.kind, "signs");
});

test("what cannot be seen, turns the writing around or is an emoji is found and does no harm", () => {
  assert.match(findFault(withChar(4, "\0"))?.message ?? "", /^Character 4 is one that cannot be seen\./);
  assert.match(findFault(withChar(4, "\u0301"))?.message ?? "", /one that cannot be seen/);
  assert.equal(findFault(withChar(4, "\u05d0"))?.message,
    "Character 4, “\u2068\u05d0\u2069”, cannot be in a card number: type it with a Latin keyboard.");
  const emoji = findFault(withChar(4, "👩🏽‍🎓"));
  assert.deepEqual([emoji?.at, emoji?.char], [4, "👩"]);
  assert.equal(findFault(`\u202e${NUMBER}`), null);
  assert.equal(findFault("\ud83d"), null);
});

test("a text of a million characters is answered at once, with nothing", () => {
  assert.equal(findFault("3e50".repeat(250_000)), null);
});
