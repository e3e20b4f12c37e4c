import assert from "node:assert/strict";
import { test } from "node:test";

import { grouped } from "../../../validator/static/js/typing/typed_number.js";

const NUMBER = "3e506370-826a-103d-bf76-001000000001";

/** The field with the caret as |. @param {string} marked @param {boolean} [forward] */
function group(marked, forward) {
  const caret = marked.indexOf("|");
  const result = grouped(marked.replace("|", ""), caret, forward);
  return `${result.text.slice(0, result.caret)}|${result.text.slice(result.caret)}`;
}

/** Types into a field, one key after the other. @param {string} keys */
function type(keys) {
  let state = { text: "", caret: 0 };
  for (const key of keys) {
    const text = state.text.slice(0, state.caret) + key + state.text.slice(state.caret);
    state = grouped(text, state.caret + key.length);
  }
  return state;
}

test("a number typed without dashes is put in five groups, with the caret at its end", () => {
  assert.deepEqual(type(NUMBER.replaceAll("-", "")), { text: NUMBER, caret: 36 });
});

test("a number typed with dashes, spaces or long dashes is put in the same groups", () => {
  for (const dash of ["-", " ", "–", "\u00a0"]) {
    assert.deepEqual(type(NUMBER.replaceAll("-", dash)), { text: NUMBER, caret: 36 });
  }
});

test("capitals stay as they were typed", () => {
  assert.equal(type("3E506370826A").text, "3E506370-826A");
});

test("a dash comes with the first digit behind it, never before", () => {
  assert.equal(group("12345678|"), "12345678|");
  assert.equal(group("123456789|"), "12345678-9|");
});

test("a dash that is typed at the end of a group stays", () => {
  assert.equal(group("12345678-|"), "12345678-|");
  assert.equal(group("1234-|"), "1234|");
});

test("Backspace goes through a dash to the digit before it", () => {
  assert.equal(group("12345678-|"), "12345678-|");
  assert.equal(group("12345678|9"), "12345678|-9");
  assert.equal(group("1234567|-9"), "1234567|9");
});

test("Delete goes through a dash to the digit behind it", () => {
  assert.equal(group("12345678|9", true), "12345678-|9");
  assert.equal(group("12345678-|", true), "12345678-|");
});

test("in the middle the caret stays behind what was typed", () => {
  assert.equal(group("123X|45678-9".replace("X", "a")), "123a|4567-89");
  assert.equal(group("12345678a|-9abc-d"), "12345678-a|9ab-cd");
});

test("too many digits are not hidden", () => {
  assert.equal(grouped(`${NUMBER}12`, 38).text, `${NUMBER}12`);
});

test("addresses and other words are not changed", () => {
  for (const text of [
    "https://s.esc-r.eu/3e506370826a", "urn:uuid:3e506370826a", "{3e506370826a", "3e5o6370826a",
    "esc.gg/3e50",
    "👩‍🎓3e506370826a", "\u202e3e506370826aж", "3e506370\u0000826a",
    "a".repeat(5000),
  ]) {
    assert.deepEqual(grouped(text, 3), { text, caret: 3 });
  }
});

test("invisible characters go, and the caret with them", () => {
  assert.equal(group("\u200e1234\u200b567|8\ufeff9"), "1234567|8-9");
});

test("wherever the caret stands, it keeps the digits that were before it", () => {
  for (let caret = 0; caret <= NUMBER.length; caret += 1) {
    const messy = NUMBER.replaceAll("-", " ");
    const result = grouped(messy, caret);
    /** @param {string} text */
    const digits = (text) => text.replace(/[ -]/g, "");
    assert.equal(result.text, NUMBER);
    assert.equal(digits(result.text.slice(0, result.caret)), digits(messy.slice(0, caret)));
  }
});
