/** A fake clock, which a test moves. */

/** Timers fire when `pass` moves the clock past them, in order; all promises settle between two of them. */
export function createClock() {
  let at = 0;
  let lastId = 0;
  /** @type {Map<number, {due: number, every: number | null, act: () => void}>} */
  const pending = new Map();
  /** @param {() => void} act @param {number} ms @param {number | null} every */
  const add = (act, ms, every) => {
    pending.set(++lastId, { due: at + ms, every, act });
    return lastId;
  };
  const timers = {
    setTimeout: (/** @type {() => void} */ act, ms = 0) => add(act, ms, null),
    setInterval: (/** @type {() => void} */ act, ms = 0) => add(act, ms, ms),
    clearTimeout: (/** @type {number | undefined} */ id) => void pending.delete(id ?? 0),
    clearInterval: (/** @type {number | undefined} */ id) => void pending.delete(id ?? 0),
  };
  /** @param {number} ms @param {() => void} [each]  Called before each timer. */
  async function pass(ms, each = () => undefined) {
    const end = at + ms;
    await settled();
    for (;;) {
      const next = [...pending].filter(([, { due }]) => due <= end).sort((a, b) => a[1].due - b[1].due)[0];
      if (next === undefined) {
        break;
      }
      const [id, timer] = next;
      at = timer.due;
      if (timer.every === null) {
        pending.delete(id);
      } else {
        timer.due += timer.every;
      }
      each();
      timer.act();
      await settled();
    }
    at = end;
  }
  return { now: () => at, timers: /** @type {any} */ (timers), pass, pending: () => pending.size };
}

/** Waits until every promise that can settle has settled. */
export async function settled() {
  await new Promise((resolve) => void setImmediate(resolve));
}
