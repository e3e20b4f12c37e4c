/** Signing out, also without a network: everything is deleted at once, and the server is informed when it can be. */

/** @import {ApiResult} from "./call.js" */

/** @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem">} Box */

const SIGN_OUT = "escv.sign-out";

/** The flag that outlives a wipe: a sign-out that the server does not know of yet. */
export class SignOutFlag {
  #box;
  #isSetHere = false;

  /** @param {() => Box} box  may throw if the browser stores nothing; then the flag lasts as long as the page */
  constructor(box = () => globalThis.localStorage) {
    this.#box = box;
  }

  isSet() {
    try {
      return this.#isSetHere || this.#box().getItem(SIGN_OUT) !== null;
    } catch {
      return this.#isSetHere;
    }
  }

  set() {
    try {
      this.#box().setItem(SIGN_OUT, "1");
    } catch {
      this.#isSetHere = true;
    }
  }

  clear() {
    this.#isSetHere = false;
    try {
      this.#box().removeItem(SIGN_OUT);
    } catch {
      // Nothing was stored.
    }
  }
}

export class Session {
  #parts;
  /** @type {Promise<boolean> | null} */
  #settling = null;

  /**
   * @param {{flag: SignOutFlag, logout: () => Promise<ApiResult>, me: () => Promise<ApiResult>, wipe: () => Promise<void>}} parts
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Whether the server must still be informed of a sign-out: until then this device asks it nothing else. */
  isSignOutPending() {
    return this.#parts.flag.isSet();
  }

  /** Inform the server of a pending sign-out; true if none is pending any more. */
  settle() {
    if (!this.isSignOutPending()) {
      return Promise.resolve(true);
    }
    this.#settling ??= this.#settleOnce().finally(() => {
      this.#settling = null;
    });
    return this.#settling;
  }

  /** Delete everything on this device, then inform the server; true if that was possible now. */
  async signOut() {
    this.#parts.flag.set();
    await this.#parts.wipe();
    return this.settle();
  }

  async #settleOnce() {
    const { logout, me, flag } = this.#parts;
    await logout();
    // A network with its own sign-in page redirects everything: only our server's own answer counts.
    const result = await me();
    const isSignedOut = !result.ok && result.why === "signed_out";
    if (isSignedOut) {
      flag.clear();
    }
    return isSignedOut;
  }
}
