import assert from "node:assert/strict";
import { test } from "node:test";

import { QUIET_MS, isIdle } from "../../../validator/static/js/pwa/app.js";

const QUIET = {
  lastCardAt: 0, isShowing: false, isAsking: false, isTyping: false, isHidden: false,
};

test("a new version waits until no card was seen for a while", () => {
  assert.equal(isIdle(QUIET, QUIET_MS - 1), false);
  assert.equal(isIdle(QUIET, QUIET_MS), true);
});

test("a new version never removes a result from the screen, unless the page is hidden", () => {
  const showing = { ...QUIET, isShowing: true };
  assert.equal(isIdle(showing, 10 * QUIET_MS), false);
  assert.equal(isIdle({ ...showing, isHidden: true }, 0), true);
});

for (const work of ["isAsking", "isTyping"]) {
  test(`a new version never takes over while ${work}, visible or hidden`, () => {
    assert.equal(isIdle({ ...QUIET, [work]: true }, 10 * QUIET_MS), false);
    assert.equal(isIdle({ ...QUIET, [work]: true, isHidden: true }, 10 * QUIET_MS), false);
  });
}
