/** Signing out: what waits is delivered if it can be, then everything of this person's goes from the device. */

import { Api } from "../checking/api.js";
import { createCall } from "../checking/call.js";
import { MAX_BATCH, resultsOf } from "../checking/deferred.js";
import { Session, SignOutFlag } from "../checking/session.js";
import { TIMERS } from "../timers.js";
import { openMemory } from "../memory/memory.js";
import { fetchOwn, own } from "../root.js";
import { noteLeft } from "./session_end.js";

/** Nobody waits longer for the server: the next page says that it is still to be told, and tells it. */
const LOGOUT_MS = 1_500;
/** Nor longer for what waits to be delivered: the next page says what was lost. */
const DELIVERY_MS = 1_000;

/** Deliver, wipe, tell the server if it can be told, and go to where signing in is possible. */
export async function leave() {
  const flag = new SignOutFlag();
  const call = createCall({
    fetch: fetchOwn,
    now: () => performance.now(),
    timers: TIMERS,
    isLocked: () => flag.isSet(),
    onSample: () => undefined,
  });
  const api = new Api(call);
  const memory = await openMemory();
  if (memory !== null && memory.queue.size() > 0) {
    await Promise.race([deliver(memory.queue, api), after(DELIVERY_MS)]);
    noteLeft({ waiting: 0, lost: memory.queue.size(), card: null, held: null });
  }
  const wipe = async () => memory?.wipe();
  const isTold = await Promise.race([new Session({ flag, logout: () => api.logout(), me: () => api.me(), wipe }).signOut(), after(LOGOUT_MS)]);
  location.replace(own(isTold ? "/login" : "/"));
}

/** @param {number} ms @returns {Promise<false>} */
function after(ms) {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms));
}

/**
 * Deliver until nothing waits or the server takes no more.
 * @param {import("../memory/queue.js").Queue} queue
 * @param {Api} api
 */
async function deliver(queue, api) {
  const owner = queue.owner();
  for (let isGoing = owner !== null && !new SignOutFlag().isSet(); isGoing && queue.size() > 0; ) {
    const checks = await queue.first(MAX_BATCH);
    const told = await api.deferredChecks(/** @type {string} */ (owner), checks);
    const results = told.ok ? resultsOf(told.body, checks) : null;
    const done = (results ?? []).filter(({ state }) => state !== "try_again").map(({ check }) => check.id);
    await queue.remove(done);
    isGoing = done.length > 0;
  }
}
