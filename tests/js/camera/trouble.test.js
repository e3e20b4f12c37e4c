import assert from "node:assert/strict";
import { test } from "node:test";
import { describeTrouble, detectPlatform } from "../../../validator/static/js/camera/trouble.js";

const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1";
const IPAD = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15";
const PIXEL = "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36";
const FIREFOX = "Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0";
const browserPage = { secure: true, standaloneDisplay: false };
const homePage = { secure: true, standaloneDisplay: true };
const CHROME = "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0 Safari/537.36";
const desktop = detectPlatform({ userAgent: CHROME }, browserPage);

const NAMES = [
  "NotAllowedError", "SecurityError", "NotFoundError", "OverconstrainedError", "NotReadableError",
  "AbortError", "insecure", "unsupported", "tap", "ended", "muted", "still", "black", "too_close",
  "SomethingNewError",
];
const PLATFORMS = [
  detectPlatform({ userAgent: IPHONE }, browserPage),
  detectPlatform({ userAgent: IPHONE, standalone: true }, homePage),
  detectPlatform({ userAgent: IPAD, maxTouchPoints: 5 }, browserPage),
  detectPlatform({ userAgent: PIXEL }, browserPage),
  detectPlatform({ userAgent: PIXEL }, homePage),
  detectPlatform({ userAgent: FIREFOX }, browserPage),
  desktop,
];

test("A Mac with a touch screen is an iPad, one without is a Mac", () => {
  assert.equal(detectPlatform({ userAgent: IPAD, maxTouchPoints: 5 }, browserPage).system, "ios");
  assert.equal(detectPlatform({ userAgent: IPAD }, browserPage).system, "desktop");
});

test("Android with Chrome differs from Android with Firefox", () => {
  assert.deepEqual(detectPlatform({ userAgent: PIXEL }, homePage), {
    system: "android", browser: "chrome", installed: true, secure: true,
  });
  assert.equal(detectPlatform({ userAgent: FIREFOX }, browserPage).browser, "firefox");
});

test("Every problem on every system says what to do next, in whole sentences", () => {
  for (const name of NAMES) {
    for (const platform of PLATFORMS) {
      const { title, next } = describeTrouble(name, platform);
      assert.match(title, /^[A-Z].*[a-z]$/, name);
      assert.match(next, /^[A-Z].*\.$/, name);
      assert.doesNotMatch(title + next, /error|exception|failed|undefined|['"]/i, name);
    }
  }
});

test("Each system has its own way to undo a refusal", () => {
  const words = new Set(PLATFORMS.map((platform) => describeTrouble("NotAllowedError", platform).next));
  assert.equal(words.size, 6); // the iPad's is the iPhone's
});

test("On an insecure address this is the only trouble that is named", () => {
  assert.equal(describeTrouble("NotAllowedError", { ...desktop, secure: false }).code, "insecure");
  assert.equal(describeTrouble("unsupported", { ...desktop, secure: false }).code, "insecure");
});

test("An unknown error still says what to do", () => {
  assert.deepEqual(describeTrouble("SomethingNewError", desktop).code, "unknown");
});
