/** The same as the database, for as long as the page lives: where a browser keeps nothing for us. */

import { PERSON, ROOMS } from "./database.js";

/**
 * @typedef {import("./database.js").Store} Store
 * @typedef {import("./database.js").Keys} Keys
 * @typedef {import("./database.js").Room} Room
 * @typedef {import("./database.js").Change} Change
 */

/** @returns {Store} */
export function openRam() {
  /** @type {Keys | null} */
  let keys = null;
  const rooms = new Map(ROOMS.map((room) => [room, /** @type {Map<string, unknown>} */ (new Map())]));
  /** @param {Room} room */
  const inside = (room) => /** @type {Map<string, unknown>} */ (rooms.get(room));

  return Object.freeze({
    kind: /** @type {const} */ ("ram"),
    keys: async () => keys,
    begin: async (/** @type {Keys} */ fresh) => {
      keys ??= fresh;
      return { ...keys, person: /** @type {Keys["person"]} */ (inside("keys").get(PERSON)) };
    },
    entries: async (/** @type {Room} */ room) => [...inside(room)],
    commit: async (/** @type {string} */ epoch, /** @type {Change[]} */ changes) => {
      if (keys?.epoch !== epoch) {
        return false;
      }
      for (const { room, key, value } of changes) {
        if (key === undefined) {
          inside(room).clear();
        } else if (value === undefined) {
          inside(room).delete(key);
        } else {
          inside(room).set(key, value);
        }
      }
      return true;
    },
    wipe: async (/** @type {import("./database.js").Spared} */ spared = []) => {
      keys = null;
      rooms.forEach((entries, room) =>
        [...entries.keys()]
          .filter((key) => room !== "queue" || (spared !== "all" && !spared.includes(key)))
          .forEach((key) => entries.delete(key)),
      );
    },
  });
}
