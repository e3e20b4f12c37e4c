/** The mark that outlives a wipe: that a sign-out waits for the network. */

/**
 * @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem">} Box
 * @typedef {ReturnType<typeof createMarks>} Marks
 */

const SIGN_OUT = "escv.sign-out";

/**
 * @param {() => Box} box  may throw where the browser keeps nothing; marks then last as long as the page
 */
export function createMarks(box = () => globalThis.localStorage) {
  /** @type {Map<string, string>} */
  const held = new Map();

  /** @param {string} name */
  function has(name) {
    try {
      return held.has(name) || box().getItem(name) !== null;
    } catch {
      return held.has(name);
    }
  }

  /** @param {string} name */
  function set(name) {
    try {
      box().setItem(name, "1");
    } catch {
      held.set(name, "1");
    }
  }

  /** @param {string} name */
  function clear(name) {
    held.delete(name);
    try {
      box().removeItem(name);
    } catch {
      // Nothing was kept there.
    }
  }

  return Object.freeze({
    signOutWaits: () => has(SIGN_OUT),
    signOutBegins: () => set(SIGN_OUT),
    signOutIsDone: () => clear(SIGN_OUT),
  });
}
