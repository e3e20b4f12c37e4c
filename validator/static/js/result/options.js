/** The stage's times, from what this device has been set to. */

import { DEFAULTS } from "../settings/preferences.js";
import { LIVE_S } from "./present.js";

/** Along a queue the next person stands there already. */
const QUEUE_MS = 4_000;

/**
 * @param {import("../settings/preferences.js").Preferences} preferences
 * @param {boolean} isKiosk
 * @returns {import("./types.js").Options}
 */
export function optionsOf(preferences, isKiosk) {
  /** @param {keyof typeof DEFAULTS} name */
  const ms = (name) => 1_000 * preferences.get(name, Number(DEFAULTS[name]));
  const isQueue = preferences.get("queueMode", false);
  return {
    resultMs: isQueue ? Math.min(QUEUE_MS, ms("resultSeconds")) : ms("resultSeconds"),
    sameCodeMs: ms("sameCodeSeconds"),
    liveS: LIVE_S,
    kiosk: isKiosk
      ? {
          valid: ms("kioskValidSeconds"),
          not_valid: ms("kioskNotValidSeconds"),
          could_not_check: ms("kioskCouldNotCheckSeconds"),
        }
      : null,
  };
}
