/** The lines beside the answer: other codes in view, cards that have gone, the last results. */

import { element } from "./dom.js";
import { fill } from "./fill.js";
import { instant, timeOfDay } from "./moments.js";
import { nameOf } from "./view.js";

/**
 * @typedef {import("./types.js").Words} Words
 * @typedef {import("./types.js").Notice} Notice
 */

/**
 * What a line about a card that has gone says.
 * @param {Notice} notice
 * @param {Words} words
 */
export function noticeText({ kind, number, was, now, madeAt }, words) {
  return fill(words.notices[kind], {
    number,
    before: was ? nameOf(was, words) : "",
    now: nameOf(now, words),
    time: madeAt ? instant(madeAt, words).text : "",
  });
}

/**
 * Draws the newest notice, so that the answer keeps its place; taking it away shows the one before.
 * @param {Element} place
 * @param {Notice[]} notices
 * @param {Words} words
 */
export function drawNotices(place, notices, words) {
  const { ownerDocument: document } = place;
  const notice = notices[notices.length - 1];
  if (!notice) {
    place.replaceChildren();
    return;
  }
  const { id, kind, loud } = notice;
  const waiting = notices.length - 1;
  const noted = waiting ? `${words.notices.noted} (+${waiting})` : words.notices.noted;
  const marks = { class: "notice", "data-testid": "notice", "data-kind": kind, "data-loud": loud };
  const button = { type: "button", class: "button button-plain", "data-noted": id };
  place.replaceChildren(
    element(document, "p", marks, [
      element(document, "span", {}, [noticeText(notice, words)]),
      element(document, "button", button, [noted]),
    ]),
  );
}

/**
 * A line in the viewfinder; its `data-testid` and `data-code` come and go with it.
 * @param {Element} line
 * @param {null | {text: string, code: string}} foreign
 */
export function drawLine(line, foreign) {
  line.textContent = foreign?.text ?? "";
  if (foreign) {
    line.setAttribute("data-testid", "refusal");
    line.setAttribute("data-code", foreign.code);
  } else {
    line.removeAttribute("data-testid");
    line.removeAttribute("data-code");
  }
}

/**
 * The last results for a desk: time, masked number, answer.
 * @param {Element} list
 * @param {import("./types.js").Recent[]} recent
 * @param {(at: number) => Date} dateOf
 * @param {Words} words
 */
export function drawRecent(list, recent, dateOf, words) {
  const { ownerDocument: document } = list;
  const clock = (/** @type {Date} */ date) =>
    element(document, "time", { datetime: date.toISOString() }, [timeOfDay(date, words.zone).slice(0, 5)]);
  const items = recent.map(({ at, number, verdict }) =>
    element(document, "li", { class: "recent-one", "data-outcome": verdict.outcome }, [
      element(document, "span", { class: "recent-word" }, [nameOf(verdict, words)]),
      element(document, "span", { class: "recent-number" }, [number]),
      clock(dateOf(at)),
    ]),
  );
  list.replaceChildren(...items);
}
