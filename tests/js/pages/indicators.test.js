import assert from "node:assert/strict";
import { test } from "node:test";

import { statusLine } from "../../../validator/static/js/pages/indicators.js";

/** @import {Facts} from "../../../validator/static/js/pages/indicators.js" */

const EMPTY = "Offline: nothing remembered on this device. Cards can be checked again when the connection is back";
const NO_AGE =
  "Offline: this device’s clock was changed, so remembered answers are not used. Connect once to use them again";
const QUIET = { slow: null, packAge: 720, packCards: 400, queued: 0, contradictions: 0 };

/** @type {Array<[Facts, string]>} */
const LINES = [
  [{ ...QUIET, link: "live" }, "Online"],
  [{ ...QUIET, link: "slow" }, "Slow: remembered answers first"],
  [{ ...QUIET, link: "slow", slow: "network" }, "Weak signal: remembered answers first"],
  [{ ...QUIET, link: "slow", slow: "server", packCards: 0 }, "Our server is slow: answers take a moment"],
  [{ ...QUIET, link: "slow", slow: "register" }, "The card register is slow: remembered answers first"],
  [{ ...QUIET, link: "slow", packCards: 0 }, "Slow: answers take a moment"],
  [{ ...QUIET, link: "slow", packAge: null }, "Slow: answers take a moment"],
  [{ ...QUIET, link: "offline" }, "Offline: answering from memory of 12 min ago"],
  [{ ...QUIET, link: "offline", packCards: 0 }, EMPTY],
  [{ ...QUIET, link: "offline", packAge: null }, NO_AGE],
];
for (const [facts, text] of LINES) {
  test(`the status says “${text}”`, () => assert.equal(statusLine(facts).text, text));
}

test("what waits and what differs is counted in words, and not mentioned where there is none", () => {
  const { queued, contradictions } = statusLine({ ...QUIET, link: "live" });
  assert.deepEqual([queued, contradictions], [null, null]);

  const three = statusLine({ ...QUIET, link: "live", queued: 3, contradictions: 1 });
  assert.equal(three.queued, "3 checks waiting to be confirmed");
  assert.equal(three.contradictions, "1 result has changed. Check it");
  assert.equal(statusLine({ ...QUIET, link: "live", queued: 1 }).queued, "1 check waiting to be confirmed");
});

test("an age has words that people use", () => {
  const hour = 3_600;
  const ages = [0, 59, 60, 720, hour - 1, hour, 47 * hour, 48 * hour];
  const told = ages.map((packAge) => statusLine({ ...QUIET, link: "offline", packAge }).text.split("memory of ")[1]);

  const briefly = "less than a minute ago";
  assert.deepEqual(told, [
    briefly, briefly, "1 min ago", "12 min ago", "59 min ago", "1 h ago", "47 h ago", "2 days ago",
  ]);
});
