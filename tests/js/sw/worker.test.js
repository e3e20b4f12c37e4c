import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

import { createHand } from "../checking/hand.js";

const TEXT = readFileSync(new URL("../../../validator/static/js/sw/worker.js", import.meta.url), "utf8");
const HERE = "https://validator.example";
const SHELL = { version: "1", root: "/", pages: { "/": "/shell/1/" }, files: ["/static/1/words.json"] };

/**
 * The service worker on a disk of which every question ends like this; every page and file comes by network.
 * @param {() => Promise<never>} ask
 */
function workerOn(ask) {
  /** @type {Record<string, (event: object) => void>} */
  const listeners = {};
  const hand = createHand();
  const self = {
    SHELL,
    location: { origin: HERE },
    addEventListener: (/** @type {string} */ name, /** @type {() => void} */ listener) =>
      Object.assign(listeners, { [name]: listener }),
  };
  runInNewContext(TEXT, {
    self,
    URL,
    Response,
    caches: { open: ask, match: ask },
    fetch: async (/** @type {{url: string}} */ { url }) => new Response(`the network's ${new URL(url).pathname}`),
    setTimeout: hand.timers.setTimeout,
    clearTimeout: hand.timers.clearTimeout,
  });
  return {
    hand,
    /** What comes of this request. @param {string} path @param {string} mode */
    async get(path, mode) {
      /** @type {Promise<Response> | undefined} */
      let answer;
      listeners["fetch"]?.({
        request: { method: "GET", url: HERE + path, mode },
        respondWith: (/** @type {Promise<Response>} */ given) => (answer = given),
        waitUntil: (/** @type {Promise<unknown>} */ work) => void work.catch(() => undefined),
      });
      await hand.pass(3_000);
      return (await answer)?.text();
    },
  };
}

for (const [how, ask] of /** @type {const} */ ([
  ["fails", () => Promise.reject(new Error("no such disk"))],
  ["stands still", () => new Promise(() => undefined)],
])) {
  test(`where the disk ${how}, pages and files come over the network`, async () => {
    for (const [path, mode] of /** @type {const} */ ([
      ["/", "navigate"],
      ["/manage/alerts", "navigate"],
      ["/static/1/words.json", "cors"],
    ])) {
      assert.equal(await workerOn(/** @type {() => Promise<never>} */ (ask)).get(path, mode), `the network's ${path}`);
    }
  });
}
