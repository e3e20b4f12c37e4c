/** The ladder of assurance as four small marks; a port of validator/web/ladder.py. */

import { _ } from "../messages.js";

/**
 * @import {Verdict} from "../types.js"
 * @import {Rung} from "./types.js"
 */

/**
 * Number, issuer, memory, card register: always these four, in this order.
 * @param {Verdict} verdict
 * @returns {Rung[]}
 */
export function ladder(verdict) {
  return [number(verdict), issuer(verdict), memory(verdict), router(verdict)];
}

/** @param {Verdict} verdict @returns {Rung} */
function number({ warnings }) {
  const said = warnings.includes("unusual_number") ? _("unusual form") : _("well formed");
  return { name: _("Number"), mark: "done", said };
}

/** @param {Verdict} verdict @returns {Rung} */
function issuer({ card }) {
  const name = _("Issuer");
  if (card.issuer_name) {
    return { name, mark: "done", said: _("named by the card register") };
  }
  return card.issuer_pic
    ? { name, mark: "done", said: _("code in the number") }
    : { name, mark: "skipped", said: _("not in the number") };
}

/** @param {Verdict} verdict @returns {Rung} */
function memory({ outcome, source }) {
  const name = _("Memory");
  if (outcome === "could_not_check") {
    return { name, mark: "failed", said: _("nothing usable") };
  }
  return source === "router"
    ? { name, mark: "skipped", said: _("not needed") }
    : { name, mark: "done", said: _("used") };
}

/** @param {Verdict} verdict @returns {Rung} */
function router({ outcome, source, stands_in_for: standsInFor }) {
  const name = _("Card register");
  if (outcome === "could_not_check" || standsInFor) {
    return { name, mark: "failed", said: _("no answer now") };
  }
  return source === "router"
    ? { name, mark: "done", said: _("answered now") }
    : { name, mark: "skipped", said: _("not asked again") };
}
