// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf } from "../../../validator/static/js/camera/platform.js";
import { troubleOf } from "../../../validator/static/js/camera/trouble.js";

const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1";
const IPAD = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15";
const PIXEL = "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36";
const FIREFOX = "Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0";
const browserPage = { secure: true, standaloneDisplay: false };
const homePage = { secure: true, standaloneDisplay: true };
const CHROME = "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0 Safari/537.36";
const desktop = factsOf({ userAgent: CHROME }, browserPage);

const NAMES = [
  "NotAllowedError", "SecurityError", "NotFoundError", "OverconstrainedError", "NotReadableError",
  "AbortError", "insecure", "unsupported", "tap", "ended", "muted", "still", "black", "too_close",
  "SomethingNewError",
];
const SYSTEMS = [
  factsOf({ userAgent: IPHONE }, browserPage),
  factsOf({ userAgent: IPHONE, standalone: true }, homePage),
  factsOf({ userAgent: IPAD, maxTouchPoints: 5 }, browserPage),
  factsOf({ userAgent: PIXEL }, browserPage),
  factsOf({ userAgent: PIXEL }, homePage),
  factsOf({ userAgent: FIREFOX }, browserPage),
  desktop,
];

test("A Mac with a touch screen is an iPad, one without is a Mac", () => {
  assert.equal(factsOf({ userAgent: IPAD, maxTouchPoints: 5 }, browserPage).system, "ios");
  assert.equal(factsOf({ userAgent: IPAD }, browserPage).system, "desktop");
});

test("Android with Chrome and with Firefox are told apart", () => {
  assert.deepEqual(factsOf({ userAgent: PIXEL }, homePage), {
    system: "android", browser: "chrome", installed: true, secure: true,
  });
  assert.equal(factsOf({ userAgent: FIREFOX }, browserPage).browser, "firefox");
});

test("Every problem on every system says what to do next, in whole sentences", () => {
  for (const name of NAMES) {
    for (const facts of SYSTEMS) {
      const { title, next } = troubleOf(name, facts);
      assert.match(title, /^[A-Z].*[a-z]$/, name);
      assert.match(next, /^[A-Z].*\.$/, name);
      assert.doesNotMatch(title + next, /error|exception|failed|undefined|['"]/i, name);
    }
  }
});

test("A refusal is undone elsewhere on each system", () => {
  const words = new Set(SYSTEMS.map((facts) => troubleOf("NotAllowedError", facts).next));
  assert.equal(words.size, 6); // the iPad's are the iPhone's
});

test("On an insecure address nothing else is worth saying", () => {
  assert.equal(troubleOf("NotAllowedError", { ...desktop, secure: false }).code, "insecure");
  assert.equal(troubleOf("unsupported", { ...desktop, secure: false }).code, "insecure");
});

test("What was never heard of still offers a way on", () => {
  assert.deepEqual(troubleOf("SomethingNewError", desktop).code, "unknown");
});
