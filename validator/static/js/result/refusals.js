/** What is said when something typed is no card number; the same as validator/web/refusals.py. */

/**
 * What was typed gets help with typing.
 * @param {import("../types.js").Refusal} refusal
 * @param {import("./types.js").Words} words
 */
export function refusalText({ code, kind }, words) {
  const { by_code: byCode, kinds, typed, unnamed } = words.refusals;
  const said = byCode[code] ?? unnamed;
  if (code !== "not_an_esc_code" || !kind) {
    return `${said.heading}. ${said.next}`;
  }
  if (kind === "number" || kind === "other") {
    return `${typed.heading}. ${typed.next}`;
  }
  return `${said.heading}. ${kinds[kind]} ${said.next}`;
}
