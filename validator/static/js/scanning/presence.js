// @ts-check
/**
 * Whether somebody is holding something up that is not being read: a symbol that was located, or something
 *   that came
 * into a still picture. An idle room is none, nor is a hand-held phone's swaying one.
 */

/** @typedef {import("../decoder/types.js").Scene} Scene */

/**
 * @typedef {object} Presence
 * @property {number | null} began  When this presentation began; null where nobody holds anything up.
 * @property {number} lastSign  When there was last a sign of it.
 * @property {number} asked  How often help was due in it.
 * @property {number | null} stillSince  Since when the picture has been still.
 * @property {boolean} isArrival  It began by coming into a still picture.
 *
 * @typedef {object} Evidence
 * @property {number} at
 * @property {boolean} isRead  A card was read.
 * @property {number} located
 * @property {Scene} scene
 */

const DUE_MS = [1750, 6000]; // after the beginning: the first help, and the last
const GONE_MS = 1000; // without a sign a presentation is over
const STILL = 3; // grey levels of mean change
const STILL_MS = 1000;
const ARRIVED = 8;
const STRUCTURED = 0.06; // share of edges in the middle

/** @type {Presence} */
export const NOBODY = { began: null, lastSign: 0, asked: 0, stillSince: null, isArrival: false };

/**
 * The presence after one more frame; `due` counts from 1 where help is due now, once each.
 * @param {Presence} before @param {Evidence} evidence
 * @returns {{presence: Presence, due: number}}
 */
export function follow(before, { at, isRead, located, scene }) {
  const stillSince = scene.change <= STILL ? (before.stillSince ?? at) : null;
  if (isRead) {
    return { presence: { ...NOBODY, stillSince }, due: 0 };
  }
  const isArrival = before.isArrival || arrives(before, at, scene);
  const isSign = located > 0 || (isArrival && scene.change > STILL && scene.structure >= STRUCTURED);
  if (before.began === null) {
    const nobody = { ...NOBODY, stillSince };
    return { presence: isSign ? { ...nobody, began: at, lastSign: at, isArrival } : nobody, due: 0 };
  }
  if (!isSign && at - before.lastSign > GONE_MS) {
    return { presence: { ...NOBODY, stillSince }, due: 0 };
  }
  const isDue = before.asked < DUE_MS.length && isSign && at - before.began >= DUE_MS[before.asked];
  const asked = before.asked + (isDue ? 1 : 0);
  const lastSign = isSign ? at : before.lastSign;
  const presence = { began: before.began, lastSign, asked, stillSince, isArrival };
  return { presence, due: isDue ? asked : 0 };
}

/** @param {Presence} before @param {number} at @param {Scene} scene */
function arrives({ stillSince }, at, { change, structure }) {
  const wasStill = stillSince !== null && at - stillSince >= STILL_MS;
  return wasStill && change >= ARRIVED && structure >= STRUCTURED;
}
