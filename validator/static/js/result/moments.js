/** Dates, times and ages as people read them: a port of moments.py, held to tests/vectors/shown.json. */

import { fill } from "./fill.js";

/** @typedef {import("./types.js").Words} Words */

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
/** @type {Map<string, Intl.DateTimeFormat>} */
const clocks = new Map();

/**
 * What the clock of this place shows at this instant.
 * @param {Date} instant
 * @param {string} zone
 * @returns {Record<string, string>} year, month, day, hour, minute, second with leading noughts
 */
function local(instant, zone) {
  let clock = clocks.get(zone);
  if (!clock) {
    clock = new Intl.DateTimeFormat("en-GB", { ...PARTS, timeZone: zone });
    clocks.set(zone, clock);
  }
  return Object.fromEntries(clock.formatToParts(instant).map((part) => [part.type, part.value]));
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
export function timeOfDay(instant, zone) {
  const at = local(instant, zone);
  return `${at.hour}:${at.minute}:${at.second}`;
}

/**
 * A calendar day: 7 March 2026.
 * @param {string} iso
 * @param {Words} words
 * @returns {import("./types.js").Moment}
 */
export function day(iso, words) {
  const [year, month, date] = iso.split("-").map(Number);
  const name = words.moments.months[month - 1];
  return { text: fill(words.moments.day, { day: date, month: name, year }), iso };
}

/**
 * An instant on the place's own clock: 7 March 2026, 14:05.
 * @param {string} iso
 * @param {Words} words
 * @returns {import("./types.js").Moment}
 */
export function instant(iso, words) {
  const at = local(new Date(iso), words.zone);
  const date = `${at.year}-${at.month}-${at.day}`;
  const time = `${at.hour}:${at.minute}`;
  const text = fill(words.moments.instant, { date: day(date, words).text, time });
  return { text, iso: `${date}T${time}:${at.second}${offset(at, iso)}` };
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
 * An age in its largest whole unit, rounded down as people say it.
 * @param {number} seconds
 * @param {Words} words
 * @returns {import("./types.js").Age}
 */
export function age(seconds, words) {
  const { just_now_s: justNow, just_now: [figure, text], units, ago } = words.moments;
  const unit = units.find(([size]) => seconds >= size);
  if (seconds < justNow || !unit) {
    return { figure, text };
  }
  const [size, one, many] = unit;
  const count = Math.floor(seconds / size);
  const counted = `${count} ${count === 1 ? one : many}`;
  return { figure: counted, text: fill(ago, { figure: counted }) };
}
