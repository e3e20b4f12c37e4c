/** Dates, times and ages as people read them: a port of moments.py, held to tests/vectors/shown.json. */

import { _, locale, ngettext } from "../messages.js";

/** @import {Moment} from "./types.js" */

const JUST_NOW_S = 3;
const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;
const MINUTE_MS = 60_000;
/** @type {Intl.DateTimeFormatOptions} */
const PARTS = {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
};
/** @type {Intl.DateTimeFormatOptions} */
const DAY = { year: "numeric", month: "long", day: "numeric" };
/** @type {Intl.DateTimeFormatOptions} */
const TIME = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
/** @type {Intl.DateTimeFormatOptions} */
const TIME_AND_SECONDS = { ...TIME, second: "2-digit" };
/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * @param {string} language
 * @param {string} timeZone
 * @param {Intl.DateTimeFormatOptions} options
 */
function format(language, timeZone, options) {
  const key = [language, timeZone, ...Object.keys(options)].join();
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(language, { ...options, timeZone });
    formats.set(key, found);
  }
  return found;
}

/**
 * What the clock of this place shows at this instant.
 * @param {Date} instant
 * @param {string} zone
 * @returns {Record<string, string>} year, month, day, hour, minute, second with leading noughts
 */
function local(instant, zone) {
  const shown = format("en-GB", zone, PARTS).formatToParts(instant);
  return Object.fromEntries(shown.map((part) => [part.type, part.value]));
}

/** @param {number} count */
const twoDigits = (count) => String(count).padStart(2, "0");

/**
 * The day it is at this place, as 2026-03-07.
 * @param {Date} instant
 * @param {string} zone
 */
export function today(instant, zone) {
  const at = local(instant, zone);
  return `${at.year}-${at.month}-${at.day}`;
}

/**
 * The time of day at this place: 14:05:31.
 * @param {Date} instant
 * @param {string} zone
 */
export const timeOfDay = (instant, zone) => format(locale(), zone, TIME_AND_SECONDS).format(instant);

/**
 * The time of day at this place without seconds: 14:05.
 * @param {Date} instant
 * @param {string} zone
 */
export const minuteOfDay = (instant, zone) => format(locale(), zone, TIME).format(instant);

/**
 * A calendar day: 7 March 2026.
 * @param {string} iso
 * @returns {Moment}
 */
export function day(iso) {
  return { text: format(locale(), "UTC", DAY).format(new Date(`${iso}T00:00:00Z`)), iso };
}

/**
 * An instant on the place's own clock: 7 March 2026, 14:05.
 * @param {string} iso
 * @param {string} zone
 * @returns {Moment}
 */
export function instant(iso, zone) {
  const given = new Date(iso);
  const at = local(given, zone);
  const date = format(locale(), zone, DAY).format(given);
  const text = _("%(date)s, %(time)s", { date, time: minuteOfDay(given, zone) });
  const stamp = `${at.year}-${at.month}-${at.day}T${at.hour}:${at.minute}:${at.second}`;
  return { text, iso: `${stamp}${offset(at, iso)}` };
}

/**
 * @param {Record<string, string>} at
 * @param {string} iso
 */
function offset(at, iso) {
  const wall = Date.UTC(+at.year, +at.month - 1, +at.day, +at.hour, +at.minute, +at.second);
  const minutes = Math.round((wall - Math.floor(Date.parse(iso) / 1000) * 1000) / MINUTE_MS);
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${twoDigits(Math.floor(size / 60))}:${twoDigits(size % 60)}`;
}

/**
 * How long ago, in the largest whole unit, rounded down as people say it: "3 h ago".
 * @param {number} seconds
 */
export function age(seconds) {
  if (seconds < JUST_NOW_S) {
    return _("just now");
  }
  if (seconds < MINUTE_S) {
    return _("%(num)s s ago", { num: seconds });
  }
  if (seconds < HOUR_S) {
    return _("%(num)s min ago", { num: Math.floor(seconds / MINUTE_S) });
  }
  if (seconds < DAY_S) {
    return _("%(num)s h ago", { num: Math.floor(seconds / HOUR_S) });
  }
  return ngettext("%(num)s day ago", "%(num)s days ago", Math.floor(seconds / DAY_S));
}
