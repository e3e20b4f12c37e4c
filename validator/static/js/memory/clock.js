/** The site's time on a device whose own clock may be wrong. Pure: the device's clock is passed in. */

/**
 * @typedef {object} Clock  What is kept of the time; in milliseconds.
 * @property {number} offset  what to add to the device's clock
 * @property {number} highest  the latest instant of the site's time that was ever seen
 */

/** A clock that went back by more than this cannot tell ages. */
export const TOLERANCE_MS = 300_000;

/**
 * The clock after the server said its time. Counted from when it was asked: no age is ever too young.
 * @param {number} askedAt  the device's clock then
 * @param {number} serverNow
 * @returns {Clock}
 */
export function synced(askedAt, serverNow) {
  return { offset: serverNow - askedAt, highest: serverNow };
}

/**
 * The site's time; NaN where nobody said it yet or the device's clock went back.
 * @param {Clock | null} clock
 * @param {number} deviceNow
 */
export function siteTime(clock, deviceNow) {
  const time = clock === null ? NaN : deviceNow + clock.offset;
  return clock !== null && time < clock.highest - TOLERANCE_MS ? NaN : time;
}

/**
 * The site's time as well as it can be told: for what needs an instant and no age.
 * @param {Clock | null} clock
 * @param {number} deviceNow
 */
export function likelyTime(clock, deviceNow) {
  return deviceNow + (clock?.offset ?? 0);
}

/**
 * The clock after this instant was seen.
 * @param {Clock | null} clock
 * @param {number} deviceNow
 * @returns {Clock | null}
 */
export function seen(clock, deviceNow) {
  return clock === null ? null : { ...clock, highest: Math.max(clock.highest, deviceNow + clock.offset) };
}
