/** Other codes in view: a short tint and a line. No verdict ever gives way to them. */

/** How long the viewfinder is tinted, and how long the line can be read, after the code was last seen. */
export const TINT_MS = 1_200;
export const LINE_MS = 4_000;

/**
 * @param {import("./types.js").Stage} stage
 * @param {import("../types.js").Refusal} refusal
 * @param {number} at
 * @returns {{stage: import("./types.js").Stage, effects: import("./types.js").Effect[]}}
 */
export function onForeign(stage, refusal, at) {
  const line = refusal.code === "not_an_esc_code" ? (refusal.kind ?? "other") : refusal.code;
  const isNew = stage.foreign?.line !== line || stage.foreign.until < at;
  const foreign = { line, code: refusal.code, tintUntil: at + TINT_MS, until: at + LINE_MS };
  return { stage: { ...stage, foreign }, effects: isNew ? [{ do: "say", what: "foreign" }] : [] };
}
