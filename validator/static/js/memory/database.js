/** Where the device stores its data: the browser's database, or memory if the browser has none for us. */

import { openDB } from "../../vendor/idb/index.js";

/**
 * @typedef {"keys" | "state" | "chunks" | "queue" | "notices"} StoreName
 *
 * @typedef {object} Keys
 * @property {string} epoch  a new one after each wipe: writes under an earlier one are refused
 * @property {CryptoKey} own  AES-GCM, made on this device, not extractable
 * @property {QueueKey} [person]  for data that only the person signed in may deliver
 *
 * @typedef {{id: string, key: CryptoKey}} QueueKey  As the server gave it; not extractable either.
 *
 * @typedef {object} Change  Set the value of a key. Without `value` the key is deleted; without `key` the store is cleared.
 * @property {StoreName} store
 * @property {string} [key]
 * @property {unknown} [value]
 *
 * @typedef {object} Database  No operation waits for the network. Reading and writing may reject.
 * @property {"disk" | "ram"} kind
 * @property {() => Promise<Keys | null>} keys
 * @property {(fresh: Keys) => Promise<Keys>} begin  the stored keys, or these if there are none
 * @property {(store: StoreName) => Promise<Array<[string, any]>>} entries
 * @property {(epoch: string, changes: Change[]) => Promise<boolean>} commit  all or none; false after a wipe
 * @property {(spared?: Spared) => Promise<void>} wipe
 *
 * @typedef {readonly string[] | "all"} Spared  The keys of the queue that a wipe keeps; by default none.
 *
 * @typedef {Awaited<ReturnType<typeof connect>>} Connection
 */

/** The longest time that a page waits for its database. A browser's disk may hang for ever. */
export const LIMIT_MS = 3_000;
const NAME = "escv";
const VERSION = 2;
/** @type {StoreName[]} */
export const STORE_NAMES = ["keys", "state", "chunks", "queue", "notices"];
const EPOCH = "epoch";
const OWN = "own";
export const PERSON = "person";

/**
 * Open the database; null if the browser has none for us (blocked, private, broken) or takes too long.
 * @param {{limitMs?: number}} [options]
 * @returns {Promise<Database | null>}
 */
export async function openDatabase({ limitMs = LIMIT_MS } = {}) {
  try {
    const opening = connect();
    const connection = await limited(limitMs, opening);
    if (connection === null) {
      opening.then((tooLate) => tooLate.close()).catch(() => undefined);
      return null;
    }
    return databaseOver(connection);
  } catch {
    return null;
  }
}

function connect() {
  return openDB(NAME, VERSION, {
    upgrade(connection, before, _now, transaction) {
      if (before === 0) {
        STORE_NAMES.forEach((store) => connection.createObjectStore(store));
        return;
      }
      // Drop the pack of version 1 and its key. Deferred checks stay.
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
 * @param {Connection} first
 * @returns {Database}
 */
function databaseOver(first) {
  let connection = first;

  /**
   * A browser may close a connection at any time (evicted, deleted by hand): open it once more.
   * @template T
   * @param {(connection: Connection) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async function using(work) {
    try {
      return await work(connection);
    } catch (fault) {
      if (!(fault instanceof DOMException) || fault.name !== "InvalidStateError") {
        throw fault;
      }
      connection = await connect();
      return await work(connection);
    }
  }

  return Object.freeze({
    kind: /** @type {const} */ ("disk"),
    keys: () => using(keysIn),
    begin: (/** @type {Keys} */ fresh) => using((open) => begin(open, fresh)),
    entries: (/** @type {StoreName} */ store) => using((open) => entries(open, store)),
    commit: (/** @type {string} */ epoch, /** @type {Change[]} */ changes) =>
      using((open) => commit(open, epoch, changes)),
    wipe: (/** @type {Spared} */ spared = []) => using((open) => wipe(open, spared)),
  });
}

/** @param {Connection} connection @returns {Promise<Keys | null>} */
async function keysIn(connection) {
  const keys = connection.transaction("keys").objectStore("keys");
  const [epoch, own, person] = await Promise.all([EPOCH, OWN, PERSON].map((name) => keys.get(name)));
  return epoch && own ? { epoch, own, person } : null;
}

/** @param {Connection} connection @param {Keys} fresh @returns {Promise<Keys>} */
async function begin(connection, fresh) {
  const writing = connection.transaction("keys", "readwrite");
  const [epoch, own, person] = await Promise.all([EPOCH, OWN, PERSON].map((name) => writing.store.get(name)));
  const found = epoch && own ? { epoch, own, person } : fresh;
  await Promise.all([writing.store.put(found.epoch, EPOCH), writing.store.put(found.own, OWN), writing.done]);
  return found;
}

/** @param {Connection} connection @param {StoreName} name @returns {Promise<Array<[string, any]>>} */
async function entries(connection, name) {
  const { store } = connection.transaction(name);
  const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
  return keys.map((key, index) => [String(key), values[index]]);
}

/** @param {Connection} connection @param {string} epoch @param {Change[]} changes */
async function commit(connection, epoch, changes) {
  const writing = connection.transaction(STORE_NAMES, "readwrite");
  if ((await writing.objectStore("keys").get(EPOCH)) !== epoch) {
    await writing.done;
    return false;
  }
  for (const { store: name, key, value } of changes) {
    const store = writing.objectStore(name);
    // A transaction runs its requests in order; one failure aborts it, and `done` rejects.
    const change = value === undefined ? () => store.delete(key ?? "") : () => store.put(value, key);
    (key === undefined ? store.clear() : change()).catch(() => undefined);
  }
  await writing.done;
  return true;
}

/** @param {Connection} connection @param {Spared} spared */
async function wipe(connection, spared) {
  const writing = connection.transaction(STORE_NAMES, "readwrite");
  const cleared = STORE_NAMES.filter((name) => name !== "queue").map((name) => writing.objectStore(name).clear());
  const queue = writing.objectStore("queue");
  const keys = spared === "all" ? [] : await queue.getAllKeys();
  const deleted = keys.filter((key) => !spared.includes(String(key))).map((key) => queue.delete(key));
  await Promise.all([...cleared, ...deleted, writing.done]);
}

/** The same in memory, for the life of the page. @returns {Database} */
export function openRam() {
  /** @type {Keys | null} */
  let keys = null;
  const stores = new Map(STORE_NAMES.map((name) => [name, /** @type {Map<string, unknown>} */ (new Map())]));
  /** @param {StoreName} name */
  const storeOf = (name) => /** @type {Map<string, unknown>} */ (stores.get(name));
  /** @param {Change} change */
  const apply = ({ store, key, value }) => {
    const values = storeOf(store);
    void (key === undefined ? values.clear() : value === undefined ? values.delete(key) : values.set(key, value));
  };

  return Object.freeze({
    kind: /** @type {const} */ ("ram"),
    keys: async () => keys,
    begin: async (/** @type {Keys} */ fresh) => {
      keys ??= fresh;
      return { ...keys, person: /** @type {Keys["person"]} */ (storeOf("keys").get(PERSON)) };
    },
    entries: async (/** @type {StoreName} */ store) => [...storeOf(store)],
    commit: async (/** @type {string} */ epoch, /** @type {Change[]} */ changes) => {
      const isCurrent = keys?.epoch === epoch;
      (isCurrent ? changes : []).forEach(apply);
      return isCurrent;
    },
    wipe: async (/** @type {Spared} */ spared = []) => {
      keys = null;
      stores.forEach((values, name) =>
        [...values.keys()]
          .filter((key) => name !== "queue" || (spared !== "all" && !spared.includes(key)))
          .forEach((key) => values.delete(key)),
      );
    },
  });
}

/**
 * Ask the browser to keep our data when disk space is short; true if it will. Ask at each start: some browsers grant
 * it only later, for example after the app was installed.
 * @param {Partial<Pick<StorageManager, "persist" | "persisted">> | undefined} storage
 */
export async function askToPersist(storage) {
  try {
    return (await storage?.persisted?.()) === true || (await storage?.persist?.()) === true;
  } catch {
    return false;
  }
}

/**
 * The result of the work; null if it fails or takes longer than `ms`. The work is not stopped.
 * @template T
 * @param {number} ms
 * @param {Promise<T>} work
 * @returns {Promise<T | null>}
 */
export function limited(ms, work) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms, null);
    void work
      .catch(() => null)
      .then((given) => {
        clearTimeout(timer);
        resolve(given);
      });
  });
}
