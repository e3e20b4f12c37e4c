/** The stage's times, from what this device has been set to. */

import { DEFAULTS } from "../settings/preferences.js";

/**
 * @param {import("../settings/preferences.js").Preferences} preferences
 * @param {import("./types.js").Words} words
 * @param {boolean} isKiosk
 * @returns {import("./types.js").Options}
 */
export function optionsOf(preferences, words, isKiosk) {
  /** @param {keyof typeof DEFAULTS} name */
  const ms = (name) => 1_000 * preferences.get(name, Number(DEFAULTS[name]));
  return {
    resultMs: ms("resultSeconds"),
    sameCodeMs: ms("sameCodeSeconds"),
    liveS: words.limits.live_s,
    kiosk: isKiosk
      ? {
          valid: ms("kioskValidSeconds"),
          not_valid: ms("kioskNotValidSeconds"),
          could_not_check: ms("kioskCouldNotCheckSeconds"),
        }
      : null,
  };
}
