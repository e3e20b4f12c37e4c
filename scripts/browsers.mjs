// Looks whether the pages use anything that the oldest browsers of package.json (`browserslist`) do not have: each name
// that the scripts take from the platform, as the type checker resolves it, is looked up in MDN's compatibility data.
// Members of objects are found, too (`element.checkVisibility`), which linters without types do not see.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const PAGES = join(ROOT, "validator", "static", "js");
const { browserslist } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const data = createRequire(import.meta.url)("@mdn/browser-compat-data");

/** MDN's names of a browser, by the one of browserslist. @type {Record<string, string[]>} */
const NAMES = {
  chrome: ["chrome", "chrome_android", "webview_android"],
  samsung: ["samsunginternet_android"],
  firefox: ["firefox"],
  safari: ["safari"],
  ios_saf: ["safari_ios"],
};
const OLDEST = browserslist.flatMap((/** @type {string} */ line) => {
  const [name, version] = line.split(" ");
  return NAMES[name].map((one) => [one, parseFloat(version)]);
});

/**
 * What is newer and may be used: an interface or one of its members, and why the page works without it. The test
 * tests/browser/test_missing_features.py takes each of the important ones away.
 * @type {Record<string, string>}
 */
const EXCEPTIONS = {
  "CanvasImageSmoothing.imageSmoothingQuality": "a hint, without it a photo is made smaller more coarsely",
  "HTMLVideoElement.playsInline": "a hint to Safari",
  "MediaStreamTrack.getCapabilities": "called with ?.: no zoom and no light",
  "Navigator.permissions": "taken with ?.: the camera waits for a tap",
  "Navigator.userActivation": "taken with ?.",
  OffscreenCanvas: "where the worker has none, the server reads",
  OffscreenCanvasRenderingContext2D: "as OffscreenCanvas",
  PermissionStatus: "as Permissions.query",
  "Permissions.query": "called in a try: the camera waits for a tap",
  UserActivation: "taken with ?.",
  VideoFrame: "tested with typeof; else createImageBitmap",
  WakeLockSentinel: "tested for; else the page says that the screen may sleep",
  cancelVideoFrameCallback: "as requestVideoFrameCallback",
  reportError: "tested for; else thrown in a timer",
  requestIdleCallback: "tested for; else a timer",
  requestVideoFrameCallback: "tested with typeof; else a timer",
};

/** @type {Map<number, string>} Syntax that a browser either parses or not: where MDN documents it. */
const SYNTAX = new Map([
  [ts.SyntaxKind.ClassStaticBlockDeclaration, "javascript.classes.static.initialization_blocks"],
  [ts.SyntaxKind.ImportAttributes, "javascript.statements.import.import_attributes"],
]);
const FLAGS = { d: "javascript.builtins.RegExp.hasIndices", v: "javascript.builtins.RegExp.unicodeSets" };

/** @param {string} path */
const entryOf = (path) => path.split(".").reduce((at, name) => at?.[name], data);

/**
 * The oldest supported browsers that do not have it.
 * @param {any} entry
 * @returns {string[]}
 */
function lacking(entry) {
  const support = entry?.__compat?.support ?? {};
  return OLDEST.flatMap((/** @type {[string, number]} */ [browser, version]) => {
    const entries = [support[browser] ?? []].flat();
    const since = entries.map((/** @type {any} */ one) => (one.flags || one.prefix ? null : one.version_added));
    const has = since.some((one) => one === true || parseFloat(String(one).replace("≤", "")) <= version);
    return entries.length === 0 || has ? [] : [`${browser} ${since[0] ? `before ${since[0]}` : "(never)"}`];
  });
}

/**
 * The entries that may be meant by a name of the platform: by the interface that declares it, else (mixins as
 * ParentNode are in no table) by the object's own type and those it is made of.
 * @param {ts.Declaration} declaration @param {string} name @param {ts.Type | null} object
 */
function candidates(declaration, name, object) {
  const parent = /** @type {any} */ (declaration.parent);
  const owner = /** @type {string | undefined} */ (parent?.name?.text ?? parent?.parent?.name?.text);
  if (ts.isVariableDeclaration(declaration) || ts.isFunctionDeclaration(declaration) || owner === undefined) {
    return [data.api.Window[name], data.api[name], data.javascript.builtins[name]];
  }
  const owners = [owner.replace(/Constructor$/, ""), ...(object ? ancestors(object) : [])];
  return owners.flatMap((one) => {
    const tables = [data.api[one], data.javascript.builtins[one]];
    return tables.flatMap((table) => [table?.[name], table?.[`${name}_static`]]);
  });
}

/** @param {ts.Type} type @returns {string[]} */
function ancestors(type) {
  const parts = type.isUnionOrIntersection() ? type.types : (type.getBaseTypes() ?? []);
  return [type.symbol?.name ?? "", ...parts.flatMap(ancestors)];
}

/** @type {Set<string>} */
const excused = new Set();
/** @type {Set<string>} */
const faults = new Set();

/** @param {ts.Node} node @param {string[]} names @param {any} entry */
function judge(node, names, entry) {
  const missing = lacking(entry);
  if (missing.length === 0) {
    return;
  }
  const exception = names.find((name) => name in EXCEPTIONS);
  if (exception !== undefined) {
    excused.add(exception);
    return;
  }
  const file = node.getSourceFile();
  const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
  faults.add(`${relative(ROOT, file.fileName)}:${line}: ${names[0]} is not in ${missing.join(", ")}`);
}

/** @param {ts.Node} node @param {ts.TypeChecker} checker */
function look(node, checker) {
  const path = SYNTAX.get(node.kind);
  if (path !== undefined) {
    judge(node, [path], entryOf(path));
  } else if (ts.isRegularExpressionLiteral(node)) {
    for (const flag of node.text.slice(node.text.lastIndexOf("/") + 1)) {
      judge(node, [`the flag ${flag}`], entryOf(FLAGS[/** @type {"d" | "v"} */ (flag)] ?? ""));
    }
  } else if (ts.isIdentifier(node)) {
    lookAtName(node, checker);
  }
  ts.forEachChild(node, (child) => look(child, checker));
}

/** @param {ts.Identifier} node @param {ts.TypeChecker} checker */
function lookAtName(node, checker) {
  const { parent } = node;
  const object = ts.isPropertyAccessExpression(parent) && parent.name === node ? parent.expression : null;
  const type = object && checker.getNonNullableType(checker.getTypeAtLocation(object));
  const pattern = ts.isBindingElement(parent) ? checker.getTypeAtLocation(parent.parent) : null;
  const symbol = pattern?.getProperty(node.text) ?? checker.getSymbolAtLocation(node);
  for (const declaration of symbol?.declarations ?? []) {
    if (/\/lib\.[^/]*\.d\.ts$/.test(declaration.getSourceFile().fileName)) {
      const owner = /** @type {any} */ (declaration.parent)?.name?.text;
      const of = type ?? pattern;
      const names = owner ? [`${owner}.${node.text}`, owner, ...(of ? ancestors(of) : []), node.text] : [node.text];
      const found = candidates(declaration, node.text, of).find((one) => one?.__compat);
      judge(node, names, found);
    }
  }
}

/** @type {Map<string, ts.SourceFile | undefined>} */
const files = new Map();

/** A host that parses each file once for both programs. @param {ts.CompilerOptions} options */
function hostFor(options) {
  const host = ts.createCompilerHost(options, true);
  const { getSourceFile } = host;
  host.getSourceFile = (name, ...how) => {
    if (!files.has(name)) {
      files.set(name, getSourceFile(name, ...how));
    }
    return files.get(name);
  };
  return host;
}

for (const config of ["tsconfig.json", "tsconfig.worker.json"]) {
  const parsed = ts.getParsedCommandLineOfConfigFile(join(ROOT, config), {}, /** @type {any} */ (ts.sys));
  const { fileNames = [], options = {} } = parsed ?? {};
  const once = { ...options, incremental: false, tsBuildInfoFile: undefined };
  const program = ts.createProgram(fileNames, once, hostFor(once));
  const checker = program.getTypeChecker();
  const own = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(PAGES));
  own.forEach((file) => look(file, checker));
}
const unused = Object.keys(EXCEPTIONS).filter((name) => !excused.has(name));
const said = [...faults, ...unused.map((name) => `scripts/browsers.mjs: nothing uses the exception ${name} any more`)];
said.forEach((line) => process.stderr.write(`${line}\n`));
process.exitCode = said.length > 0 ? 1 : 0;
