/** What the status line says: how the link is, how old the memory is, what waits. Pure. */

/** @import {LinkState, SlowPart} from "./link.js" */

/**
 * @typedef {object} Facts
 * @property {LinkState} link
 * @property {SlowPart | null} slow  where the link is slow: which part, as far as that is known
 * @property {number | null} packAge  seconds since the last sync; null where that cannot be known
 * @property {number} packCards
 * @property {number} queued
 * @property {number} [dropped]  waited too long and were dropped
 * @property {number} contradictions
 *
 * @typedef {Readonly<Record<string, string>>} Words  The table `status` of the shared words; `{…}` is filled in.
 *
 * @typedef {object} Status
 * @property {"live" | "slow" | "offline"} link
 * @property {Facts["slow"]} slow
 * @property {string} text  the link, and the memory where it counts
 * @property {string | null} queued
 * @property {string | null} dropped
 * @property {string | null} contradictions
 */

/**
 * @param {Facts} facts
 * @param {Words} words
 * @returns {Status}
 */
export function statusLine(facts, words) {
  const { link, slow, queued, dropped = 0, contradictions } = facts;
  return Object.freeze({
    link,
    slow,
    text: linkText(facts, words),
    queued: counted(queued, words.queued_one, words.queued_many),
    dropped: counted(dropped, words.dropped_one, words.dropped_many),
    contradictions: counted(contradictions, words.contradiction_one, words.contradiction_many),
  });
}

/** @param {Facts} facts @param {Words} words */
function linkText({ link, slow, packAge, packCards }, words) {
  if (link === "live") {
    return words.live;
  }
  if (link === "slow") {
    const name = slow === null ? "slow" : `slow_${slow}`;
    return packCards > 0 && packAge !== null ? words[name] : words[`${name}_empty`];
  }
  if (packCards === 0) {
    return words.offline_empty;
  }
  return packAge === null ? words.offline_no_age : words.offline.replace("{age}", ageText(packAge, words));
}

/**
 * An age as people say it.
 * @param {number} seconds
 * @param {Words} words
 */
export function ageText(seconds, words) {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (minutes < 1) {
    return words.seconds;
  }
  if (hours < 1) {
    return words.minutes.replace("{count}", String(minutes));
  }
  return days < 2
    ? words.hours.replace("{count}", String(hours))
    : (counted(days, words.days_one, words.days_many) ?? "");
}

/** @param {number} count @param {string} one @param {string} many */
function counted(count, one, many) {
  return count === 0 ? null : count === 1 ? one : many.replace("{count}", String(count));
}
