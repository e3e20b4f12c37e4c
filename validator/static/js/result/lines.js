/** The lines beside the answer: other codes in view, cards that have gone, the last results. */

import { _ } from "../messages.js";
import { element } from "./dom.js";
import { instant, minuteOfDay } from "./moments.js";
import { nameOf } from "./present.js";

/** @typedef {import("./types.js").Notice} Notice */

/**
 * What a line about a card that has gone says.
 * @param {Notice} notice
 * @param {string} zone
 */
export function noticeText({ kind, number, was, now: later, madeAt }, zone) {
  const before = was ? nameOf(was) : "";
  const now = nameOf(later);
  if (kind === "late") {
    return _("The answer for card %(number)s came later: %(now)s.", { number, now });
  }
  if (kind === "changed") {
    return _("Changed: card %(number)s was shown as %(before)s. It is %(now)s.", { number, before, now });
  }
  const time = madeAt ? instant(madeAt, zone).text : "";
  return _(
    "Card %(number)s, checked without a connection on %(time)s, was shown as %(before)s. The later answer is %(now)s. Managers can see this under Changed results.",
    { number, before, now, time },
  );
}

/**
 * Draws the newest notice, so that the answer keeps its place; taking it away shows the one before.
 * @param {Element} place
 * @param {Notice[]} notices
 * @param {string} zone
 */
export function drawNotices(place, notices, zone) {
  const { ownerDocument: document } = place;
  const notice = notices[notices.length - 1];
  if (!notice) {
    place.replaceChildren();
    return;
  }
  const { id, kind, loud } = notice;
  const waiting = notices.length - 1;
  const noted = waiting ? _("OK (+%(num)s)", { num: waiting }) : _("OK");
  const marks = { class: "notice", "data-testid": "notice", "data-kind": kind, "data-loud": loud };
  const button = { type: "button", class: "button button-plain", "data-noted": id };
  place.replaceChildren(
    element(document, "p", marks, [
      element(document, "span", {}, [noticeText(notice, zone)]),
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
 * @param {string} zone
 */
export function drawRecent(list, recent, dateOf, zone) {
  const { ownerDocument: document } = list;
  const clock = (/** @type {Date} */ date) =>
    element(document, "time", { datetime: date.toISOString() }, [minuteOfDay(date, zone)]);
  const items = recent.map(({ at, number, verdict }) =>
    element(document, "li", { class: "recent-one", "data-outcome": verdict.outcome }, [
      element(document, "span", { class: "recent-word" }, [nameOf(verdict)]),
      element(document, "span", { class: "recent-number" }, [number]),
      clock(dateOf(at)),
    ]),
  );
  list.replaceChildren(...items);
}
