import assert from "node:assert/strict";
import { test } from "node:test";

import { BEGUN, step } from "../../../validator/static/js/checking/race.js";
import { decideAlone } from "../../../validator/static/js/memory/decide.js";
import { ANNA, NOON, REMEMBERED, verdict } from "./examples.js";

/** @import {Decide} from "../../../validator/static/js/checking/race.js" */

/** @type {Decide} */
const decide = (why, without) => decideAlone(ANNA, without ? null : REMEMBERED, NOON, {}, why);

test("once a race is settled, nothing that comes late changes it", () => {
  const settled = step(BEGUN, { kind: "live", verdict: verdict() }, decide);

  for (const event of /** @type {const} */ ([
    { kind: "still_looking" },
    { kind: "found", link: "offline" },
    { kind: "patience" },
    { kind: "last", link: "offline" },
    { kind: "failed", why: "offline" },
    { kind: "live", verdict: verdict({ outcome: "not_valid", reason: "inactive" }) },
  ])) {
    assert.equal(step(settled, event, decide), settled);
  }
});
