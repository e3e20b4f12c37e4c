import assert from "node:assert/strict";
import { test } from "node:test";

import { issuerPic, isUnusual, masked } from "../../../validator/static/js/payload/escn.js";

test("a masked number shows its first and last four characters and nothing between", () => {
  assert.equal(masked("3e506370-826a-103d-bf76-001000000001"), "3e50…0001");
});

test("the issuer's PIC is read from digits written as hex digits", () => {
  assert.equal(issuerPic("25539be8-6423-103e-add8-988999978433"), "999978433");
});

test("the issuer's PIC is read from a node that holds one integer", () => {
  assert.equal(issuerPic("b881984a-0b88-11e9-98a4-0000773406c7"), "999898311");
});

test("a number with a network card's address in it names no issuer and is unusual", () => {
  assert.equal(issuerPic("0c615bc5-605a-11ef-83b5-60a44c40ce5c"), null);
  assert.equal(isUnusual("0c615bc5-605a-11ef-83b5-60a44c40ce5c"), true);
});

test("a PIC of nothing but zeros is no issuer", () => {
  assert.equal(issuerPic("3e506370-826a-103d-bf76-001000000000"), null);
});

test("a number of another version is unusual even where it names an issuer", () => {
  assert.equal(isUnusual("3e506370-826a-403d-bf76-001000000001"), true);
  assert.equal(isUnusual("3e506370-826a-103d-bf76-001000000001"), false);
});
