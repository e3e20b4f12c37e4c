import assert from "node:assert/strict";
import { test } from "node:test";
import { Scanner } from "../../../validator/static/js/scanning/scanner.js";
import { settled } from "../fake_clock.js";

const MIA = "3e506370-826a-103d-bf76-001000000001";
const JON = "3e506370-826a-103d-bf76-001000000002";
const scene = { light: 120, glare: 0, change: 14, structure: 0.2, sharpness: 0.8 };
const meta = { engine: "wasm", ms: 8, width: 1280, height: 720, located: 0, scene };
const card = (/** @type {string} */ escn) => ({ seen: "card", payload: { escn, warnings: [] }, meta });
const nothing = { seen: "nothing", hint: false, meta };
const unread = { seen: "nothing", hint: true, meta: { ...meta, located: 200 } };
const wifi = { seen: "foreign", code: "not_an_esc_code", kind: "wifi", meta };

/** A scanner with a decoder that returns what a test shows. @param {Record<string, any>} [options] */
function startScanner({ engines = { wasm: true, native: false }, read = null, may = () => true, decoder, mayIdle = false } = {}) {
  let at = 0;
  /** @type {(() => void) | null} */
  let arrive = null;
  /** @type {any} */
  let shown = nothing;
  /** @type {((seen: any) => void) | null} */
  let answer = null;
  const page = { visibilityState: "visible" };
  /** @type {any[]} */
  const events = [];
  const fake = { reads: 0, restarts: 0, pictures: 0, holds: false, works: true, isBlind: false, change: 0, idle: false };
  /** @param {string} what @returns {(...given: any[]) => void} */
  const note = (what) => (...given) => void events.push([what, ...given]);
  const scanner = new Scanner(/** @type {any} */ ({
    video: {},
    camera: { capabilities: () => null, restart: async () => void (fake.restarts += 1) },
    decoder: decoder ?? Promise.resolve({
      ready: Promise.resolve(engines),
      works: () => fake.works,
      isBlind: () => fake.isBlind,
      read() {
        fake.reads += 1;
        return fake.holds ? new Promise((resolve) => void (answer = resolve)) : Promise.resolve(shown);
      },
    }),
    mayIdle,
    movement: () => fake.change,
    readOnServer: read,
    mayReadOnServer: may,
    takePicture: async () => {
      fake.pictures += 1;
      return new Blob(["jpeg"]);
    },
    schedule: (/** @type {any} */ _, /** @type {() => void} */ onFrame) => {
      arrive = onFrame;
      return () => void (arrive = null);
    },
    on: {
      card: (/** @type {any[]} */ ...[card, meta]) => events.push(["card", card.escn, meta.engine]),
      foreign: note("foreign"), several: note("several"), hint: note("hint"), state: note("state"),
      idle: (/** @type {boolean} */ isIdle) => void (fake.idle = isIdle),
    },
    now: () => at,
    page,
  }));
  /** @param {any} next @param {number} ms */
  async function show(next, ms) {
    shown = next;
    for (const end = at + ms; at < end; at += 50) {
      arrive?.();
      await settled();
    }
  }
  const of = (/** @type {string} */ what) => events.filter(([name]) => name === what);
  const reply = (/** @type {any} */ seen) => answer?.(seen);
  return { scanner, of, show, fake, page, answer: reply, arrive: () => arrive?.() };
}

test("A card is reported at once, the same one at most four times a second, another one at once", async () => {
  const { show, of } = startScanner();
  await settled();
  await show(card(MIA), 1050);
  await show(card(JON), 50);
  assert.deepEqual(of("card"), [...Array(5).fill(["card", MIA, "wasm"]), ["card", JON, "wasm"]]);
});

test("A foreign code is reported four times a second, only by its kind, and scanning continues", async () => {
  const { show, of } = startScanner();
  await settled();
  await show(wifi, 2800);
  await show(card(MIA), 50);
  assert.deepEqual(of("foreign"), Array(8).fill(["foreign", { code: "not_an_esc_code", kind: "wifi" }]));
  assert.equal(of("card").length, 1);
});

test("A foreign code is not reported if a card is read within 0.8 s, nor while a symbol is unread", async () => {
  const { show, of } = startScanner();
  await settled();
  await show(wifi, 750);
  await show(card(MIA), 50);
  await show(wifi, 750);
  assert.deepEqual(of("foreign"), []);
  await show({ ...wifi, meta: { ...meta, located: 200 } }, 2000);
  assert.deepEqual(of("foreign"), []);
  await show({ ...wifi, meta: { ...meta, located: 200 } }, 2000);
  assert.ok(of("foreign").length > 0); // a symbol that is never read may be no code
});

test("A foreign code in view stops neither the hint nor the reading by the server", async () => {
  const { show, of, fake } = startScanner({ read: async () => ({ escn: MIA, warnings: [] }) });
  await settled();
  await show({ ...wifi, meta: { ...meta, located: 200 } }, 2000);
  assert.deepEqual(of("hint").map(([, kind]) => kind), ["still", "server", "still"]);
  assert.deepEqual([fake.pictures, of("card")], [1, [["card", MIA, "server"]]]);
});

test("One frame is read at a time, and the newest one comes next", async () => {
  const { fake, arrive, answer } = startScanner();
  await settled();
  fake.holds = true;
  arrive();
  arrive();
  arrive();
  await settled();
  assert.equal(fake.reads, 1);
  answer(nothing);
  await settled();
  assert.equal(fake.reads, 2);
});

test("Nothing is read while the page is hidden", async () => {
  const { show, page, fake } = startScanner();
  await settled();
  page.visibilityState = "hidden";
  await show(card(MIA), 1000);
  assert.equal(fake.reads, 0);
});

test("A picture that is still for long is read less often, until a card is read", async () => {
  const { show, fake } = startScanner();
  await settled();
  const still = { ...nothing, meta: { ...meta, scene: { ...scene, change: 0 } } };
  await show(still, 21_000);
  fake.reads = 0;
  await show(still, 2000);
  assert.equal(fake.reads, 20);
  await show(card(MIA), 1000);
  assert.ok(fake.reads >= 39);
});

test("A code that is not read gets a hint, and one picture goes to the server", async () => {
  /** @type {any[]} */
  const sent = [];
  const read = async (/** @type {Blob} */ picture) => void sent.push(picture.size);
  const { show, of, fake } = startScanner({ read });
  await settled();
  await show(unread, 5000);
  assert.deepEqual(of("hint").map(([, kind]) => kind), ["still", "server", "still"]);
  assert.deepEqual([sent.length, fake.pictures], [1, 1]);
});

test("A card that the server reads is reported with the server as its engine", async () => {
  const { show, of } = startScanner({ read: async () => ({ escn: MIA, warnings: [] }) });
  await settled();
  await show(unread, 2000);
  assert.deepEqual(of("card"), [["card", MIA, "server"]]);
});

test("A local reading cancels the server's reading of an older picture", async () => {
  /** @type {(payload: object) => void} */
  let reply = () => undefined;
  let isCancelled = false;
  const read = (/** @type {Blob} */ _, /** @type {AbortSignal} */ signal) => {
    signal.addEventListener("abort", () => void (isCancelled = true));
    return new Promise((resolve) => void (reply = resolve));
  };
  const { show, of } = startScanner({ read });
  await settled();
  await show(unread, 2000);
  await show(card(JON), 50);
  reply({ escn: MIA, warnings: [] });
  await settled();
  assert.deepEqual(of("card"), [["card", JON, "wasm"]]);
  assert.ok(isCancelled);
});

test("A refusal by the server is reported as a foreign code, unless it was cancelled", async () => {
  const refusal = { code: "lookalike_host", kind: null };
  const { show, of } = startScanner({ read: async () => refusal });
  await settled();
  await show(unread, 2000);
  assert.deepEqual(of("foreign"), [["foreign", refusal]]);

  /** @type {(found: object) => void} */
  let reply = () => undefined;
  const later = startScanner({ read: () => new Promise((resolve) => void (reply = resolve)) });
  await settled();
  await later.show(unread, 2000);
  later.scanner.cancelServerReading();
  reply({ escn: MIA, warnings: [] });
  await settled();
  assert.deepEqual([later.of("card"), later.of("foreign")], [[], []]);
});

test("Where the site does not allow it no picture is sent, but the hint is shown", async () => {
  const { show, of, fake } = startScanner({ read: async () => null, may: () => false });
  await settled();
  await show(unread, 3000);
  assert.equal(fake.pictures, 0);
  assert.deepEqual(of("hint").map(([, kind]) => kind), ["still"]);
});

test("A fault of the server does not stop the scanner", async () => {
  const { show, of } = startScanner({ read: async () => Promise.reject(new Error("502")) });
  await settled();
  await show(unread, 2000);
  await show(card(MIA), 50);
  assert.equal(of("card").length, 1);
});

test("Without a decoder its state says so, and the server reads, one picture at a time", async () => {
  const { show, of, fake } = startScanner({
    engines: { wasm: false, native: false },
    read: async () => ({ escn: MIA, warnings: [] }),
  });
  await settled();
  await show(nothing, 3000);
  assert.deepEqual(of("state"), [["state", "no_decoder"]]);
  assert.equal(fake.pictures, 2);
  assert.deepEqual(of("card")[0], ["card", MIA, "server"]);
});

test("A decoder whose script could not be loaded is no decoder", async () => {
  const { of } = startScanner({ decoder: Promise.reject(new TypeError("offline")) });
  await settled();
  assert.deepEqual(of("state"), [["state", "no_decoder"]]);
});

test("After a decoder has failed for good, the server reads", async () => {
  const { show, of, fake } = startScanner({ read: async () => ({ escn: MIA, warnings: [] }) });
  await settled();
  fake.works = false;
  await show(null, 500);
  assert.deepEqual(of("state").map(([, state]) => state), ["scanning", "no_decoder"]);
  assert.deepEqual(of("card"), [["card", MIA, "server"]]);
});

test("A browser that hides pixels sets the state and sends no pictures; when it stops that, scanning continues", async () => {
  const { show, of, fake } = startScanner({ read: async () => ({ escn: MIA, warnings: [] }) });
  await settled();
  fake.isBlind = true;
  await show(null, 3000);
  assert.deepEqual([of("state").map(([, state]) => state), fake.pictures], [["scanning", "no_pixels"], 0]);
  fake.isBlind = false;
  await show(card(MIA), 50);
  assert.equal(of("card").length, 1);
});

test("While the server reads one picture no other one is taken", async () => {
  const read = () => new Promise(() => undefined);
  const { show, fake } = startScanner({ engines: { wasm: false, native: false }, read });
  await settled();
  await show(nothing, 10_000);
  assert.equal(fake.pictures, 1);
});

test("Without a decoder an empty scene sends nothing", async () => {
  const { show, fake } = startScanner({ engines: { wasm: false, native: false }, read: async () => null });
  await settled();
  await show({ ...nothing, meta: { ...meta, scene: { ...scene, change: 0, structure: 0 } } }, 10_000);
  assert.equal(fake.pictures, 0);
});

test("After a stop nothing is reported; restart restarts the camera", async () => {
  const { show, of, scanner, fake } = startScanner();
  await settled();
  await scanner.restart();
  assert.equal(fake.restarts, 1);
  scanner.stop();
  await show(card(MIA), 1000);
  assert.equal(of("card").length, 0);
  assert.equal(scanner.state(), "stopped");
});

test("After two minutes without a code nothing is read, until a touch or an unusual movement", async () => {
  for (const usual of [0, 9]) {
    const { show, fake, scanner } = startScanner({ mayIdle: true });
    await settled();
    fake.change = usual;
    await show(nothing, 119_000);
    assert.deepEqual([fake.reads > 2_000, fake.idle], [true, false]);
    await show(nothing, 2_000);
    fake.reads = 0;
    await show(nothing, 300_000);
    assert.deepEqual([fake.reads, fake.idle], [0, true], `usual ${usual}`);

    fake.change = 30;
    await show(nothing, 1_000);
    assert.deepEqual([fake.reads > 10, fake.idle], [true, false]);
    fake.change = usual;
    await show(nothing, 12_000);
    assert.equal(fake.idle, true);

    scanner.wake();
    fake.reads = 0;
    await show(nothing, 60_000);
    await show(card(MIA), 50);
    await show(nothing, 100_000);
    assert.deepEqual([fake.reads > 3_000, fake.idle], [true, false]);
  }
});

test("A kiosk's scanner never pauses, and a code that is not read keeps any scanner awake", async () => {
  for (const [options, seen] of /** @type {const} */ ([[{ mayIdle: false }, nothing], [{ mayIdle: true }, unread]])) {
    const { show, fake } = startScanner(options);
    await settled();
    await show(seen, 180_000);
    fake.reads = 0;
    await show(seen, 1_000);
    assert.deepEqual([fake.reads, fake.idle], [20, false]);
  }
});
