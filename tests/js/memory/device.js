/** A device under test: its database is in this process, its clock is set by the test. */

import { decideAlone } from "../../../validator/static/js/memory/decide.js";
import { openMemory } from "../../../validator/static/js/memory/memory.js";
import { openRam } from "../../../validator/static/js/memory/database.js";
import { NOON, escn } from "./site.js";

/**
 * @import {Database} from "../../../validator/static/js/memory/database.js"
 * @import {Change} from "../../../validator/static/js/memory/memory.js"
 * @import {Site} from "./site.js"
 */

/** The tabs of one device, without a browser's channel: a message of one reaches the others. */
export function createTabs() {
  /** @type {Array<{of: object, listener: (news: Change) => void}>} */
  const listeners = [];
  return () => {
    const self = {};
    return {
      post: (/** @type {Change} */ news) =>
        listeners.filter(({ of }) => of !== self).forEach(({ listener }) => listener(news)),
      hear: (/** @type {(news: Change) => void} */ listener) => void listeners.push({ of: self, listener }),
      close: () => undefined,
    };
  };
}

/**
 * @param {Site} site
 * @param {{store?: Database,
 *   join?: ReturnType<typeof createTabs>, limitMs?: number}} [options]
 */
export async function createDevice(site, { store = openRam(), join = createTabs(), limitMs } = {}) {
  const clock = { now: NOON - 3_600_000 };
  // A database in memory that reports itself as the disk.
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
    sync: () => sync.run(),
    /** What the device says of this card alone. @param {number} number */
    async says(number) {
      const row = await memory.pack.find(escn(number));
      const payload = { escn: escn(number), warnings: [] };
      return decideAlone(payload, row, memory.pack.now(), memory.pack.issuers()).reason;
    },
    /** Let time pass, for the site and for the device. @param {number} ms */
    pass(ms) {
      clock.now += ms;
      site.state.now += ms;
    },
  };
}
