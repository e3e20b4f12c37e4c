// Lay what browsers load from npm packages into validator/static/vendor/, and beside each file its .br and .gz form,
// made once here because compressing the decoder well takes seconds. All appear at once, when all are whole.
import { cpSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const FROM = join(ROOT, "node_modules");
const TO = join(ROOT, "validator", "static", "vendor");
const UNFINISHED = join(ROOT, "build", "vendor");

// The script of zxing-wasm and its wasm come out of one package, so that they are always of one version.
const FILES = {
  "idb/build/index.js": "idb/index.js",
  "zxing-wasm/dist/es/reader/index.js": "zxing-wasm/es/reader/index.js",
  "zxing-wasm/dist/es/share.js": "zxing-wasm/es/share.js",
  "zxing-wasm/dist/reader/zxing_reader.wasm": "zxing-wasm/zxing_reader.wasm",
};
// Types only: `tsc` reads them beside the scripts, browsers never ask for them.
const TYPES = {
  "idb/build": "idb",
  "zxing-wasm/dist/es": "zxing-wasm/es",
};

/** @param {string} target */
function compress(target) {
  const bytes = readFileSync(target);
  const best = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };
  writeFileSync(`${target}.br`, brotliCompressSync(bytes, { params: best }));
  writeFileSync(`${target}.gz`, gzipSync(bytes, { level: 9 }));
}

rmSync(UNFINISHED, { recursive: true, force: true });
for (const [source, name] of Object.entries(FILES)) {
  const target = join(UNFINISHED, name);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(join(FROM, source), target);
  compress(target);
}
for (const [source, name] of Object.entries(TYPES)) {
  for (const found of readdirSync(join(FROM, source), { recursive: true, encoding: "utf8" })) {
    if (found.endsWith(".d.ts")) {
      cpSync(join(FROM, source, found), join(UNFINISHED, name, found));
    }
  }
}
rmSync(TO, { recursive: true, force: true });
renameSync(UNFINISHED, TO);
