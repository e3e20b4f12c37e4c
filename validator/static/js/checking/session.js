/**
 * Signing out, also without a network: all is gone at once, and the server is told before it is asked
 * anything.
 */

/**
 * @typedef {import("../memory/marks.js").Marks} Marks
 * @typedef {import("./call.js").Told} Told
 */

/**
 * @param {{marks: Marks, logout: () => Promise<Told>, me: () => Promise<Told>,
 *   wipe: () => Promise<void>}} parts
 */
export function createSession({ marks, logout, me, wipe }) {
  /** @type {Promise<boolean> | null} */
  let settling = null;

  async function settleOnce() {
    await logout();
    // Networks with a sign-in page of their own redirect everything: only our server's own word counts.
    const told = await me();
    if (!told.ok && told.why === "signed_out") {
      marks.signOutIsDone();
      return true;
    }
    return false;
  }

  /** Tell the server of a sign-out that waits; whether none waits any more. */
  function settle() {
    if (!marks.signOutWaits()) {
      return Promise.resolve(true);
    }
    settling ??= settleOnce().finally(() => {
      settling = null;
    });
    return settling;
  }

  return Object.freeze({
    /** Whether a sign-out waits to be told: until then this device asks the server nothing else. */
    waits: () => marks.signOutWaits(),
    settle,

    /** Everything gone from this device, then the server told; whether it could be told now. */
    async signOut() {
      marks.signOutBegins();
      await wipe();
      return settle();
    },
  });
}
