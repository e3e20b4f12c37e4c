/** The lines beside the answer: notices about earlier cards, refusals in the viewfinder, hints, recent results. */

import { N_, _ } from "../messages.js";
import { element } from "./details.js";
import { instant, minuteOfDay } from "./moments.js";
import { nameOf } from "./present.js";

/** @import {Notice, Recent} from "./types.js" */

/**
 * The text of a notice.
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
 * Draw the newest notice only, so that the answer keeps its place. Closing it shows the one before.
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
 * A refusal as a line in the viewfinder; an empty line has no `data-testid` and no `data-code`.
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
 * The recent results for a desk: time, masked number, answer.
 * @param {Element} list
 * @param {Recent[]} recent
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

/** @type {Record<string, string>} */
const HINTS = {
  idle: N_("The camera rests to save the battery. Tap, or hold up a card."),
  closer: N_("Hold the code closer, about a hand’s width away."),
  farther: N_("Hold the code a little farther away."),
  too_close: N_("Too close to focus: hold the card a hand’s length away."),
  beside: N_("Another code is in view: cover it, or hold the card’s own code closer."),
  still: N_("Hold still for a moment."),
  glare: N_("Tilt it a little, so that it does not shine."),
  torch: N_("It is dark here: turn on the light."),
  zoom: N_("The code is small: zoom in, or hold it closer."),
  no_pixels: N_(
    "This browser hides the camera’s picture from pages. In Firefox: allow “Extract canvas data” beside the address, or switch off privacy.resistFingerprinting. Or take a photo of the code.",
  ),
  server: N_("Our server is reading it …"),
  type: N_("Does it not work? Type the number instead."),
  only_server: N_("This browser reads codes only with the server’s help."),
  cannot_read: N_("This browser cannot read codes, and the server cannot help now. Type the number."),
};

/** The line in the viewfinder for a hint about the code, or about the reading. @param {string} kind */
export const hintText = (kind) => (kind in HINTS ? _(HINTS[kind]) : "");
