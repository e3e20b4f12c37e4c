/** What is said when something typed is no card number; the same as validator/web/refusals.py. */

/**
 * What was typed gets help with typing.
 * @param {{code: string, kind: string | null}} refusal
 * @param {import("./types.js").Words} words
 * @returns {{heading: string, next: string}}
 */
export function refusalWords({ code, kind }, words) {
  const { by_code: byCode, kinds, typed, typed_login: typedLogin, unnamed } = words.refusals;
  const { heading, next } = byCode[code] ?? unnamed;
  if (code !== "not_an_esc_code" || !kind) {
    return { heading, next };
  }
  if (kind === "number" || kind === "other") {
    return { heading: typed.heading, next: typed.next };
  }
  if (kind === "campus_login") {
    return { heading: typed.heading, next: `${typedLogin} ${typed.next}` };
  }
  return { heading, next: `${kinds[kind]} ${next}` };
}
