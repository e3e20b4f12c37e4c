import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { derive, deriveOnce, readBody, sealBody, unsealBody, writeBody } from "../../../validator/static/js/memory/row.js";

/** @import {Row} from "../../../validator/static/js/memory/row.js" */

/** The vectors that tests/unit/offline/test_pack_sealing.py holds the server to. */
const VECTORS = JSON.parse(readFileSync(new URL("../../vectors/pack.json", import.meta.url), "utf8"));
const HOUR_S = 3_600;

/** @param {string} hex */
const bytes = (hex) => new Uint8Array(Buffer.from(hex, "hex"));

/** @param {any} vector */
const salt = (vector) => ({ id: 1, salt: bytes(vector.salt), rounds: vector.rounds, endsAt: 0 });

/** @param {any} body @returns {Row} */
function rowOf({ reason, hour, end, last_day, issuer_pic, issuer_name, academic_level }) {
  return {
    reason,
    checkedAt: hour * HOUR_S,
    goodUntil: end,
    expiresOn: last_day,
    issuerPic: issuer_pic,
    issuerName: issuer_name,
    academicLevel: academic_level,
  };
}

for (const vector of VECTORS) {
  test(`device and server derive, open and seal the same: ${vector.name}`, async () => {
    const row = await derive(crypto.subtle, vector.number, salt(vector));
    assert.equal(Buffer.from(row.id).toString("hex"), vector.id);

    const body = await unsealBody(crypto.subtle, row, bytes(vector.sealed));
    assert.ok(body);
    assert.deepEqual(readBody(body), rowOf(vector.body));
    assert.deepEqual(writeBody(rowOf(vector.body)), body);

    const nonce = bytes(vector.nonce);
    const fixed = /** @type {Crypto} */ (
      /** @type {unknown} */ ({ subtle: crypto.subtle, getRandomValues: () => nonce })
    );
    assert.equal(Buffer.from(await sealBody(fixed, row, body)).toString("hex"), vector.sealed);
  });
}

test("the key of a row can be used and not read", async () => {
  const { key } = await derive(crypto.subtle, "a number", { ...salt(VECTORS[0]), rounds: 5 });

  assert.equal(key.extractable, false);
  await assert.rejects(crypto.subtle.exportKey("raw", key));
});

test("a row sealed again uses another initial value", async () => {
  const row = await derive(crypto.subtle, "a number", { ...salt(VECTORS[0]), rounds: 5 });
  const body = writeBody(rowOf(VECTORS[0].body));
  const sealed = await Promise.all(Array.from({ length: 200 }, () => sealBody(crypto, row, body)));

  assert.equal(new Set(sealed.map((each) => Buffer.from(each.subarray(0, 12)).toString("hex"))).size, 200);
});

test("a card is derived once while it is in hand, and not kept for long", async () => {
  const kept = new Map();
  const few = { ...salt(VECTORS[0]), rounds: 5 };
  const first = deriveOnce(kept, crypto.subtle, "card 0", few);
  assert.equal(deriveOnce(kept, crypto.subtle, "card 0", few), first);
  assert.notEqual(deriveOnce(kept, crypto.subtle, "card 0", { ...few, id: 2 }), first);

  await Promise.all(
    Array.from({ length: 40 }, (_, card) => deriveOnce(kept, crypto.subtle, `card ${card + 1}`, few)),
  );
  assert.equal(kept.size, 16);
  assert.notEqual(deriveOnce(kept, crypto.subtle, "card 0", few), first);
});

test("a derivation that failed is tried again", async () => {
  const kept = new Map();
  const broken = { ...salt(VECTORS[0]), rounds: 0 };

  await assert.rejects(deriveOnce(kept, crypto.subtle, "a number", broken));
  assert.equal(kept.size, 0);
});

test("a body that says what no row says is none", () => {
  const whole = writeBody(rowOf(VECTORS[0].body));

  for (const at of [0, 1, 2, 3]) {
    const odd = whole.slice();
    odd[at] = 200;
    assert.equal(readBody(odd), null);
  }
  assert.equal(readBody(whole.slice(1)), null);
  assert.equal(readBody(new Uint8Array()), null);
});

test("a long name is cut between two characters and marked", () => {
  const named = (/** @type {string} */ name) =>
    readBody(writeBody({ ...rowOf(VECTORS[0].body), issuerName: name }))?.issuerName;

  assert.equal(named("é".repeat(25)), "é".repeat(25));
  assert.equal(named("é".repeat(26)), `${"é".repeat(23)}…`);
  assert.equal(named("🎓".repeat(20)), `${"🎓".repeat(11)}…`);
});
