import assert from "node:assert/strict";
import { test } from "node:test";

import { installWay } from "../../../validator/static/js/pwa/app.js";

const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 Version/18.4 Mobile Safari/604.1";
const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.4 Safari/605.1.15";
const ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36";

test("an iPhone shows the way by hand, as it has no prompt", () => {
  assert.equal(installWay({ userAgent: IPHONE, maxTouchPoints: 5, isStandalone: false }), "ios");
});

test("an iPad that reports to be a Mac is known by its touch screen", () => {
  assert.equal(installWay({ userAgent: MAC, maxTouchPoints: 5, isStandalone: false }), "ios");
  assert.equal(installWay({ userAgent: MAC, maxTouchPoints: 0, isStandalone: false }), "prompt");
});

test("an installed app has no offer", () => {
  assert.equal(installWay({ userAgent: IPHONE, maxTouchPoints: 5, isStandalone: true }), "installed");
  assert.equal(installWay({ userAgent: ANDROID, maxTouchPoints: 5, isStandalone: true }), "installed");
});

test("other browsers have a prompt", () => {
  assert.equal(installWay({ userAgent: ANDROID, maxTouchPoints: 5, isStandalone: false }), "prompt");
});
