/** All that this device remembers, opened together and wiped together. */

import { newId } from "../ids.js";
import { openDatabase } from "./database.js";
import { LIMIT_MS, limited } from "./limit.js";
import { createNotices } from "./notices.js";
import { createPack, drop, nothingHeld } from "./pack.js";
import { createQueue } from "./queue.js";
import { openRam } from "./ram.js";
import { createSync } from "./sync.js";
import { openTabs } from "./tabs.js";
import { openVault } from "./vault.js";
import { createWriting } from "./writing.js";

/**
 * @typedef {import("./database.js").Store} Store
 * @typedef {import("./tabs.js").Tabs} Tabs
 * @typedef {import("./sync.js").Told} Told
 * @typedef {import("../types.js").Verdict} Verdict
 * @typedef {NonNullable<Awaited<ReturnType<typeof openMemory>>>} Memory
 * @typedef {"pack" | "queue" | "notices" | "wiped"} Change
 *
 * @typedef {object} Left  What a session that ended leaves on this device.
 * @property {number} waiting  checks that wait for the same person
 * @property {number} lost  checks that could not be kept
 * @property {"held" | "lost" | null} card  what became of the card that was being checked
 * @property {string | null} held  that card, sealed, for the page to keep (`queue.heldCards`)
 */

/**
 * Open the memory; for this page alone where the browser keeps nothing for us, null where it cannot even seal
 * (pages that did not come over https). Nothing in it waits for the network, nor for a disk that stands still:
 * what is read too late is taken over when it comes.
 * @param {{open?: () => Promise<Store | null>, crypto?: Crypto, tabs?: Tabs, locks?: LockManager | undefined,
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
  const store = (await open()) ?? openRam();
  const vault = (await limited(limitMs, openVault(store, crypto))) ?? (await openVault(openRam(), crypto));
  // Where the disk is done without, an earlier visit may have left something on it.
  const doneWithout = vault.kind === store.kind ? [] : [store];
  const held = nothingHeld();
  const pack = createPack(held, { vault, subtle: crypto.subtle, deviceNow });
  /** @type {Set<(change: Change) => void>} */
  const listeners = new Set();

  /** @param {Change} change */
  const hear = (change) => listeners.forEach((listener) => listener(change));
  /** @param {"pack" | "queue" | "notices"} change */
  const tell = (change) => () => {
    tabs.tell(change);
    hear(change);
  };

  const writing = createWriting(held, {
    vault,
    crypto,
    deviceNow,
    breathe,
    newId: () => newId(crypto),
    changed: tell("pack"),
  });
  const queue = createQueue({ vault, now: pack.likelyNow, changed: tell("queue") });
  const notices = createNotices({ vault, now: pack.likelyNow, changed: tell("notices") });
  const reload = { pack: writing.reload, queue: queue.reload, notices: notices.reload };
  /** @type {Set<{drop(): void}>} */
  const syncs = new Set();

  function forget() {
    vault.close();
    drop(held);
    [queue, notices, ...syncs].forEach((part) => part.drop());
    hear("wiped");
  }

  /** @param {import("./database.js").Spared} spared */
  async function clear(spared) {
    forget();
    tabs.tell("wiped");
    await limited(limitMs, Promise.allSettled([vault, ...doneWithout].map((each) => each.wipe(spared))));
    tabs.tell("wiped");
  }

  tabs.hear((news) => {
    if (news === "wiped") {
      forget();
    } else {
      void reload[news]().then(() => hear(news), () => undefined);
    }
  });
  const reading = Object.values(reload).map((read) => read().catch(() => undefined));
  await limited(limitMs, Promise.all(reading));

  return Object.freeze({
    pack,
    queue,
    notices,
    kind: vault.kind,
    remember: writing.remember,

    /**
     * What brings this pack up to date.
     * @param {(cursor: string) => Promise<Told>} ask
     */
    syncWith(ask) {
      const alone = oneTab("escv-sync", locks);
      const sync = createSync(held, { ask, adopt: writing.adopt, deviceNow, alone });
      syncs.add(sync);
      return sync;
    },

    /**
     * Take over the queue's key of who is signed in. False where another person's is here: then the session that
     * this memory belongs to has ended.
     * @param {{id: string, key: string}} given  the key in base64url
     */
    async adopt({ id, key }) {
      const found = await vault.adopt(id, fromBase64Url(key));
      if (found === "new") {
        await queue.claim();
      }
      return found !== "other";
    },

    /**
     * A person signs out: everything of theirs is gone, here and in the other tabs, without waiting for anybody;
     * nothing is kept from here on.
     */
    wipe: () => clear(queue.others()),

    /**
     * A session has ended: the same, but what waits to be delivered stays, sealed under a key that is not here any
     * more. The server gives it again to the same person.
     * @param {import("./queue.js").Card[]} [cards]  that were being checked
     * @returns {Promise<Left>}
     */
    async endSession(cards = []) {
      const held = cards.length === 0 ? null : await limited(limitMs, queue.hold(cards));
      const size = queue.size();
      const isSealed = vault.kind === "disk" && vault.owner() !== null;
      await clear("all");
      return {
        waiting: isSealed ? size : 0,
        lost: isSealed ? 0 : size,
        card: cards.length === 0 ? null : held === null ? "lost" : "held",
        held,
      };
    },

    /** Look whether another page wiped while this one slept; call it when a page comes back. */
    async recheck() {
      if (await vault.recheck()) {
        forget();
      }
    },

    /**
     * @param {(change: Change) => void} listener
     * @returns {() => void}
     */
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  });
}

/**
 * Work that one tab does at a time; null where another one is at it.
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

/** @param {string} text */
function fromBase64Url(text) {
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}
