import assert from "node:assert/strict";
import { test } from "node:test";

import { age, timeOfDay } from "../../../validator/static/js/result/moments.js";
import { present } from "../../../validator/static/js/result/present.js";
import { SHOWN, verdict } from "./verdicts.js";

test("a script shows exactly what the page shows, for every reason, source, age, card and date", () => {
  assert.ok(SHOWN.length > 150);
  for (const { verdict: given, now, zone, shown } of SHOWN) {
    assert.deepEqual(present(given, new Date(now), zone), shown, JSON.stringify(given));
  }
});

test("the device's own time zone plays no part", () => {
  const before = process.env.TZ;
  const places = ["Pacific/Kiritimati", "America/Los_Angeles", "UTC"];
  const { now, zone } = SHOWN[0];
  const told = places.map((place) => {
    process.env.TZ = place;
    return JSON.stringify(present(verdict(), new Date(now), zone));
  });
  process.env.TZ = before;
  assert.equal(new Set(told).size, 1);
});

test("ages have one unit, rounded down", () => {
  const ages = [0, 2, 3, 59, 60, 3599, 3600, 86_399, 86_400, 172_800];
  assert.deepEqual(ages.map((seconds) => age(seconds)), [
    "just now", "just now", "3 s ago", "59 s ago", "1 min ago", "59 min ago", "1 h ago", "23 h ago",
    "1 day ago", "2 days ago",
  ]);
});

test("the time of day stands on the place's clock, midnight as 00", () => {
  assert.equal(timeOfDay(new Date("2026-07-07T22:00:09Z"), "Europe/Brussels"), "00:00:09");
});

