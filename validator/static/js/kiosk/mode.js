/** What the kiosk's page is at this moment. Pure. */

/**
 * @typedef {"locked" | "setup" | "over" | "sign_in"} Mode
 *   over: it was a kiosk, and its session has ended; sign_in: nobody is signed in who could set it up.
 * @typedef {{ok: true, body: unknown} | {ok: false, why: string}} Told  What /api/v1/me said.
 */

/**
 * The server decides; where it cannot be asked, a tablet that was locked goes on being a kiosk: after a power
 * cut the network may come later than the visitors.
 * @param {boolean} wasLocked
 * @param {Told} told
 * @returns {Mode}
 */
export function modeOf(wasLocked, told) {
  if (told.ok) {
    const { kind } = /** @type {{kind?: unknown}} */ (told.body ?? {});
    return kind === "kiosk" ? "locked" : "setup";
  }
  if (told.why === "signed_out") {
    return wasLocked ? "over" : "sign_in";
  }
  return wasLocked ? "locked" : "setup";
}
