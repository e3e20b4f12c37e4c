/**
 * The values of this room. Types only: this module exports nothing.
 *
 * @typedef {object} Advice
 * @property {string} happened
 * @property {string} next
 * @property {string | null} whose
 *
 * @typedef {"camera" | "scanner" | "typed" | "photo"} By  How something was presented.
 *
 * @typedef {{text: string, iso: string}} Moment
 * @typedef {{name: string, label: string, text: string, iso: string | null}} Fact  `name` is for style sheets.
 * @typedef {"done" | "skipped" | "failed"} Mark
 * @typedef {{name: string, mark: Mark, said: string}} Rung
 * @typedef {"valid_live" | "valid_remembered" | "valid_test" | "not_valid" | "could_not_check"} Look
 *
 * @typedef {{code: string, face: string, text: string}} Remark  What is odd about a code: on the face, and in full.
 *
 * @typedef {object} Shown  Everything a result shows, in words; the same as validator/web/present.py makes.
 * @property {Look} look
 * @property {import("../types.js").Outcome} outcome
 * @property {import("../types.js").Reason} reason
 * @property {import("../types.js").Source} source
 * @property {string} word
 * @property {string | null} detail
 * @property {string | null} note
 * @property {string} title
 * @property {Advice} advice
 * @property {string | null} remembered  How long ago, where the answer is not from now.
 * @property {boolean} older
 * @property {string | null} stands_in
 * @property {Fact[]} facts
 * @property {Fact[]} small_facts
 * @property {Remark[]} warnings
 * @property {Rung[]} ladder
 * @property {string | null} compare
 * @property {string} logo_hint
 * @property {Fact[]} receipt  What stands on paper only.
 *
 * @typedef {object} Answer  What a check has come to so far, as checking/checker.js tells it.
 * @property {"asking" | "remembered" | "live" | "alone"} phase
 * @property {import("../types.js").Verdict | null} verdict
 * @property {boolean} confirming  The remembered answer stands while the server is being asked.
 * @property {null | "confirmed" | "changed"} change
 * @property {null | string} trouble  "offline", "slow", "server_fault" or "signed_out"
 * @property {string} [id]
 *
 * @typedef {object} Entry  One check: the card, what is known of it so far, and when (ms of a steady clock).
 * @property {number} token
 * @property {import("../types.js").Payload} payload  Of a photo nothing but that it is one.
 * @property {By} by
 * @property {Answer | null} answer
 * @property {number} seenAt  When the code was last presented.
 * @property {number | null} answeredAt  When what is shown was last said for the first time.
 * @property {import("../types.js").Verdict | null} before  What was shown before the answer changed.
 * @property {number} bounces  How often the same code came back and was only shown again.
 *
 * @typedef {object} Notice  A line about a card that has gone. `loud` stays until a person has seen it.
 * @property {number} id
 * @property {"changed" | "late" | "contradiction"} kind
 * @property {string} number
 * @property {import("../types.js").Verdict | {outcome: string, reason: string}} now
 * @property {import("../types.js").Verdict | {outcome: string, reason: string} | null} was
 * @property {string | null} madeAt
 * @property {boolean} loud
 * @property {number} at
 *
 * @typedef {{token: number, number: string, verdict: import("../types.js").Verdict, at: number}} Recent
 *
 * @typedef {object} Foreign  What was presented instead of a card, last seen `at`.
 * @property {string} line  Which of the words: a kind, or a code.
 * @property {string} code
 * @property {string | null} kind
 * @property {By} by
 * @property {number} at
 * @property {number} tintUntil  So long the camera's picture is tinted.
 * @property {number | null} until  Null where it waits for a person.
 *
 * @typedef {object} Options  Times in milliseconds.
 * @property {number} resultMs
 * @property {number} sameCodeMs
 * @property {number} liveS  Up to this age, in seconds, an answer from memory still counts as asked now.
 * @property {null | Record<import("../types.js").Outcome, number>} kiosk
 *
 * @typedef {object} Stage
 * @property {Options} options
 * @property {Entry[]} known
 * @property {number | null} shown  The token of the check on the stage.
 * @property {number | null} heldAt  When a person touched the result, which then stays longer.
 * @property {Foreign | null} foreign  Never beside a check on the stage.
 * @property {Record<string, {since: number, at: number}>} inView  Other codes that the camera sees, by their line.
 * @property {number | null} ended  The token of the check that `foreign` took from the stage.
 * @property {Notice[]} notices
 * @property {Recent[]} recent
 * @property {number} next  The next token.
 *
 * @typedef {"valid" | "remembered" | "not_valid" | "could_not_check" | "bounce" | "attention"
 *   | "lookalike"} Signal
 *
 * @typedef {{do: "check", token: number, payload: import("../types.js").Payload}
 *   | {do: "signal", signal: Signal} | {do: "say", what: "answer" | "notice" | "foreign"}} Effect
 *
 * @typedef {{type: "card", payload: import("../types.js").Payload, by: By, at: number,
 *       beside?: import("../types.js").Refusal | null}
 *   | {type: "picture", at: number}
 *   | {type: "unread", token: number, refusal: import("../types.js").Refusal | null, at: number}
 *   | {type: "answer", token: number, answer: Answer, at: number}
 *   | {type: "foreign", refusal: import("../types.js").Refusal, by: By, at: number}
 *   | {type: "notice", notice: Omit<Notice, "id" | "at">, at: number}
 *   | {type: "noted", id: number, at: number}
 *   | {type: "again", at: number} | {type: "touch", at: number} | {type: "tick", at: number}
 *   | {type: "dismissed", at: number}
 *   | {type: "options", options: Options, at: number}} StageEvent
 */

export {};
