/** Signing out: everything that this device remembers goes first, also without a network. */

import { createApi } from "../checking/api.js";
import { createCall } from "../checking/call.js";
import { createSession } from "../checking/session.js";
import { BROWSER_TIMERS } from "../checking/timers.js";
import { createMarks } from "../memory/marks.js";
import { openMemory } from "../memory/memory.js";
import { fetchOwn, own } from "../root.js";

/** Nobody waits longer for the server: the next page says that it is still to be told, and tells it. */
const PATIENCE_MS = 2_500;

/** Wipe, tell the server if it can be told, and go to where signing in is possible. */
export async function leave() {
  const marks = createMarks();
  const call = createCall({
    fetch: fetchOwn,
    now: () => performance.now(),
    timers: BROWSER_TIMERS,
    isLocked: marks.signOutWaits,
    heard: () => undefined,
  });
  const { logout, me } = createApi(call);
  const wipe = async () => (await openMemory())?.wipe();
  const late = new Promise((resolve) => setTimeout(() => resolve(false), PATIENCE_MS));
  const isTold = await Promise.race([createSession({ marks, logout, me, wipe }).signOut(), late]);
  location.replace(own(isTold ? "/login" : "/"));
}
