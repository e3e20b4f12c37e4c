// @ts-check
/** When a code that is no card's may be told: the card's own code beside it often takes longer to read. */

/**
 * @typedef {object} Waiting
 * @property {string | null} what  The foreign code that was seen last; null where none is in view.
 * @property {number} since  Instants in ms.
 * @property {number} at
 * @property {number} unreadAt  When a symbol was last located that could not be read.
 *
 * @typedef {object} Frame
 * @property {number} at
 * @property {boolean} isCard  A card was read, or several.
 * @property {string | null} what  The foreign code that was read; null where none was.
 * @property {boolean} isUnread  A symbol was located that could not be read.
 * @property {boolean} isLookalike
 */

const WAIT_MS = 800; // without a card, and without an unread symbol
const LONGEST_WAIT_MS = 3000; // what is located and never read may be no code at all
const GAP_MS = 500; // a gap in the sightings that is not longer is a frame that failed

/** @type {Waiting} */
export const NO_FOREIGN = { what: null, since: 0, at: 0, unreadAt: -Infinity };

/**
 * After one more frame; `isDue` where its foreign code may be told now. An unread symbol beside a code that
 * imitates a card's makes nobody wait.
 * @param {Waiting} before @param {Frame} frame
 * @returns {{waiting: Waiting, isDue: boolean}}
 */
export function waitWith(before, { at, isCard, what, isUnread, isLookalike }) {
  const unreadAt = isUnread ? at : before.unreadAt;
  if (isCard) {
    return { waiting: { ...NO_FOREIGN, unreadAt }, isDue: false };
  }
  if (what === null) {
    return { waiting: { ...before, unreadAt }, isDue: false };
  }
  const isSame = before.what === what && at - before.at <= GAP_MS;
  const since = isSame ? before.since : at;
  const from = isLookalike ? since : Math.max(since, unreadAt);
  const isDue = at - from >= WAIT_MS || at - since >= LONGEST_WAIT_MS;
  return { waiting: { what, since, at, unreadAt }, isDue };
}
