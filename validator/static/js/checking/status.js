/** What the status line says: how the link is, how old the memory is, what waits. Pure. */

/** @import {LinkState, SlowPart} from "./link.js" */

import { _, N_, ngettext } from "../messages.js";

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
 * @typedef {object} Status
 * @property {"live" | "slow" | "offline"} link
 * @property {Facts["slow"]} slow
 * @property {string} text  the link, and the memory where it counts
 * @property {string | null} queued
 * @property {string | null} dropped
 * @property {string | null} contradictions
 */

/** By the part that is slow: with a memory to answer from, and without. @type {Record<string, [string, string]>} */
const SLOW = {
  unknown: [N_("Slow: remembered answers first"), N_("Slow: answers take a moment")],
  network: [N_("Weak signal: remembered answers first"), N_("Weak signal: answers take a moment")],
  server: [N_("Our server is slow: remembered answers first"), N_("Our server is slow: answers take a moment")],
  register: [
    N_("The card register is slow: remembered answers first"),
    N_("The card register is slow: answers take a moment"),
  ],
};

/**
 * @param {Facts} facts
 * @returns {Status}
 */
export function statusLine(facts) {
  const { link, slow, queued, dropped = 0, contradictions } = facts;
  return Object.freeze({
    link,
    slow,
    text: linkText(facts),
    queued: queued
      ? ngettext("%(num)s check waiting to be confirmed", "%(num)s checks waiting to be confirmed", queued)
      : null,
    dropped: dropped
      ? ngettext(
          "%(num)s check could not be confirmed within a day and was deleted",
          "%(num)s checks could not be confirmed within a day and were deleted",
          dropped,
        )
      : null,
    contradictions: contradictions
      ? ngettext("%(num)s result has changed. Check it", "%(num)s results have changed. Check them", contradictions)
      : null,
  });
}

/** @param {Facts} facts */
function linkText({ link, slow, packAge, packCards }) {
  if (link === "live") {
    return _("Online");
  }
  if (link === "slow") {
    const [remembered, empty] = SLOW[slow ?? "unknown"];
    return _(packCards > 0 && packAge !== null ? remembered : empty);
  }
  if (packCards === 0) {
    return _(
      "Offline: nothing remembered on this device. Cards can be checked again when the connection is back",
    );
  }
  return packAge === null
    ? _(
        "Offline: this device’s clock was changed, so remembered answers are not used. Connect once to use them again",
      )
    : offlineText(packAge);
}

/** @param {number} seconds  The age of the memory. */
function offlineText(seconds) {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes < 1) {
    return _("Offline: answering from memory of less than a minute ago");
  }
  if (hours < 1) {
    return _("Offline: answering from memory of %(num)s min ago", { num: minutes });
  }
  return hours < 48
    ? _("Offline: answering from memory of %(num)s h ago", { num: hours })
    : ngettext(
        "Offline: answering from memory of %(num)s day ago",
        "Offline: answering from memory of %(num)s days ago",
        Math.floor(hours / 24),
      );
}
