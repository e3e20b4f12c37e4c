/** The values that several folders share. */

export type Outcome = "valid" | "not_valid" | "could_not_check";

export type Reason =
  | "active"
  | "expired"
  | "inactive"
  | "unknown_card"
  | "router_timeout"
  | "router_unreachable"
  | "router_refused"
  | "router_busy"
  | "router_error"
  | "router_answer_unusable"
  | "device_offline"
  | "too_many_checks";

export type Source = "router" | "cache" | "device";

/** A card number that was read or typed: lower case, with hyphens. */
export type Payload = {
  escn: string;
  /** Warnings about its code. */
  warnings: string[];
  /** The server read it on a picture and returned only the masked number: it cannot be checked again. */
  isMasked?: boolean;
};

/** Something else was read: why it is no card number, and its kind; never its text. */
export type Refusal = {
  code: string;
  kind: string | null;
};

/** What may be shown of a card, as the API returns it; `number` is masked. */
export type Card = {
  number: string;
  issuer_pic: string | null;
  issuer_name: string | null;
  issued_at: string | null;
  expires_at: string | null;
  academic_level: string | null;
  card_type: string | null;
  display_name: string | null;
};

/** One answer about one card, as the API returns it; instants in ISO 8601, ages in seconds. */
export type Verdict = {
  outcome: Outcome;
  reason: Reason;
  source: Source;
  checked_at: string | null;
  age_s: number;
  good_until: string | null;
  stands_in_for: Reason | null;
  card: Card;
  warnings: string[];
};
