/** What time does to the stage: results that clear themselves, lines that go, checks that are forgotten. */

/**
 * @typedef {import("./types.js").Stage} Stage
 * @typedef {import("./types.js").Entry} Entry
 */

/** A line about a card that has gone is read once; loud ones stay until a person has seen them. */
const QUIET_NOTICE_MS = 20_000;
/** No check is under way longer than this (checking/checker.js ends each in under 4 s). */
const FORGOTTEN_MS = 60_000;
/** A touch holds an answer so long, so that nobody's VALID stays because somebody once touched the screen. */
export const HELD_MS = 60_000;

/**
 * The stage at this time.
 * @param {Stage} stage
 * @param {number} at
 * @returns {Stage}
 */
export function onTick(stage, at) {
  const clears = clearsAt(stage);
  const shown = clears !== null && clears <= at ? null : stage.shown;
  const { foreign } = stage;
  return {
    ...stage,
    shown,
    heldAt: shown === null ? null : stage.heldAt,
    known: stage.known.filter((entry) => entry.token === shown || forgottenAt(entry, stage.options) > at),
    foreign: foreign?.until === null || (foreign && foreign.until > at) ? foreign : null,
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
 * except at a kiosk, which has its own time for each. A touch holds it for a minute, not for ever.
 * @param {Stage} stage
 * @returns {number | null}
 */
export function clearsAt(stage) {
  const stay = stayOf(stage);
  return stay && stay.from + stay.ms;
}

/**
 * From when and how long the result on the stage stays; null where it waits for a person.
 * @param {Stage} stage
 * @returns {{from: number, ms: number} | null}
 */
export function stayOf({ known, shown, heldAt, options }) {
  const entry = known.find((each) => each.token === shown);
  const outcome = entry?.answer?.verdict?.outcome;
  if (!entry || !outcome || entry.answeredAt === null) {
    return null;
  }
  const ms = options.kiosk ? options.kiosk[outcome] : outcome === "valid" ? options.resultMs : 0;
  if (ms <= 0) {
    return null;
  }
  const from = Math.max(entry.answeredAt, entry.seenAt);
  const isHeld = heldAt !== null && heldAt + HELD_MS > from + ms;
  return isHeld ? { from: heldAt, ms: HELD_MS } : { from, ms };
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
