/**
 * Everything of checking, put together for a page: the server, the memory, the link, the queue, signing
 * out.
 */

import { newId } from "../ids.js";
import { askToPersist } from "../memory/database.js";
import { oneTab } from "../memory/memory.js";
import { SyncSchedule } from "../memory/sync.js";
import { fetchOwn } from "../root.js";
import { createApi } from "./api.js";
import { createCall } from "./call.js";
import { createChecker } from "./checker.js";
import { createDelivery } from "./deliver.js";
import { createLink, startProbing } from "./prober.js";
import { Session, SignOutFlag } from "./session.js";
import { TIMERS } from "../timers.js";

/**
 * @import {EndedSession, Memory} from "../memory/memory.js"
 * @import {HeldCard} from "../memory/queue.js"
 * @import {PackSync} from "../memory/sync.js"
 * @import {Payload} from "../types.js"
 * @import {Facts} from "./status.js"
 */

/**
 * @typedef {ReturnType<typeof startChecking>} Checking
 */

/** What a device without a memory has of one. */
const NO_PACK = Object.freeze({
  find: async () => null,
  now: () => NaN,
  likelyNow: Date.now,
  issuers: () => ({}),
  facts: () => ({ cards: 0, ageS: null, kept: /** @type {const} */ ("ram") }),
});
const NO_QUEUE = Object.freeze({ add: async () => false, remove: async () => undefined });

/**
 * Begin: the link is measured, the pack brought up to date, what waits is delivered.
 * @param {object} parts
 * @param {Memory | null} parts.memory
 * @param {() => void} [parts.changed]  the status line may say something else now
 * @param {(left: EndedSession) => void} [parts.signedOut]  the server says so: what is left on
 *   the device can be read by nobody
 * @param {() => Promise<unknown>} [parts.replacing]  waits while the page exchanges its session for another one
 * @param {() => void} [parts.changedHands]  another person is signed in than the one whose memory was here
 * @param {number} [parts.patienceMs]
 * @param {boolean} [parts.keepsCards]  keep the cards that are being checked over a sign-in
 * @param {boolean} [parts.keepsPack]  bring the pack up to date from here; one page kind does
 */
export function startChecking({
  memory,
  changed = () => undefined,
  signedOut,
  replacing,
  changedHands = () => undefined,
  patienceMs,
  keepsCards = true,
  keepsPack = true,
}) {
  const flag = new SignOutFlag();
  const timers = TIMERS;
  const now = () => performance.now();
  const link = createLink();
  const call = createCall({
    fetch: fetchOwn,
    now,
    timers,
    isLocked: () => flag.isSet(),
    heard: link.heard,
    usedAgoS: () => memory?.queue.usedAgoS() ?? null,
    ...(replacing === undefined ? {} : { replacing }),
  });
  const api = createApi(call);
  const session = new Session({
    flag,
    logout: api.logout,
    me: api.me,
    wipe: async () => {
      rest();
      await memory?.wipe();
    },
  });
  const pack = memory?.pack ?? NO_PACK;
  let isOver = false;

  /**
   * Nobody is signed in: whatever this device remembers goes, but for what waits, sealed, for the same person.
   * @param {Payload} [card]  that was being checked
   */
  function over(card) {
    if (!isOver) {
      isOver = true;
      rest();
      const others = checker.cards().filter((escn) => escn !== card?.escn);
      const cards = others.map((escn) => ({ escn, warnings: /** @type {string[]} */ ([]) }));
      void endSession(card === undefined ? cards : [{ escn: card.escn, warnings: card.warnings }, ...cards]);
    }
  }

  /** @param {HeldCard[]} cards */
  async function endSession(cards) {
    /** @type {EndedSession} */
    let left = { waiting: 0, lost: 0, card: cards.length > 0 ? "lost" : null, held: null };
    try {
      if (flag.isSet()) {
        await memory?.wipe();
      } else {
        left = (await memory?.endSession(keepsCards ? cards : [])) ?? left;
      }
    } finally {
      signedOut?.(left);
    }
  }

  /**
   * Take over the queue's key of who is signed in. False where another person's session was found on this device:
   * it has been ended, and the page is to begin anew.
   * @param {{queue?: {id: string, key: string} | null}} me
   */
  async function identify({ queue }) {
    if (memory === null || !queue || (await memory.adopt(queue))) {
      return true;
    }
    rest();
    await memory.endSession();
    changedHands();
    return false;
  }

  async function askWho() {
    const told = await api.me();
    return told.ok && identify(/** @type {{queue?: {id: string, key: string} | null}} */ (told.body));
  }

  const checker = createChecker({
    api,
    pack,
    queue: memory?.queue ?? NO_QUEUE,
    link,
    now,
    timers,
    newId,
    ...(memory === null ? {} : { remember: (escn, verdict) => memory.remember(escn, verdict) }),
    signedOut: over,
    ...(patienceMs === undefined ? {} : { patienceMs }),
  });
  const isBusy = () => checker.underWay() > 0;
  const delivery =
    memory === null
      ? null
      : createDelivery({
          api,
          queue: memory.queue,
          link,
          timers,
          isBusy,
          contradicted: (notice) => memory.notices.add(notice),
          remember: (escn, verdict) => memory.remember(escn, verdict),
          signedOut: () => over(),
          identify: askWho,
          delivered: () => syncing?.soon(),
          alone: oneTab("escv-deliver", globalThis.navigator?.locks),
        });
  /** @param {PackSync} sync */
  const scheduled = (sync) => new SyncSchedule({ run: () => sync.run(), link, isBusy, timers, signedOut: () => over() });
  const syncing =
    memory === null || !keepsPack
      ? null
      : scheduled(memory.syncWith(api.pack));

  /** A sign-out that waits is told before anything else is asked. */
  async function alive() {
    await session.settle();
    return api.alive();
  }

  const probing = startProbing({ link, alive, timers });
  link.onChange(changed);
  memory?.onChange((change) => {
    if (change === "queue") {
      delivery?.soon();
    }
    changed();
  });
  delivery?.soon();

  /** Nothing of the memory's is asked any more; the link is still measured, and a sign-out told. */
  function rest() {
    delivery?.stop();
    syncing?.stop();
  }

  function stop() {
    rest();
    probing.stop();
  }

  return Object.freeze({
    api,
    link,
    session,
    check: checker.check,
    isBusy,
    stop,
    identify,
    /** Somebody learned that nobody is signed in. */
    over: () => over(),
    syncNow: () => syncing?.now(),
    /** Look for a wipe by another page; call it when this one comes back (`pageshow`). */
    comeBack: () => memory?.recheck() ?? Promise.resolve(),
    /** Ask, at each start after the sign-in, that the browser keeps our memory. */
    askToPersist: () => askToPersist(globalThis.navigator?.storage),

    /** What the status line is to say now. @returns {Facts} */
    status() {
      const { cards, ageS } = pack.facts();
      return {
        link: link.state(),
        slow: link.slowPart(),
        packAge: ageS,
        packCards: cards,
        queued: memory?.queue.size() ?? 0,
        dropped: memory?.queue.dropped() ?? 0,
        contradictions: memory?.notices.all().length ?? 0,
      };
    },
  });
}
