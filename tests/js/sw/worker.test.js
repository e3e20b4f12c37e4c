import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

import { createClock } from "../fake_clock.js";

const TEXT = readFileSync(new URL("../../../validator/static/js/sw/worker.js", import.meta.url), "utf8");
const ORIGIN = "https://validator.example";
const SHELL = {
  ...{ version: "1", root: "/", pages: { "/": "/shell/1/" }, files: ["/static/1/messages.en.json"] },
  offline: "<h1>No connection</h1>",
};

/**
 * The service worker with a cache that answers each request like this; the network serves every page and file.
 * @param {() => Promise<never>} lookUp
 */
function workerWith(lookUp) {
  /** @type {Record<string, (event: object) => void>} */
  const listeners = {};
  const clock = createClock();
  const self = {
    SHELL,
    location: { origin: ORIGIN },
    addEventListener: (/** @type {string} */ name, /** @type {() => void} */ listener) =>
      Object.assign(listeners, { [name]: listener }),
  };
  runInNewContext(TEXT, {
    self,
    URL,
    Response,
    caches: { open: lookUp, match: lookUp },
    fetch: async (/** @type {{url: string}} */ { url }) => new Response(`the network's ${new URL(url).pathname}`),
    setTimeout: clock.timers.setTimeout,
    clearTimeout: clock.timers.clearTimeout,
  });
  return {
    clock,
    /** The text of the answer to this request. @param {string} path @param {string} mode */
    async get(path, mode) {
      /** @type {Promise<Response> | undefined} */
      let answer;
      listeners["fetch"]?.({
        request: { method: "GET", url: ORIGIN + path, mode },
        respondWith: (/** @type {Promise<Response>} */ given) => (answer = given),
        waitUntil: (/** @type {Promise<unknown>} */ work) => void work.catch(() => undefined),
      });
      await clock.pass(3_000);
      return (await answer)?.text();
    },
  };
}

for (const [how, lookUp] of /** @type {const} */ ([
  ["fails", () => Promise.reject(new Error("no such disk"))],
  ["does not answer", () => new Promise(() => undefined)],
])) {
  test(`where the disk ${how}, pages and files come from the network`, async () => {
    for (const [path, mode] of /** @type {const} */ ([
      ["/", "navigate"],
      ["/manage/alerts", "navigate"],
      ["/static/1/messages.en.json", "cors"],
    ])) {
      assert.equal(await workerWith(/** @type {() => Promise<never>} */ (lookUp)).get(path, mode), `the network's ${path}`);
    }
  });
}
