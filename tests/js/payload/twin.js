/**
 * Reads a JSON array of texts from standard input and writes the result of each, for the Python test that compares
 * the two readers.
 */
import { readFileSync, writeSync } from "node:fs";

import { issuerPic, masked } from "../../../validator/static/js/payload/escn.js";
import { parsePayload } from "../../../validator/static/js/payload/payload.js";

/** @param {string} text */
function read(text) {
  const result = parsePayload(text);
  return "escn" in result ? { ...result, masked: masked(result.escn), pic: issuerPic(result.escn) } : result;
}

const answer = Buffer.from(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(read)));
for (let sent = 0; sent < answer.length;) sent += writeSync(1, answer, sent);
