/** What time does to the stage: results that clear themselves, lines that go, checks that are forgotten. */

/**
 * @typedef {import("./types.js").Stage} Stage
 * @typedef {import("./types.js").Entry} Entry
 */

/** A line about a card that has gone is read once; loud ones stay until a person has seen them. */
const QUIET_NOTICE_MS = 20_000;
/** No check is under way longer than this (checking/checker.js ends each in under 4 s). */
const FORGOTTEN_MS = 60_000;

/**
 * The stage at this time.
 * @param {Stage} stage
 * @param {number} at
 * @returns {Stage}
 */
export function onTick(stage, at) {
  const clears = clearsAt(stage);
  const shown = clears !== null && clears <= at ? null : stage.shown;
  return {
    ...stage,
    shown,
    isHeld: shown !== null && stage.isHeld,
    known: stage.known.filter((entry) => entry.token === shown || forgottenAt(entry, stage.options) > at),
    foreign: stage.foreign && stage.foreign.until > at ? stage.foreign : null,
    notices: stage.notices.filter((notice) => notice.loud || notice.at + QUIET_NOTICE_MS > at),
  };
}

/**
 * The next time at which a tick changes something, or null.
 * @param {Stage} stage
 * @param {number} at
 * @returns {number | null}
 */
export function nextTick(stage, at) {
  const { foreign, known, notices, options } = stage;
  const times = [
    clearsAt(stage),
    foreign && foreign.tintUntil > at ? foreign.tintUntil : null,
    foreign?.until ?? null,
    ...notices.map((notice) => (notice.loud ? null : notice.at + QUIET_NOTICE_MS)),
    ...known.map((entry) => (entry.token === stage.shown ? null : forgottenAt(entry, options))),
  ].filter((time) => time !== null);
  return times.length ? Math.min(...times) : null;
}

/**
 * When the result clears itself; null for never. A NOT VALID or COULD NOT CHECK waits for a person,
 * except at a kiosk, which has its own time for each.
 * @param {Stage} stage
 * @returns {number | null}
 */
export function clearsAt(stage) {
  const entry = stage.known.find((each) => each.token === stage.shown);
  const outcome = entry?.answer?.verdict?.outcome;
  if (!entry || !outcome || entry.answeredAt === null || stage.isHeld) {
    return null;
  }
  const { kiosk, resultMs } = stage.options;
  const stays = kiosk ? kiosk[outcome] : outcome === "valid" ? resultMs : 0;
  return stays > 0 ? Math.max(entry.answeredAt, entry.seenAt) + stays : null;
}

/**
 * Until when a check off the stage is remembered: its same code is not asked again, its late answer is told.
 * @param {Entry} entry
 * @param {import("./types.js").Options} options
 */
function forgottenAt(entry, options) {
  const isUnderWay = !entry.answer?.verdict || entry.answer.confirming;
  return entry.seenAt + (isUnderWay ? FORGOTTEN_MS : options.sameCodeMs);
}
