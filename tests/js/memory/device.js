/** A device under test: its store is in this process, its clock is turned by hand. */

import { decideAlone } from "../../../validator/static/js/memory/decide.js";
import { openMemory } from "../../../validator/static/js/memory/memory.js";
import { openRam } from "../../../validator/static/js/memory/ram.js";
import { NOON, escn } from "./site.js";

/** @typedef {import("../../../validator/static/js/memory/tabs.js").News} News */

/** Tabs of one device, without a browser's channel: what one tells the others hear. */
export function createHall() {
  /** @type {Array<{of: object, listener: (news: News) => void}>} */
  const listeners = [];
  return () => {
    const self = {};
    return {
      tell: (/** @type {News} */ news) =>
        listeners.filter(({ of }) => of !== self).forEach(({ listener }) => listener(news)),
      hear: (/** @type {(news: News) => void} */ listener) => void listeners.push({ of: self, listener }),
      close: () => undefined,
    };
  };
}

/**
 * @param {import("./site.js").Site} site
 * @param {{store?: import("../../../validator/static/js/memory/database.js").Store,
 *   join?: ReturnType<typeof createHall>, limitMs?: number}} [options]
 */
export async function createDevice(site, { store = openRam(), join = createHall(), limitMs } = {}) {
  const clock = { now: NOON - 3_600_000 };
  // A store in memory says that it is one; here it plays the disk.
  const disk = { ...store, kind: /** @type {const} */ ("disk") };
  const memory = await openMemory({
    open: async () => disk,
    tabs: join(),
    locks: undefined,
    deviceNow: () => clock.now,
    ...(limitMs === undefined ? {} : { limitMs }),
  });
  if (memory === null) {
    throw new Error("no memory");
  }
  const sync = memory.syncWith(site.ask);
  return {
    clock,
    disk,
    memory,
    sync: sync.run,
    /** What the device says of this card alone. @param {number} number */
    async says(number) {
      const row = await memory.pack.find(escn(number));
      const payload = { escn: escn(number), warnings: [] };
      return decideAlone(payload, row, memory.pack.now(), memory.pack.issuers()).reason;
    },
    /** Time goes by, for the site and for the device. @param {number} ms */
    pass(ms) {
      clock.now += ms;
      site.state.now += ms;
    },
  };
}
