import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { _, locale, N_, ngettext, parts, pgettext, useMessages } from "../../validator/static/js/messages.js";
import { age, day, instant } from "../../validator/static/js/result/moments.js";

/** @typedef {import("../../validator/static/js/messages.js").Catalogue} Catalogue */

/** @type {Catalogue} */
const ENGLISH = { language: "en", locale: "en-GB", zone: "Europe/Brussels", plurals: "", messages: {} };
// One, few and many, as Polish has them.
const POLISH_FORMS = Array.from({ length: 200 }, (_each, n) => {
  const isFew = n % 10 >= 2 && n % 10 <= 4 && !(n % 100 >= 12 && n % 100 <= 14);
  return n === 1 ? "0" : isFew ? "1" : "2";
}).join("");
/** @type {Catalogue} */
const POLISH = {
  ...{ language: "pl", locale: "pl", zone: "Europe/Warsaw", plurals: POLISH_FORMS },
  messages: {
    "Check again": ["Sprawdź ponownie"],
    "take the answer away\u0004Clear": ["Wyczyść"],
    "%(num)s day ago": ["%(num)s dzień temu", "%(num)s dni temu", "%(num)s dni temu"],
    "%(num)s files": ["%(num)s plik", "%(num)s pliki", "%(num)s plików"],
    "%(date)s, %(time)s": ["%(time)s, %(date)s"],
  },
};

afterEach(() => useMessages(ENGLISH));

test("English needs no entries: its texts are the messages", () => {
  assert.equal(_("Check again"), "Check again");
  assert.equal(pgettext("take the answer away", "Clear"), "Clear");
  assert.deepEqual([0, 1, 2].map((num) => ngettext("%(num)s day ago", "%(num)s days ago", num)), [
    "0 days ago", "1 day ago", "2 days ago",
  ]);
});

test("values are filled in by name, a doubled per cent sign is one, and what is not given stays", () => {
  assert.equal(_("%(a)s of %(b)s: 100 %%", { b: "B", a: 1 }), "1 of B: 100 %");
  assert.equal(_("%(a)s", { a: "%(b)s", b: "no" }), "%(b)s");
  assert.equal(_("checked %(age)s"), "checked %(age)s");
});

test("another language gives its own texts, and English where it has none", () => {
  useMessages(POLISH);
  assert.equal(_(N_("Check again")), "Sprawdź ponownie");
  assert.equal(pgettext("take the answer away", "Clear"), "Wyczyść");
  assert.equal(_("Clear"), "Clear");
  assert.equal(_("constructor"), "constructor");
  assert.equal(ngettext("one thing", "many things", 5), "many things");
});

test("plural forms follow the language's rule, also beyond the table", () => {
  useMessages(POLISH);
  const said = [1, 2, 5, 12, 22, 199, 222, 1_012, 1_002].map((num) => ngettext("%(num)s files", "", num).split(" ")[1]);
  assert.deepEqual(said, ["plik", "pliki", "plików", "plików", "pliki", "plików", "pliki", "plików", "pliki"]);
});

test("dates, times and ages have the language's forms", () => {
  useMessages(POLISH);
  assert.equal(locale(), "pl");
  assert.equal(day("2026-03-07").text, "7 marca 2026");
  assert.equal(instant("2026-03-07T13:05:00Z", "Europe/Warsaw").text, "14:05, 7 marca 2026");
  assert.equal(age(86_400), "1 dzień temu");
});

test("something else than text can take the place of a value", () => {
  const mark = { strong: "3 h ago" };
  assert.deepEqual(parts("checked %(age)s", "age", mark), ["checked ", mark, ""]);
  assert.deepEqual(parts("%(age)s geprüft", "age", mark), ["", mark, " geprüft"]);
  assert.deepEqual(parts("no place for it", "age", mark), ["no place for it"]);
});
