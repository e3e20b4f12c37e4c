import assert from "node:assert/strict";
import { test } from "node:test";

import { keepAwake, TOUCHES } from "../../../validator/static/js/pwa/wake.js";

/** A document that can be hidden, and a screen whose lock goes with it, as browsers do. */
function surroundings({ refuses = false, inTaps = false } = {}) {
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  let isTapped = false;
  /** @type {{released: boolean, release(): Promise<void>}[]} */
  const locks = [];
  const wakeLock = {
    async request() {
      if (refuses || (inTaps && !isTapped)) {
        throw new Error("NotAllowedError");
      }
      const lock = { released: false, async release() { this.released = true; } };
      locks.push(lock);
      return lock;
    },
  };
  const see = (/** @type {string} */ state) => {
    document.visibilityState = state;
    if (state === "hidden") {
      locks.forEach((lock) => void lock.release());
    }
    document.dispatchEvent(new Event("visibilitychange"));
  };
  const tap = (/** @type {string} */ name) => {
    isTapped = true;
    document.dispatchEvent(new Event(name));
    isTapped = false;
  };
  return { document: /** @type {any} */ (document), navigator: /** @type {any} */ ({ wakeLock }), locks, see, tap };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("the screen is kept awake again after the page was out of sight", async () => {
  const { document, navigator, locks, see } = surroundings();
  const awake = keepAwake({ document, navigator });
  assert.equal(await awake.start(), "on");
  see("hidden");
  see("visible");
  await Promise.resolve();
  assert.equal(locks.length, 2);
  assert.equal(locks[1].released, false);
});

test("after stopping, the screen may sleep, also when the page comes back into sight", async () => {
  const { document, navigator, locks, see } = surroundings();
  const awake = keepAwake({ document, navigator });
  await awake.start();
  await awake.stop();
  see("visible");
  await Promise.resolve();
  assert.deepEqual(locks.map((lock) => lock.released), [true]);
});

test("a lock that is given in a tap only is asked for at each touch, until it is had", async () => {
  for (const touch of TOUCHES) {
    const { document, navigator, locks, see, tap } = surroundings({ inTaps: true });
    /** @type {string[]} */
    const told = [];
    const awake = keepAwake({ document, navigator, on: (state) => told.push(state) });
    tap(touch);
    await settled();
    assert.deepEqual([locks.length, await awake.start()], [0, "refused"]);
    tap(touch);
    tap(touch);
    await settled();
    assert.deepEqual(locks.map((lock) => lock.released), [false, true]);
    see("hidden");
    see("visible");
    await settled();
    assert.equal(awake.state(), "refused");
    tap(touch);
    await settled();
    assert.deepEqual([locks[2].released, told], [false, ["refused", "on", "refused", "on"]]);
  }
});

test("a browser without wake locks, or one that refuses, is told apart", async () => {
  const { document, navigator } = surroundings({ refuses: true });
  assert.equal(await keepAwake({ document, navigator }).start(), "refused");
  assert.equal(await keepAwake({ document, navigator: {} }).start(), "unsupported");
});
