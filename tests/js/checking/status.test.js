import assert from "node:assert/strict";
import { test } from "node:test";

import { ageText, statusLine } from "../../../validator/static/js/checking/status.js";
import { WORDS as ALL } from "../result/words.js";

/** @import {Facts} from "../../../validator/static/js/checking/status.js" */

const WORDS = ALL.status;
const QUIET = { slow: null, packAge: 720, packCards: 400, queued: 0, contradictions: 0 };

/** @type {Array<[Facts, string]>} */
const LINES = [
  [{ ...QUIET, link: "live" }, "Live"],
  [{ ...QUIET, link: "slow" }, "Slow: remembered answers first"],
  [{ ...QUIET, link: "slow", slow: "network" }, "Weak signal: remembered answers first"],
  [{ ...QUIET, link: "slow", slow: "server", packCards: 0 }, "Our server is slow: answers take a moment"],
  [{ ...QUIET, link: "slow", slow: "register" }, "The card register is slow: remembered answers first"],
  [{ ...QUIET, link: "slow", packCards: 0 }, WORDS.slow_empty],
  [{ ...QUIET, link: "slow", packAge: null }, WORDS.slow_empty],
  [{ ...QUIET, link: "offline" }, "Offline: answering from memory of 12 min ago"],
  [{ ...QUIET, link: "offline", packCards: 0 }, WORDS.offline_empty],
  [{ ...QUIET, link: "offline", packAge: null }, WORDS.offline_no_age],
];
for (const [facts, text] of LINES) {
  test(`the status says “${text}”`, () => assert.equal(statusLine(facts, WORDS).text, text));
}

test("what waits and what differs is counted in words, and not mentioned where there is none", () => {
  const { queued, contradictions } = statusLine({ ...QUIET, link: "live" }, WORDS);
  assert.deepEqual([queued, contradictions], [null, null]);

  const three = statusLine({ ...QUIET, link: "live", queued: 3, contradictions: 1 }, WORDS);
  assert.equal(three.queued, "3 checks waiting to be confirmed");
  assert.equal(three.contradictions, WORDS.contradiction_one);
  assert.equal(statusLine({ ...QUIET, link: "live", queued: 1 }, WORDS).queued, "1 check waiting to be confirmed");
});

test("an age is told as people tell it", () => {
  const hour = 3_600;
  const told = [0, 59, 60, 720, hour - 1, hour, 47 * hour, 48 * hour].map((age) => ageText(age, WORDS));

  const briefly = "less than a minute";
  assert.deepEqual(told, [briefly, briefly, "1 min", "12 min", "59 min", "1 h", "47 h", "2 days"]);
});
