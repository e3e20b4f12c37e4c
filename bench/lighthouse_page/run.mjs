// Lighthouse's mobile figures of one page, as a row: `node run.mjs ADDRESS COOKIE`.
import { existsSync } from "node:fs";
import lighthouse from "lighthouse";
import { launch } from "chrome-launcher";

const [address, cookie] = process.argv.slice(2);
const CATEGORIES = ["performance", "accessibility", "best-practices"];
const FIGURES = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift",
  "speed-index", "total-byte-weight"];

const whole = "/usr/bin/chromium";
const chrome = await launch({
  chromePath: process.env.ESCV_CHROMIUM || (existsSync(whole) ? whole : `${whole}-headless-shell`),
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
try {
  const extraHeaders = cookie ? { Cookie: cookie } : {};
  const run = await lighthouse(address, { port: chrome.port, onlyCategories: CATEGORIES, extraHeaders, logLevel: "error" });
  const { categories, audits, finalDisplayedUrl } = run.lhr;
  if (new URL(finalDisplayedUrl).pathname !== new URL(address).pathname) {
    throw new Error(`ended at ${finalDisplayedUrl}`);
  }
  console.log(CATEGORIES.map((name) => `${name} ${Math.round(100 * categories[name].score)}`).join("   "));
  console.log(FIGURES.map((name) => `${name} ${audits[name].displayValue || audits[name].numericValue}`).join("   "));
  for (const audit of Object.values(audits)) {
    if (audit.score !== null && audit.score < 0.9 && audit.scoreDisplayMode !== "informative") {
      console.log(`  ${audit.id}: ${audit.score} ${audit.displayValue ?? ""}`);
    }
  }
} finally {
  chrome.kill();
}
