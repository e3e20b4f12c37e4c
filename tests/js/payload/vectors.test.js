import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { parsePayload } from "../../../validator/static/js/payload/payload.js";

/**
 * @typedef {string | null} Maybe
 * @type {{text: string, escn: Maybe, warnings: string[], code: Maybe, kind: Maybe, why: string}[]}
 */
const VECTORS = JSON.parse(
  readFileSync(new URL("../../vectors/payloads.json", import.meta.url), "utf8"),
);

test("the table is there, with numbers and refusals", () => {
  assert.ok(VECTORS.filter(({ escn }) => escn !== null).length > 100);
  assert.ok(VECTORS.filter(({ code }) => code !== null).length > 100);
});

for (const { text, escn, warnings, code, kind, why } of VECTORS) {
  test(`as the server reads it: ${why}`, () => {
    assert.deepEqual(parsePayload(text), escn === null ? { code, kind } : { escn, warnings });
  });
}
