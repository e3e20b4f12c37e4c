/** The ladder of assurance as four small marks; a port of validator/web/ladder.py. */

/**
 * @typedef {import("../types.js").Verdict} Verdict
 * @typedef {import("./types.js").Rung} Rung
 * @typedef {[import("./types.js").Mark, string]} Step  A mark, and which of the words stands beside it.
 */

/**
 * Number, issuer, memory, Router: always these four, in this order.
 * @param {Verdict} verdict
 * @param {import("./types.js").Words} words
 * @returns {Rung[]}
 */
export function ladder(verdict, words) {
  const { names, said } = words.ladder;
  return Object.entries({ number, issuer, memory, router }).map(([name, step]) => {
    const [mark, word] = step(verdict);
    return { name: names[name], mark, said: said[word] };
  });
}

/** @param {Verdict} verdict @returns {Step} */
function number(verdict) {
  return ["done", verdict.warnings.includes("unusual_number") ? "unusual_form" : "well_formed"];
}

/** @param {Verdict} verdict @returns {Step} */
function issuer(verdict) {
  if (verdict.card.issuer_name) {
    return ["done", "named"];
  }
  return verdict.card.issuer_pic ? ["done", "in_number"] : ["skipped", "not_in_number"];
}

/** @param {Verdict} verdict @returns {Step} */
function memory(verdict) {
  if (verdict.outcome === "could_not_check") {
    return ["failed", "nothing_usable"];
  }
  return verdict.source === "router" ? ["skipped", "not_needed"] : ["done", "used"];
}

/** @param {Verdict} verdict @returns {Step} */
function router(verdict) {
  if (verdict.outcome === "could_not_check" || verdict.stands_in_for) {
    return ["failed", "no_answer"];
  }
  return verdict.source === "router" ? ["done", "answered"] : ["skipped", "not_asked"];
}
