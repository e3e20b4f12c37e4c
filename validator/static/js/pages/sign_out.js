/** Signing out: deliver deferred checks if possible, then delete all data of this person on the device. */

import { fetchOwn, own } from "../addresses.js";
import { Api } from "../checking/api.js";
import { createCall } from "../checking/call.js";
import { MAX_BATCH, resultsOf } from "../checking/deferred.js";
import { Session, SignOutFlag } from "../checking/session.js";
import { openMemory } from "../memory/memory.js";
import { TIMERS, now } from "../platform.js";
import { noteLeft } from "./session_end.js";

/** @import {Queue} from "../memory/queue.js" */

/** The longest wait for the server. After it, the next page says that the sign-out is pending, and delivers it. */
const LOGOUT_MS = 1_500;
/** The longest wait for the delivery. After it, the next page says how many checks were lost. */
const DELIVERY_MS = 1_000;

/** Deliver, wipe, inform the server if possible, and go to a page for signing in. */
export async function signOut() {
  const flag = new SignOutFlag();
  const isLocked = () => flag.isSet();
  const api = new Api(createCall({ fetch: fetchOwn, now, timers: TIMERS, isLocked, onSample: () => undefined }));
  const memory = await openMemory();
  if (memory !== null && memory.queue.size() > 0) {
    await Promise.race([deliver(memory.queue, api), after(DELIVERY_MS)]);
    noteLeft({ waiting: 0, lost: memory.queue.size(), card: null, held: null });
  }
  const wipe = async () => memory?.wipe();
  const session = new Session({ flag, logout: () => api.logout(), me: () => api.me(), wipe });
  const isDone = await Promise.race([session.signOut(), after(LOGOUT_MS)]);
  location.replace(own(isDone ? "/login" : "/"));
}

/** @param {number} ms @returns {Promise<false>} */
function after(ms) {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms));
}

/**
 * Deliver until the queue is empty or the server takes no more.
 * @param {Queue} queue
 * @param {Api} api
 */
async function deliver(queue, api) {
  const owner = queue.owner();
  for (let hasProgress = owner !== null && !new SignOutFlag().isSet(); hasProgress && queue.size() > 0; ) {
    const checks = await queue.first(MAX_BATCH);
    const response = await api.deferredChecks(/** @type {string} */ (owner), checks);
    const results = response.ok ? resultsOf(response.body, checks) : null;
    const done = (results ?? []).filter(({ state }) => state !== "try_again").map(({ check }) => check.id);
    await queue.remove(done);
    hasProgress = done.length > 0;
  }
}
