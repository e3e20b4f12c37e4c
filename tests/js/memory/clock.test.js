import assert from "node:assert/strict";
import { test } from "node:test";

import {
  TOLERANCE_MS,
  likelyTime,
  seen,
  siteTime,
  synced,
} from "../../../validator/static/js/memory/pack.js";

const SITE = Date.parse("2026-11-24T12:00:00Z");
const DEVICE = Date.parse("2026-11-24T09:17:00Z");

test("a device with a wrong clock returns the site's time", () => {
  assert.equal(siteTime(synced(DEVICE, SITE), DEVICE + 60_000), SITE + 60_000);
});

test("the time is unknown before the server has sent it", () => {
  assert.ok(Number.isNaN(siteTime(null, DEVICE)));
  assert.equal(likelyTime(null, DEVICE), DEVICE);
});

test("an answer that was long under way makes ages older, never younger", () => {
  const askedAt = DEVICE;
  const heardAt = DEVICE + 8_000;

  assert.ok(siteTime(synced(askedAt, SITE), heardAt) >= SITE);
});

test("a clock that went back by more than five minutes gives no age", () => {
  const later = seen(synced(DEVICE, SITE), DEVICE + 3_600_000);

  assert.equal(siteTime(later, DEVICE + 3_600_000 - TOLERANCE_MS), SITE + 3_600_000 - TOLERANCE_MS);
  assert.ok(Number.isNaN(siteTime(later, DEVICE + 3_600_000 - TOLERANCE_MS - 1)));
});

test("looking at a clock that went back does not make it right", () => {
  const later = seen(synced(DEVICE, SITE), DEVICE + 3_600_000);

  assert.ok(Number.isNaN(siteTime(seen(later, DEVICE), DEVICE)));
});

test("the next sync makes a clock right that went back", () => {
  assert.equal(siteTime(synced(DEVICE - 3_600_000, SITE), DEVICE - 3_600_000), SITE);
});
