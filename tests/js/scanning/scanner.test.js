// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { createScanner } from "../../../validator/static/js/scanning/scanner.js";
import { settled } from "../fake_clock.js";

const MIA = "3e506370-826a-103d-bf76-001000000001";
const JON = "3e506370-826a-103d-bf76-001000000002";
const scene = { light: 120, glare: 0, change: 14, structure: 0.2, sharpness: 0.8 };
const meta = { engine: "wasm", ms: 8, width: 1280, height: 720, located: 0, scene };
const card = (/** @type {string} */ escn) => ({ seen: "card", payload: { escn, warnings: [] }, meta });
const nothing = { seen: "nothing", hint: false, meta };
const unread = { seen: "nothing", hint: true, meta: { ...meta, located: 200 } };
const wifi = { seen: "foreign", code: "not_an_esc_code", kind: "wifi", meta };

/** Sara's scanner over a decoder that sees what a test says. @param {Record<string, any>} [how] */
function till({ engines = { wasm: true, native: false }, read = null, may = () => true, decoder, mayIdle = false } = {}) {
  let at = 0;
  /** @type {(() => void) | null} */
  let arrive = null;
  /** @type {any} */
  let view = nothing;
  /** @type {((seen: any) => void) | null} */
  let answer = null;
  const page = { visibilityState: "visible" };
  /** @type {any[]} */
  const heard = [];
  const kept = { looks: 0, restarts: 0, pictures: 0, holds: false, works: true, isBlind: false, change: 0, idle: false };
  /** @param {string} what @returns {(...given: any[]) => void} */
  const note = (what) => (...given) => void heard.push([what, ...given]);
  const scanner = createScanner(/** @type {any} */ ({
    video: {},
    camera: { capabilities: () => null, restart: async () => void (kept.restarts += 1) },
    decoder: decoder ?? Promise.resolve({
      ready: Promise.resolve(engines),
      works: () => kept.works,
      isBlind: () => kept.isBlind,
      look() {
        kept.looks += 1;
        return kept.holds ? new Promise((resolve) => void (answer = resolve)) : Promise.resolve(view);
      },
    }),
    mayIdle,
    movement: () => kept.change,
    readOnServer: read,
    mayReadOnServer: may,
    still: async () => {
      kept.pictures += 1;
      return new Blob(["jpeg"]);
    },
    schedule: (/** @type {any} */ _, /** @type {() => void} */ onFrame) => {
      arrive = onFrame;
      return () => void (arrive = null);
    },
    on: {
      card: (/** @type {any[]} */ ...[card, meta]) => heard.push(["card", card.escn, meta.engine]),
      foreign: note("foreign"), several: note("several"), hint: note("hint"), state: note("state"),
      idle: (/** @type {boolean} */ isIdle) => void (kept.idle = isIdle),
    },
    now: () => at,
    page,
  }));
  /** @param {any} shown @param {number} ms */
  async function see(shown, ms) {
    view = shown;
    for (const end = at + ms; at < end; at += 50) {
      arrive?.();
      await settled();
    }
  }
  const of = (/** @type {string} */ what) => heard.filter(([said]) => said === what);
  const reply = (/** @type {any} */ seen) => answer?.(seen);
  return { scanner, heard, of, see, kept, page, answer: reply, arrive: () => arrive?.() };
}

test("A card is told at once, the same one at most four times a second, another at once", async () => {
  const { see, of } = till();
  await settled();
  await see(card(MIA), 1050);
  await see(card(JON), 50);
  assert.deepEqual(of("card"), [...Array(5).fill(["card", MIA, "wasm"]), ["card", JON, "wasm"]]);
});

test("A foreign code is told four times a second, by its kind alone, and scanning goes on", async () => {
  const { see, of } = till();
  await settled();
  await see(wifi, 2800);
  await see(card(MIA), 50);
  assert.deepEqual(of("foreign"), Array(8).fill(["foreign", { code: "not_an_esc_code", kind: "wifi" }]));
  assert.equal(of("card").length, 1);
});

test("A campus code beside a card that is read within 0.8 s is never told, nor while a symbol is unread", async () => {
  const { see, of } = till();
  await settled();
  await see(wifi, 750);
  await see(card(MIA), 50);
  await see(wifi, 750);
  assert.deepEqual(of("foreign"), []);
  await see({ ...wifi, meta: { ...meta, located: 200 } }, 2000);
  assert.deepEqual(of("foreign"), []);
  await see({ ...wifi, meta: { ...meta, located: 200 } }, 2000);
  assert.ok(of("foreign").length > 0); // what is never read may be no code
});

test("A foreign code in view stops neither the hint nor the server's help", async () => {
  const { see, of, kept } = till({ read: async () => ({ escn: MIA, warnings: [] }) });
  await settled();
  await see({ ...wifi, meta: { ...meta, located: 200 } }, 2000);
  assert.deepEqual(of("hint").map(([, kind]) => kind), ["still", "server", "still"]);
  assert.deepEqual([kept.pictures, of("card")], [1, [["card", MIA, "server"]]]);
});

test("One frame is looked at at a time, and the newest comes next", async () => {
  const { kept, arrive, answer } = till();
  await settled();
  kept.holds = true;
  arrive();
  arrive();
  arrive();
  await settled();
  assert.equal(kept.looks, 1);
  answer(nothing);
  await settled();
  assert.equal(kept.looks, 2);
});

test("While nobody looks at the page nothing is read", async () => {
  const { see, page, kept } = till();
  await settled();
  page.visibilityState = "hidden";
  await see(card(MIA), 1000);
  assert.equal(kept.looks, 0);
});

test("A picture long still is looked at less often, and a card in it wakes it", async () => {
  const { see, kept } = till();
  await settled();
  const still = { ...nothing, meta: { ...meta, scene: { ...scene, change: 0 } } };
  await see(still, 21_000);
  kept.looks = 0;
  await see(still, 2000);
  assert.equal(kept.looks, 20);
  await see(card(MIA), 1000);
  assert.ok(kept.looks >= 39);
});

test("What is held up unread gets a hint and one picture to the server", async () => {
  /** @type {any[]} */
  const sent = [];
  const read = async (/** @type {Blob} */ picture) => void sent.push(picture.size);
  const { see, of, kept } = till({ read });
  await settled();
  await see(unread, 5000);
  assert.deepEqual(of("hint").map(([, kind]) => kind), ["still", "server", "still"]);
  assert.deepEqual([sent.length, kept.pictures], [1, 1]);
});

test("What the server reads is told as its reading", async () => {
  const { see, of } = till({ read: async () => ({ escn: MIA, warnings: [] }) });
  await settled();
  await see(unread, 2000);
  assert.deepEqual(of("card"), [["card", MIA, "server"]]);
});

test("A local reading wins over what the server says later of an older picture", async () => {
  /** @type {(payload: object) => void} */
  let reply = () => undefined;
  let isOvertaken = false;
  const read = (/** @type {Blob} */ _, /** @type {AbortSignal} */ signal) => {
    signal.addEventListener("abort", () => void (isOvertaken = true));
    return new Promise((resolve) => void (reply = resolve));
  };
  const { see, of } = till({ read });
  await settled();
  await see(unread, 2000);
  await see(card(JON), 50);
  reply({ escn: MIA, warnings: [] });
  await settled();
  assert.deepEqual(of("card"), [["card", JON, "wasm"]]);
  assert.ok(isOvertaken);
});

test("What the server finds to be no card is told as a foreign code, unless something came before", async () => {
  const refusal = { code: "lookalike_host", kind: null };
  const { see, of } = till({ read: async () => refusal });
  await settled();
  await see(unread, 2000);
  assert.deepEqual(of("foreign"), [["foreign", refusal]]);

  /** @type {(found: object) => void} */
  let reply = () => undefined;
  const later = till({ read: () => new Promise((resolve) => void (reply = resolve)) });
  await settled();
  await later.see(unread, 2000);
  later.scanner.overtake();
  reply({ escn: MIA, warnings: [] });
  await settled();
  assert.deepEqual([later.of("card"), later.of("foreign")], [[], []]);
});

test("Where the site does not allow it no picture leaves, but the hint comes", async () => {
  const { see, of, kept } = till({ read: async () => null, may: () => false });
  await settled();
  await see(unread, 3000);
  assert.equal(kept.pictures, 0);
  assert.deepEqual(of("hint").map(([, kind]) => kind), ["still"]);
});

test("A fault of the server is no fault of the scanner", async () => {
  const { see, of } = till({ read: async () => Promise.reject(new Error("502")) });
  await settled();
  await see(unread, 2000);
  await see(card(MIA), 50);
  assert.equal(of("card").length, 1);
});

test("Without a decoder it says so, and the server reads, one picture at a time", async () => {
  const { see, of, kept } = till({
    engines: { wasm: false, native: false },
    read: async () => ({ escn: MIA, warnings: [] }),
  });
  await settled();
  await see(nothing, 3000);
  assert.deepEqual(of("state"), [["state", "no_decoder"]]);
  assert.equal(kept.pictures, 2);
  assert.deepEqual(of("card")[0], ["card", MIA, "server"]);
});

test("A decoder whose script did not come is one that cannot read", async () => {
  const { of } = till({ decoder: Promise.reject(new TypeError("offline")) });
  await settled();
  assert.deepEqual(of("state"), [["state", "no_decoder"]]);
});

test("A decoder that broke for good leaves the reading to the server", async () => {
  const { see, of, kept } = till({ read: async () => ({ escn: MIA, warnings: [] }) });
  await settled();
  kept.works = false;
  await see(null, 500);
  assert.deepEqual(of("state").map(([, state]) => state), ["scanning", "no_decoder"]);
  assert.deepEqual(of("card"), [["card", MIA, "server"]]);
});

test("A browser that hides pixels is told of, and sends no pictures; where it stops that, scanning goes on", async () => {
  const { see, of, kept } = till({ read: async () => ({ escn: MIA, warnings: [] }) });
  await settled();
  kept.isBlind = true;
  await see(null, 3000);
  assert.deepEqual([of("state").map(([, state]) => state), kept.pictures], [["scanning", "no_pixels"], 0]);
  kept.isBlind = false;
  await see(card(MIA), 50);
  assert.equal(of("card").length, 1);
});

test("While the server is busy with one picture no other is taken", async () => {
  const read = () => new Promise(() => undefined);
  const { see, kept } = till({ engines: { wasm: false, native: false }, read });
  await settled();
  await see(nothing, 10_000);
  assert.equal(kept.pictures, 1);
});

test("Without a decoder an empty counter sends nothing", async () => {
  const { see, kept } = till({ engines: { wasm: false, native: false }, read: async () => null });
  await settled();
  await see({ ...nothing, meta: { ...meta, scene: { ...scene, change: 0, structure: 0 } } }, 10_000);
  assert.equal(kept.pictures, 0);
});

test("Stopped, it tells nothing more; a tap restarts the camera", async () => {
  const { see, of, scanner, kept } = till();
  await settled();
  await scanner.restart();
  assert.equal(kept.restarts, 1);
  scanner.stop();
  await see(card(MIA), 1000);
  assert.equal(of("card").length, 0);
  assert.equal(scanner.state(), "stopped");
});

test("After two minutes without a code nothing is read, until a touch or a movement that is no usual one", async () => {
  for (const usual of [0, 9]) {
    const { see, kept, scanner } = till({ mayIdle: true });
    await settled();
    kept.change = usual;
    await see(nothing, 119_000);
    assert.deepEqual([kept.looks > 2_000, kept.idle], [true, false]);
    await see(nothing, 2_000);
    kept.looks = 0;
    await see(nothing, 300_000);
    assert.deepEqual([kept.looks, kept.idle], [0, true], `usual ${usual}`);

    kept.change = 30;
    await see(nothing, 1_000);
    assert.deepEqual([kept.looks > 10, kept.idle], [true, false]);
    kept.change = usual;
    await see(nothing, 12_000);
    assert.equal(kept.idle, true);

    scanner.wake();
    kept.looks = 0;
    await see(nothing, 60_000);
    await see(card(MIA), 50);
    await see(nothing, 100_000);
    assert.deepEqual([kept.looks > 3_000, kept.idle], [true, false]);
  }
});

test("A kiosk's camera never rests, and what is held up unread keeps any camera awake", async () => {
  for (const [how, seen] of /** @type {const} */ ([[{ mayIdle: false }, nothing], [{ mayIdle: true }, unread]])) {
    const { see, kept } = till(how);
    await settled();
    await see(seen, 180_000);
    kept.looks = 0;
    await see(seen, 1_000);
    assert.deepEqual([kept.looks, kept.idle], [20, false]);
  }
});
