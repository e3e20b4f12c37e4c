import assert from "node:assert/strict";
import { test } from "node:test";

import { afterScan, isDue, NO_SCANS } from "../../../validator/static/js/pages/indicators.js";
import { ANNA, atCounter, BRUNO, ENTER, TAB } from "./scanning.js";

const ADDRESS = `https://s.esc-r.eu/${ANNA}`;
const CHIP = ANNA.replaceAll("-", "");

for (const gap of [1, 20, 100, 300]) {
  test(`a scan with ${gap} ms between its keys is read at its last character, before Enter`, () => {
    const counter = atCounter();
    counter.scan(ADDRESS, { gap, end: null });
    assert.deepEqual(counter.numbers, [ANNA]);
    assert.equal(counter.seen.at(-1)?.card?.ms, (ADDRESS.length - 1) * gap);
    assert.equal(counter.seen.at(-1)?.card?.keys, ADDRESS.length);
  });

  test(`the form without hyphens waits for Enter, Tab or silence, ${gap} ms between its keys`, () => {
    for (const finish of [ENTER, TAB, null]) {
      const counter = atCounter();
      counter.scan(CHIP, { gap, end: null });
      assert.deepEqual(counter.numbers, []);
      if (finish) counter.press(finish, gap);
      else counter.wait(400);
      assert.deepEqual(counter.numbers, [ANNA]);
    }
  });

  test(`two scans in a row are two numbers, ${gap} ms between all keys`, () => {
    const counter = atCounter();
    counter.scan(ADDRESS, { gap });
    counter.scan(`http://esc.gg/${BRUNO}`, { gap });
    counter.scan(ADDRESS, { gap });
    assert.deepEqual(counter.numbers, [ANNA, BRUNO, ANNA]);
    assert.deepEqual(counter.foreign, []);
  });
}

test("two scans in a row are two numbers where the scanner sends no Enter", () => {
  const counter = atCounter();
  counter.scan(ADDRESS, { end: null });
  counter.scan(`http://esc.gg/${BRUNO}`, { end: null });
  assert.deepEqual(counter.numbers, [ANNA, BRUNO]);
});

test("the keys after a number are kept from the page and give no result", () => {
  const counter = atCounter();
  counter.scan(`${ADDRESS}/`, { end: null });
  const behind = [counter.seen.at(-1), counter.press(ENTER, 1), counter.press(ENTER, 1), counter.press(TAB, 1)];
  assert.deepEqual(behind.map((outcome) => outcome?.swallow), [true, true, true, true]);
  counter.wait(400);
  assert.deepEqual(counter.numbers, [ANNA]);
  assert.deepEqual(counter.foreign, []);
  assert.equal(counter.press(ENTER, 1000).swallow, false);
});

for (const text of [ADDRESS, "Name Surname 1234 5678"]) {
  test(`the end of a scan that a busy system hands over late presses nothing: ${text}`, () => {
    const counter = atCounter();
    counter.scan(text, { end: null });
    counter.wait(400);
    assert.equal(counter.press(ENTER, 1 - 400).swallow, true);
    assert.equal(counter.press(ENTER, 1000).swallow, false);
  });
}

test("Enter, pressed again and again after a scan, reaches the page a moment later", () => {
  const counter = atCounter();
  counter.scan(ADDRESS);
  const heard = Array.from({ length: 10 }, () => counter.press(ENTER, 60)).map(({ swallow }) => !swallow);
  assert.deepEqual(heard.indexOf(true), 5);
});

test("a line feed sent as Ctrl+J opens no list of downloads", () => {
  const counter = atCounter();
  counter.scan(ADDRESS);
  assert.equal(counter.press({ code: "KeyJ", key: "j", ctrlKey: true }, 1).swallow, true);
  counter.wait(1000);
  assert.equal(counter.press({ code: "KeyJ", key: "j", ctrlKey: true }, 1).swallow, false);
});

test("function keys, a start-of-text or a symbology identifier in front do no harm", () => {
  const counter = atCounter();
  counter.press({ code: "F8", key: "F8" }, 1);
  counter.press({ code: "KeyB", key: "b", ctrlKey: true }, 1);
  counter.scan(`]Q1${ADDRESS}`, { end: { code: "F9", key: "F9" } });
  assert.deepEqual(counter.numbers, [ANNA]);
});

test("an arrow or Escape as the suffix ends a scan like Enter", () => {
  for (const key of ["ArrowDown", "Escape"]) {
    const counter = atCounter();
    counter.scan(CHIP, { end: { code: key, key } });
    assert.deepEqual(counter.numbers, [ANNA]);
    assert.equal(counter.seen.at(-1)?.swallow, true);
  }
});

test("a foreign code gives one refusal with its kind, when it has ended", () => {
  const counter = atCounter();
  counter.scan("WIFI:S:canteen;P:secret;;", { end: null });
  assert.deepEqual(counter.foreign, []);
  assert.equal(counter.press(ENTER, 1).swallow, true);
  counter.wait(400);
  assert.deepEqual(counter.foreign, [{ code: "not_an_esc_code", kind: "wifi" }]);
  assert.deepEqual(counter.numbers, []);
});

test("a foreign code of many lines gives one refusal", () => {
  const counter = atCounter();
  for (const line of ["BEGIN:VCARD", "VERSION:3.0", "N:Example;Erika", "END:VCARD"]) counter.scan(line);
  counter.wait(400);
  assert.deepEqual(counter.foreign, [{ code: "not_an_esc_code", kind: "contact" }]);
  counter.scan("https://example.org/menu");
  assert.equal(counter.foreign.length, 2);
});

test("a host that poses as a card's is refused and never taken early", () => {
  const counter = atCounter();
  counter.scan(`https://esc.gg.example.com/${ANNA}`);
  assert.deepEqual(counter.foreign, [{ code: "lookalike_host", kind: "web_address" }]);
  assert.deepEqual(counter.numbers, []);
});

test("an ESI is refused as such, with silence for its end", () => {
  const counter = atCounter();
  counter.scan("urn:schac:personalUniqueCode:int:esi:example.org:1234", { end: null });
  counter.wait(400);
  assert.deepEqual(counter.foreign, [{ code: "esi_not_escn", kind: "number" }]);
});

test("a short code is refused if its Enter came as fast as its characters", () => {
  const counter = atCounter();
  counter.scan("47110");
  counter.wait(400);
  counter.scan("471108", { gap: 20 });
  assert.deepEqual(counter.foreign, Array(2).fill({ code: "not_an_esc_code", kind: "number" }));
  counter.wait(400);
  counter.scan("471108", { gap: 20, end: null });
  counter.press(ENTER, 60);
  assert.equal(counter.foreign.length, 2, "a person pressed Enter later");
});

test("a blank among the first keys of a scan presses no button", () => {
  const counter = atCounter();
  counter.scan("A B-12345678");
  assert.equal(counter.seen.find(({ key }) => key === " ")?.swallow, true);
});

test("a very short code is no event, and its Enter presses no button", () => {
  const counter = atCounter();
  counter.scan("4711", { end: null });
  assert.equal(counter.press(ENTER, 1).swallow, true);
  assert.deepEqual(counter.foreign, []);
});

test("a code longer than any card's is refused once, with any last characters", () => {
  const counter = atCounter();
  counter.scan(`${"7".repeat(5000)}-${ANNA}`);
  assert.deepEqual(counter.foreign, [{ code: "not_an_esc_code", kind: "other" }]);
  assert.equal(counter.wedge.isWaiting, true);
  counter.wait(400);
  assert.equal(counter.wedge.isWaiting, false);
});

test("Sara, typing words at a person's pace, is no scanner: no event, and her keys stay hers", () => {
  for (const gap of [60, 120, 280, 600]) {
    const counter = atCounter();
    counter.scan("search", { gap, end: null });
    assert.equal(counter.press(ENTER, gap).swallow, false);
    counter.scan("hello there everybody", { gap, end: null });
    counter.wait(1000);
    assert.deepEqual([counter.numbers, counter.foreign], [[], []]);
    assert.ok(counter.seen.every(({ card, foreign }) => !card && !foreign));
    assert.equal(counter.press(ENTER, 10).swallow, false);
  }
});

test("fingers that roll over three keys at once are no scanner", () => {
  const counter = atCounter();
  for (const [at, char] of Array.from("well done, everybody").entries()) {
    counter.scan(char, { gap: at % 4 ? 20 : 130, end: null });
  }
  counter.wait(1000);
  assert.deepEqual(counter.foreign, []);
});

test("a key held down is no scanner", () => {
  const counter = atCounter();
  counter.press({ code: "KeyA", key: "a" }, 1);
  for (let times = 0; times < 40; times += 1) counter.press({ code: "KeyA", key: "a", repeat: true }, 30);
  counter.wait(1000);
  assert.deepEqual(counter.foreign, []);
});

test("a person who presses a button over and over with the space bar and Enter is let do so", () => {
  const counter = atCounter();
  for (let times = 0; times < 12; times += 1) {
    assert.equal(counter.press({ code: "Space", key: " " }, 90).swallow, false);
  }
  for (let times = 0; times < 12; times += 1) assert.equal(counter.press(ENTER, 90).swallow, false);
});

test("a number typed with a pause longer than any scanner's is no scan", () => {
  const counter = atCounter();
  counter.scan(ANNA.slice(0, 18), { gap: 100, end: null });
  counter.press({ code: "Minus", key: "-" }, 500);
  counter.scan(ANNA.slice(19), { gap: 100 });
  counter.wait(1000);
  assert.deepEqual(counter.numbers, []);
});

test("shortcuts are let through and no part of a scan", () => {
  const counter = atCounter();
  assert.equal(counter.press({ code: "KeyC", key: "c", ctrlKey: true }, 500).swallow, false);
  assert.equal(counter.press({ code: "KeyR", key: "r", metaKey: true }, 100).swallow, false);
  assert.equal(counter.press({ code: "KeyD", key: "d", altKey: true }, 100).swallow, false);
  counter.scan(ADDRESS, { gap: 2 });
  assert.deepEqual(counter.numbers, [ANNA]);
});

test("after a number or a refusal, nothing of the text is kept", () => {
  const counter = atCounter();
  counter.scan(ADDRESS);
  counter.scan("https://example.org/private");
  counter.wait(400);
  assert.equal(counter.wedge.isWaiting, false);
  counter.press(ENTER, 1);
  assert.equal(counter.numbers.length + counter.foreign.length, 2);
});

test("the prefix and suffix are reported after the number, never before or instead of it", () => {
  const chip = ANNA.replaceAll("-", "");
  for (const [text, before, after] of [
    [`~${ANNA}`, "~", ""],
    [`*https://s.esc-r.eu/${ANNA}`, "*", ""],
    [`QRhttps://s.esc-r.eu/${ANNA}`, "QR", ""],
    [`${ANNA}#`, "", "#"],
    [`%${chip}$`, "%", "$"],
    [`"${chip}"`, '"', '"'],
    [`https://s.esc-r.eu/${ANNA}/`, "", ""],
    [`ESCN: ${ANNA}`, "", ""],
    [`]Q1${ANNA}`, "", ""],
    [ANNA, "", ""],
  ]) {
    for (const end of [ENTER, null]) {
      const counter = atCounter();
      counter.scan(text, { end });
      counter.wait(400);
      assert.deepEqual(counter.numbers, [ANNA], text);
      const reported = counter.seen.flatMap(({ extras }, at) => (extras ? [{ at, extras }] : []));
      assert.deepEqual(reported.map(({ extras }) => extras), [{ before, after }], text);
      assert.ok(counter.seen.findIndex(({ card }) => card) <= reported[0].at, text);
    }
  }
});

test("the tip comes with the third scan in a row with the same extras", () => {
  /** @param {string[]} prefixes */
  const dueAt = (...prefixes) => {
    let tally = NO_SCANS;
    return prefixes.map((before) => isDue((tally = afterScan(tally, { before, after: "" }))));
  };
  assert.deepEqual(dueAt("~", "~", "~"), [false, false, true]);
  assert.deepEqual(dueAt("~", "~", "*", "~"), [false, false, false, false]);
  assert.deepEqual(dueAt("~", "", "~", "~", "~"), [false, false, false, false, true]);
  assert.deepEqual(dueAt("", "", "", ""), [false, false, false, false]);
});
