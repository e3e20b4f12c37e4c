// Checks that no function of the pages' scripts is longer than 40 lines, functions inside it included: longer ones are
// classes, whose methods are checked one by one.
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const PAGES = join(ROOT, "validator", "static", "js");
const MOST_LINES = 40;

/** @param {string} name */
function longFunctions(name) {
  const file = ts.createSourceFile(name, readFileSync(name, "utf8"), ts.ScriptTarget.ES2022, true);
  /** @param {number} at */
  const lineOf = (at) => file.getLineAndCharacterOfPosition(at).line + 1;
  /** @type {string[]} */
  const found = [];
  /** @param {ts.Node} node */
  function visit(node) {
    const first = lineOf(node.getStart(file));
    const lines = lineOf(node.end) - first + 1;
    if (ts.isFunctionLike(node) && lines > MOST_LINES) {
      found.push(`${relative(ROOT, name)}:${first}: a function of ${lines} lines, more than ${MOST_LINES}`);
    }
    ts.forEachChild(node, visit);
  }
  visit(file);
  return found;
}

const names = ts.sys.readDirectory(PAGES, [".js"]);
const faults = names.flatMap(longFunctions);
faults.forEach((line) => process.stderr.write(`${line}\n`));
process.exitCode = faults.length > 0 || names.length === 0 ? 1 : 0;
