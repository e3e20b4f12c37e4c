import assert from "node:assert/strict";
import { test } from "node:test";

import { LAYOUTS } from "./layouts.js";
import { ANNA, atCounter, TAB } from "./scanning.js";

const ADDRESS = `https://s.esc-r.eu/${ANNA}`;
const FORMS = {
  "the current address": ADDRESS,
  "the old address": `http://esc.gg/${ANNA}`,
  "the bare number": ANNA,
  "the number in capitals": ANNA.toUpperCase(),
  "the chip's form": ANNA.replaceAll("-", ""),
};

for (const [name, computer] of Object.entries(LAYOUTS)) {
  for (const [form, text] of Object.entries(FORMS)) {
    test(`a US scanner on ${name} gives the number: ${form}`, () => {
      const counter = atCounter();
      counter.scan(text, { computer });
      assert.deepEqual(counter.numbers, [ANNA]);
      assert.deepEqual(counter.foreign, []);
    });

    test(`a scanner set to ${name} like its computer gives the number: ${form}`, () => {
      const counter = atCounter();
      counter.scan(text, { scanner: computer, computer });
      assert.deepEqual(counter.numbers, [ANNA]);
      assert.deepEqual(counter.foreign, []);
    });
  }

  test(`on ${name} the address of a card is as good as on a US keyboard: no warning`, () => {
    const counter = atCounter();
    counter.scan(ADDRESS, { computer });
    assert.deepEqual(counter.seen.find(({ card }) => card)?.card?.payload.warnings, []);
  });
}

for (const letters of ["aaaa", "adad", "aeae"]) {
  test(`on Dvorak two readings may both be numbers; the one with real hyphens is true (${letters})`, () => {
    const number = `00000000-0000-1000-8000-00100000${letters}`;
    const { US, Dvorak } = LAYOUTS;
    for (const scanner of [US, Dvorak]) {
      const counter = atCounter();
      counter.scan(number, { scanner, computer: Dvorak });
      assert.deepEqual(counter.numbers, [number]);
    }
  });
}

test("with caps lock on, the computer sees capitals and the number is the same", () => {
  const counter = atCounter();
  for (const char of ADDRESS.toUpperCase()) {
    const letter = /[A-Z]/.test(char);
    const sign = { "-": "Minus", "/": "Slash", ":": "Semicolon", ".": "Period" }[char];
    const code = letter ? `Key${char}` : sign ?? `Digit${char}`;
    counter.press({ code, key: char, shiftKey: char === ":" }, 2);
  }
  assert.deepEqual(counter.numbers, [ANNA]);
});

test("digits from the number pad count, with num lock on or off", () => {
  for (const key of ["", "Home"]) {
    const counter = atCounter();
    for (const char of ANNA) {
      const digit = /[0-9]/.test(char);
      const other = char === "-" ? "NumpadSubtract" : `Key${char.toUpperCase()}`;
      counter.press({ code: digit ? `Numpad${char}` : other, key: digit && key ? key : char }, 2);
    }
    assert.deepEqual(counter.numbers, [ANNA]);
  }
});

test("keys without a place, as some phones send them, are read by what they say", () => {
  const counter = atCounter();
  for (const char of ADDRESS) counter.press({ code: "", key: char }, 30);
  assert.deepEqual(counter.numbers, [ANNA]);
});

/** @type {[string, (code: number) => string][]} */
const WAYS = [
  ["without zeros", (code) => `${code}`],
  ["with one zero", (code) => `0${code}`],
  ["with four digits", (code) => `${code}`.padStart(4, "0")],
];
for (const [name, digits] of WAYS) {
  test(`Alt codes ${name} are read, and the last one ends with Alt coming up`, () => {
    const counter = atCounter();
    counter.scanByAltCodes(ADDRESS, digits);
    assert.deepEqual(counter.numbers, [ANNA]);
  });
}

test("Alt codes for the signs alone, keys for the rest", () => {
  const counter = atCounter();
  for (const char of ADDRESS) {
    if (/[0-9a-z]/.test(char)) counter.scan(char, { end: null });
    else counter.scanByAltCodes(char, (code) => `0${code}`);
  }
  assert.deepEqual(counter.numbers, [ANNA]);
});

test("an Alt code for Enter ends the chip's form", () => {
  const counter = atCounter();
  counter.scanByAltCodes(`${ANNA.replaceAll("-", "")}\r`, (code) => `0${code}`);
  assert.deepEqual(counter.numbers, [ANNA]);
});

test("Alt codes are kept from the browser, for which Alt and 4 may mean “back”", () => {
  const counter = atCounter();
  counter.scanByAltCodes("-", () => "045");
  assert.deepEqual(counter.seen.map(({ key, swallow }) => [key, swallow]), [
    ["Alt", false], ["0", true], ["4", true], ["5", true], ["Alt up", true],
  ]);
});

test("letters that come with AltGr are letters", () => {
  const counter = atCounter();
  for (const char of `{${ANNA}}`) {
    const bracket = /[{}]/.test(char);
    counter.press({ code: bracket ? "Digit7" : "", key: char, altKey: bracket, ctrlKey: bracket }, 2);
  }
  counter.press(TAB, 2);
  assert.deepEqual(counter.numbers, [ANNA]);
});
