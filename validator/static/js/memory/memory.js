/** Everything that this device remembers, opened together and wiped together. */

import { newId } from "../platform.js";
import { LIMIT_MS, limited, openDatabase, openRam } from "./database.js";
import { Notices } from "./notices.js";
import { Pack, clear, emptyState } from "./pack.js";
import { PackWriter } from "./pack_writer.js";
import { Queue } from "./queue.js";
import { PackSync } from "./sync.js";
import { openVault } from "./vault.js";

/**
 * @import {Verdict} from "../types.js"
 * @import {Database, Spared} from "./database.js"
 * @import {HeldCard} from "./queue.js"
 * @import {Response} from "./sync.js"
 * @import {Vault} from "./vault.js"
 */

/**
 * @typedef {"wiped" | "pack" | "queue" | "notices"} Change
 * @typedef {{post(change: Change): void, hear(listener: (change: Change) => void): void, close(): void}} Tabs
 *
 * @typedef {object} EndedSession  What a session that has ended leaves on this device.
 * @property {number} waiting  checks that wait for the same person
 * @property {number} lost  checks that could not be stored
 * @property {"held" | "lost" | null} card  what became of the card whose check was under way
 * @property {string | null} held  that card, sealed, for the page to keep (`queue.heldCards`)
 *
 * @typedef {object} Parts
 * @property {Vault} vault
 * @property {Database | null} unused  a database that hangs; an earlier visit may have stored something in it
 * @property {Crypto} crypto
 * @property {Tabs} tabs
 * @property {LockManager | undefined} locks
 * @property {() => number} deviceNow
 * @property {() => Promise<void>} breathe
 * @property {number} limitMs
 */

const CHANNEL = "escv";

/**
 * Open the memory; only for the life of this page if the browser stores nothing for us; null if it cannot even seal
 * (pages without https). It waits neither for the network nor for a disk that hangs: what is read too late is taken
 * over when it arrives.
 * @param {{open?: () => Promise<Database | null>, crypto?: Crypto, tabs?: Tabs, locks?: LockManager | undefined,
 *   deviceNow?: () => number, breathe?: () => Promise<void>, limitMs?: number}} [parts]
 */
export async function openMemory({
  open = openDatabase,
  crypto = globalThis.crypto,
  tabs = openTabs(),
  locks = globalThis.navigator?.locks,
  deviceNow = Date.now,
  breathe = () => new Promise((resolve) => setTimeout(resolve)),
  limitMs = LIMIT_MS,
} = {}) {
  if (crypto?.subtle === undefined) {
    return null;
  }
  const database = (await open()) ?? openRam();
  const vault = (await limited(limitMs, openVault(database, crypto))) ?? (await openVault(openRam(), crypto));
  const unused = vault.kind === database.kind ? null : database;
  const memory = new Memory({ vault, unused, crypto, tabs, locks, deviceNow, breathe, limitMs });
  await limited(limitMs, memory.load());
  return memory;
}

export class Memory {
  #parts;
  #state = emptyState();
  #writer;
  /** @type {Set<(change: Change) => void>} */
  #listeners = new Set();
  /** @type {Set<PackSync>} */
  #syncs = new Set();

  /** @param {Parts} parts */
  constructor(parts) {
    const { vault, crypto, deviceNow, breathe, tabs } = parts;
    this.#parts = parts;
    this.kind = vault.kind;
    this.pack = new Pack(this.#state, { vault, subtle: crypto.subtle, deviceNow });
    const now = () => this.pack.likelyNow();
    this.queue = new Queue({ vault, now, changed: () => this.#announce("queue") });
    this.notices = new Notices({ vault, now, changed: () => this.#announce("notices") });
    const writing = { vault, crypto, deviceNow, breathe, newId: () => newId(crypto) };
    this.#writer = new PackWriter(this.#state, { ...writing, changed: () => this.#announce("pack") });
    tabs.hear((change) => this.#hear(change));
  }

  /** Read what is stored; a part that cannot be read stays empty. */
  load() {
    return Promise.all([this.#writer, this.queue, this.notices].map((part) => part.reload().catch(() => undefined)));
  }

  /** Remember an answer of the server. @param {string} escn @param {Verdict} verdict */
  remember(escn, verdict) {
    return this.#writer.remember(escn, verdict);
  }

  /**
   * The sync of this pack.
   * @param {(cursor: string) => Promise<Response>} ask
   */
  syncWith(ask) {
    const { deviceNow, locks } = this.#parts;
    /** @type {PackWriter["adopt"]} */
    const adopt = (pages, askedAt) => this.#writer.adopt(pages, askedAt);
    const sync = new PackSync(this.#state, { ask, adopt, deviceNow, alone: oneTab("escv-sync", locks) });
    this.#syncs.add(sync);
    return sync;
  }

  /**
   * Take over the queue's key of the person signed in. False if the stored key is that of another person: then the
   * session that this memory belongs to has ended.
   * @param {{id: string, key: string}} given  the key in base64url
   */
  async adopt({ id, key }) {
    const found = await this.#parts.vault.adopt(id, fromBase64Url(key));
    if (found === "new") {
      await this.queue.claim();
    }
    return found !== "other";
  }

  /**
   * A person signs out: all their data is deleted, here and in the other tabs, without waiting for the network.
   * Nothing is stored from here on.
   */
  wipe() {
    return this.#clear(this.queue.others());
  }

  /**
   * A session has ended: the same, but deferred checks stay, sealed under a key that is no longer here. The server
   * gives the key again to the same person.
   * @param {HeldCard[]} [cards]  whose checks are under way
   * @returns {Promise<EndedSession>}
   */
  async endSession(cards = []) {
    const { vault, limitMs } = this.#parts;
    const held = cards.length === 0 ? null : await limited(limitMs, this.queue.hold(cards));
    const size = this.queue.size();
    const isSealed = vault.kind === "disk" && vault.owner() !== null;
    await this.#clear("all");
    return {
      waiting: isSealed ? size : 0,
      lost: isSealed ? 0 : size,
      card: cards.length === 0 ? null : held === null ? "lost" : "held",
      held,
    };
  }

  /** Find out whether another page wiped while this one was suspended; call it when a page comes back. */
  async recheck() {
    if (await this.#parts.vault.recheck()) {
      this.#forget();
    }
  }

  /**
   * @param {(change: Change) => void} listener
   * @returns {() => void}
   */
  onChange(listener) {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** @param {Change} change */
  #announce(change) {
    this.#parts.tabs.post(change);
    this.#listeners.forEach((listener) => listener(change));
  }

  /** A change in another tab. @param {Change} change */
  #hear(change) {
    if (change === "wiped") {
      this.#forget();
      return;
    }
    const part = { pack: this.#writer, queue: this.queue, notices: this.notices }[change];
    const heard = () => this.#listeners.forEach((listener) => listener(change));
    void part.reload().then(heard, () => undefined);
  }

  #forget() {
    this.#parts.vault.close();
    clear(this.#state);
    [this.queue, this.notices, ...this.#syncs].forEach((part) => part.drop());
    this.#listeners.forEach((listener) => listener("wiped"));
  }

  /** @param {Spared} spared */
  async #clear(spared) {
    const { vault, unused, tabs, limitMs } = this.#parts;
    this.#forget();
    tabs.post("wiped");
    const stores = unused === null ? [vault] : [vault, unused];
    await limited(limitMs, Promise.allSettled(stores.map((store) => store.wipe(spared))));
    tabs.post("wiped");
  }
}

/**
 * Work that one tab does at a time; null if another one is doing it.
 * @param {string} name
 * @param {LockManager | undefined} locks
 * @returns {<T>(work: () => Promise<T>) => Promise<T | null>}
 */
export function oneTab(name, locks) {
  return async (work) =>
    locks === undefined
      ? work()
      : locks.request(name, { ifAvailable: true }, (lock) => (lock === null ? null : work()));
}

/**
 * The channel between the tabs of one device: it says that something changed, never what. It may be missing.
 * @param {typeof BroadcastChannel | undefined} [Channel]
 * @returns {Tabs}
 */
export function openTabs(Channel = globalThis.BroadcastChannel) {
  const channel = Channel === undefined ? null : new Channel(CHANNEL);
  return Object.freeze({
    post: (/** @type {Change} */ change) => channel?.postMessage(change),
    hear: (/** @type {(change: Change) => void} */ listener) =>
      channel?.addEventListener("message", (event) => listener(event.data)),
    close: () => channel?.close(),
  });
}

/** @param {string} text */
function fromBase64Url(text) {
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}
