/**
 * The values that the rooms hand each other. Types only: this module exports nothing.
 *
 * @typedef {"valid" | "not_valid" | "could_not_check"} Outcome
 *
 * @typedef {"active" | "expired" | "inactive" | "unknown_card" | "router_timeout" | "router_unreachable"
 *   | "router_refused" | "router_busy" | "router_error" | "router_answer_unusable" | "device_offline"
 *   | "too_many_checks"} Reason
 *
 * @typedef {"router" | "cache" | "device"} Source
 *
 * @typedef {object} Payload  A card number that was read or typed, lower case with hyphens, and what to say of its code.
 * @property {string} escn
 * @property {string[]} warnings
 * @property {boolean} [isMasked]  The server read it on a picture and told the masked number only: nobody can ask again.
 *
 * @typedef {object} Refusal  Something else was read: why it is no card number, and its kind; never its text.
 * @property {string} code
 * @property {string | null} kind
 *
 * @typedef {object} Card  What may be shown of a card, as the API gives it; `number` is masked.
 * @property {string} number
 * @property {string | null} issuer_pic
 * @property {string | null} issuer_name
 * @property {string | null} issued_at
 * @property {string | null} expires_at
 * @property {string | null} academic_level
 * @property {string | null} card_type
 * @property {string | null} display_name
 *
 * @typedef {object} Verdict  One answer about one card, as the API gives it; instants in ISO 8601, ages in seconds.
 * @property {Outcome} outcome
 * @property {Reason} reason
 * @property {Source} source
 * @property {string | null} checked_at
 * @property {number} age_s
 * @property {string | null} good_until
 * @property {Reason | null} stands_in_for
 * @property {Card} card
 * @property {string[]} warnings
 */

export {};
