import assert from "node:assert/strict";
import { test } from "node:test";

import { ScreenWakeLock, TOUCHES } from "../../../validator/static/js/pwa/wake.js";
import { settled } from "../fake_clock.js";

/** A fake document and navigator: hiding the document releases the lock, as in browsers. */
function fakes({ refuses = false, inTaps = false } = {}) {
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
  const show = (/** @type {string} */ state) => {
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
  return { document: /** @type {any} */ (document), navigator: /** @type {any} */ ({ wakeLock }), locks, show, tap };
}

test("the lock is requested again after the page was hidden", async () => {
  const { document, navigator, locks, show } = fakes();
  const awake = new ScreenWakeLock({ document, navigator });
  assert.equal(await awake.start(), "on");
  show("hidden");
  show("visible");
  await Promise.resolve();
  assert.equal(locks.length, 2);
  assert.equal(locks[1].released, false);
});

test("after a stop no lock is requested when the page becomes visible", async () => {
  const { document, navigator, locks, show } = fakes();
  const awake = new ScreenWakeLock({ document, navigator });
  await awake.start();
  await awake.stop();
  show("visible");
  await Promise.resolve();
  assert.deepEqual(locks.map((lock) => lock.released), [true]);
});

test("a lock that is granted only in a tap is requested at each touch until it is held", async () => {
  for (const touch of TOUCHES) {
    const { document, navigator, locks, show, tap } = fakes({ inTaps: true });
    /** @type {string[]} */
    const states = [];
    const awake = new ScreenWakeLock({ document, navigator, on: (state) => states.push(state) });
    tap(touch);
    await settled();
    assert.deepEqual([locks.length, await awake.start()], [0, "refused"]);
    tap(touch);
    tap(touch);
    await settled();
    assert.deepEqual(locks.map((lock) => lock.released), [false, true]);
    show("hidden");
    show("visible");
    await settled();
    assert.equal(awake.state(), "refused");
    tap(touch);
    await settled();
    assert.deepEqual([locks[2].released, states], [false, ["refused", "on", "refused", "on"]]);
  }
});

test("a browser without wake locks differs from one that refuses", async () => {
  const { document, navigator } = fakes({ refuses: true });
  assert.equal(await new ScreenWakeLock({ document, navigator }).start(), "refused");
  assert.equal(await new ScreenWakeLock({ document, navigator: {} }).start(), "unsupported");
});
