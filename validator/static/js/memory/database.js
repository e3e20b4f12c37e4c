/** The device's database: one way in, one way of writing that a wipe ends for good. */

import { openDB } from "../../vendor/idb/index.js";
import { LIMIT_MS, limited } from "./limit.js";

/**
 * @typedef {"keys" | "state" | "chunks" | "queue" | "notices"} Room
 *
 * @typedef {object} Keys
 * @property {string} epoch  named anew after every wipe: writes of an earlier one are refused
 * @property {CryptoKey} own  AES-GCM, made here, not extractable
 * @property {QueueKey} [person]  for what only who is signed in may deliver
 *
 * @typedef {{id: string, key: CryptoKey}} QueueKey  As the server gave it; not extractable either.
 *
 * @typedef {object} Change  Keep a value under a key; without value the key is forgotten, without key all.
 * @property {Room} room
 * @property {string} [key]
 * @property {unknown} [value]
 *
 * @typedef {object} Store  No operation waits on the network. Reading and writing may reject.
 * @property {"disk" | "ram"} kind
 * @property {() => Promise<Keys | null>} keys
 * @property {(fresh: Keys) => Promise<Keys>} begin  the keys that are there, else these
 * @property {(room: Room) => Promise<Array<[string, any]>>} entries
 * @property {(epoch: string, changes: Change[]) => Promise<boolean>} commit  all or none; false after a wipe
 * @property {(spared?: Spared) => Promise<void>} wipe
 *
 * @typedef {readonly string[] | "all"} Spared  The keys in the queue that a wipe leaves; none unless it is said.
 */

const NAME = "escv";
const VERSION = 2;
/** @type {Room[]} */
export const ROOMS = ["keys", "state", "chunks", "queue", "notices"];
const EPOCH = "epoch";
const OWN = "own";
export const PERSON = "person";

/**
 * Open the database; null where the browser has none for us (blocked, private, broken) or takes too long.
 * @param {{limitMs?: number}} [options]
 * @returns {Promise<Store | null>}
 */
export async function openDatabase({ limitMs = LIMIT_MS } = {}) {
  try {
    const opened = connect();
    const database = await limited(limitMs, opened);
    if (database === null) {
      opened.then((tooLate) => tooLate.close()).catch(() => undefined);
      return null;
    }
    return storeOver(database);
  } catch {
    return null;
  }
}

/** @typedef {Awaited<ReturnType<typeof connect>>} Database */

function connect() {
  return openDB(NAME, VERSION, {
    upgrade(database, before, _now, transaction) {
      if (before === 0) {
        ROOMS.forEach((room) => database.createObjectStore(room));
        return;
      }
      // The pack of version 1 and its key. What waits to be delivered stays.
      void transaction.objectStore("chunks").clear();
      void transaction.objectStore("state").delete("pack");
      void transaction.objectStore("keys").delete("pack");
    },
    blocking(_current, _blocked, event) {
      /** @type {IDBDatabase} */ (event.target).close();
    },
  });
}

/**
 * @param {Database} first
 * @returns {Store}
 */
function storeOver(first) {
  let database = first;

  /**
   * A browser may close a connection at any time (evicted, deleted by hand): open it once more.
   * @template T
   * @param {(connection: Database) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async function using(work) {
    try {
      return await work(database);
    } catch (fault) {
      if (!(fault instanceof DOMException) || fault.name !== "InvalidStateError") {
        throw fault;
      }
      database = await connect();
      return await work(database);
    }
  }

  return Object.freeze({
    kind: /** @type {const} */ ("disk"),
    keys: () => using(keysIn),
    begin: (/** @type {Keys} */ fresh) => using((connection) => begin(connection, fresh)),
    entries: (/** @type {Room} */ room) => using((connection) => entries(connection, room)),
    commit: (/** @type {string} */ epoch, /** @type {Change[]} */ changes) =>
      using((connection) => commit(connection, epoch, changes)),
    wipe: (/** @type {Spared} */ spared = []) => using((connection) => wipe(connection, spared)),
  });
}

/** @param {Database} database @returns {Promise<Keys | null>} */
async function keysIn(database) {
  const keys = database.transaction("keys").objectStore("keys");
  const [epoch, own, person] = await Promise.all([EPOCH, OWN, PERSON].map((name) => keys.get(name)));
  return epoch && own ? { epoch, own, person } : null;
}

/** @param {Database} database @param {Keys} fresh @returns {Promise<Keys>} */
async function begin(database, fresh) {
  const writing = database.transaction("keys", "readwrite");
  const [epoch, own, person] = await Promise.all([EPOCH, OWN, PERSON].map((name) => writing.store.get(name)));
  const found = epoch && own ? { epoch, own, person } : fresh;
  await Promise.all([writing.store.put(found.epoch, EPOCH), writing.store.put(found.own, OWN), writing.done]);
  return found;
}

/** @param {Database} database @param {Room} room @returns {Promise<Array<[string, any]>>} */
async function entries(database, room) {
  const { store } = database.transaction(room);
  const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
  return keys.map((key, place) => [String(key), values[place]]);
}

/** @param {Database} database @param {string} epoch @param {Change[]} changes */
async function commit(database, epoch, changes) {
  const writing = database.transaction(ROOMS, "readwrite");
  if ((await writing.objectStore("keys").get(EPOCH)) !== epoch) {
    await writing.done;
    return false;
  }
  for (const { room, key, value } of changes) {
    const store = writing.objectStore(room);
    // Requests of one transaction are done in order; a failure of any ends them all, and `done` tells it.
    const change = value === undefined ? () => store.delete(key ?? "") : () => store.put(value, key);
    (key === undefined ? store.clear() : change()).catch(() => undefined);
  }
  await writing.done;
  return true;
}

/** @param {Database} database @param {Spared} spared */
async function wipe(database, spared) {
  const writing = database.transaction(ROOMS, "readwrite");
  const cleared = ROOMS.filter((room) => room !== "queue").map((room) => writing.objectStore(room).clear());
  const queue = writing.objectStore("queue");
  const keys = spared === "all" ? [] : await queue.getAllKeys();
  const gone = keys.filter((key) => !spared.includes(String(key))).map((key) => queue.delete(key));
  await Promise.all([...cleared, ...gone, writing.done]);
}

/**
 * Ask the browser not to throw our memory away when space is short; true where it keeps it. To be asked at each start:
 * browsers grant it late, as after the app was installed.
 * @param {Partial<Pick<StorageManager, "persist" | "persisted">> | undefined} storage
 */
export async function askToPersist(storage) {
  try {
    return (await storage?.persisted?.()) === true || (await storage?.persist?.()) === true;
  } catch {
    return false;
  }
}
