/** The values of the result on the page: what is shown, and the state that decides it. */

import type { Outcome, Payload, Reason, Refusal, Source, Verdict } from "../types.js";

export interface Advice {
  happened: string;
  next: string;
  whose: string | null;
}

/** How a code was presented. */
export type By = "camera" | "scanner" | "typed" | "photo";

export type Moment = { text: string; iso: string };
/** `name` is for style sheets. */
export type Fact = { name: string; label: string; text: string; iso: string | null };
export type Mark = "done" | "skipped" | "failed";
export type Rung = { name: string; mark: Mark; said: string };
export type Look = "valid_live" | "valid_remembered" | "valid_test" | "not_valid" | "could_not_check";
/** A warning about a code: short for the face, and in full. */
export type Remark = { code: string; face: string; text: string };

/** Everything a result shows, as text; the same as validator/web/present.py makes. */
export interface Shown {
  look: Look;
  outcome: Outcome;
  reason: Reason;
  source: Source;
  word: string;
  detail: string | null;
  note: string | null;
  title: string;
  advice: Advice;
  /** How long ago, if the answer is not from now. */
  remembered: string | null;
  older: boolean;
  stands_in: string | null;
  facts: Fact[];
  small_facts: Fact[];
  warnings: Remark[];
  ladder: Rung[];
  compare: string | null;
  logo_hint: string;
  /** Only on paper. */
  receipt: Fact[];
}

/** The result of a check so far; checking/checker.js reports each change. */
export interface Answer {
  phase: "asking" | "remembered" | "live" | "alone";
  verdict: Verdict | null;
  /** The remembered answer is shown while the server is being asked. */
  confirming: boolean;
  change: null | "confirmed" | "changed";
  /** "offline", "slow", "server_fault" or "signed_out" */
  trouble: null | string;
  id?: string;
}

/** One check: the card, its answer so far, and when (in milliseconds of a steady clock). */
export interface Entry {
  token: number;
  /** A photo has only a placeholder. */
  payload: Payload;
  by: By;
  answer: Answer | null;
  /** When the code was last presented. */
  seenAt: number;
  /** When the answer that is shown first arrived. */
  answeredAt: number | null;
  /** The verdict before the answer changed. */
  before: Verdict | null;
  /** How often the same code came back and was only shown again. */
  bounces: number;
}

/** A line about an earlier card. A loud one stays until a person has seen it. */
export interface Notice {
  id: number;
  kind: "changed" | "late" | "contradiction";
  number: string;
  now: Verdict | { outcome: string; reason: string };
  was: Verdict | { outcome: string; reason: string } | null;
  madeAt: string | null;
  loud: boolean;
  at: number;
}

/** A check without a connection whose later answer differs. */
export interface Contradiction {
  number: string;
  shown: { outcome: string; reason: string };
  now: { outcome: string; reason: string };
  made_at: string;
  /** Called when a person has seen it. */
  seen?: () => void;
}

/** The outcome of a photo: one of these is called, once. */
export interface Reading {
  read(verdict: Verdict): void;
  refused(refusal: Refusal): void;
  /** It could not be sent or read. */
  failed(): void;
}

export type Recent = { token: number; number: string; verdict: Verdict; at: number };

/** A code that is no card, last seen `at`. */
export interface Foreign {
  /** The key of its texts: a kind, or a code. */
  line: string;
  code: string;
  kind: string | null;
  by: By;
  at: number;
  /** Until then the camera picture is tinted. */
  tintUntil: number;
  /** null: it waits for a person. */
  until: number | null;
}

/** Times in milliseconds. */
export interface Options {
  resultMs: number;
  sameCodeMs: number;
  /** Up to this age, in seconds, a remembered answer counts as live. */
  liveS: number;
  kiosk: null | Record<Outcome, number>;
}

export interface ResultState {
  options: Options;
  known: Entry[];
  /** The token of the check that is shown. */
  shown: number | null;
  /** When a person touched the result, which then stays longer. */
  heldAt: number | null;
  /** Never together with a shown check. */
  foreign: Foreign | null;
  /** Other codes that the camera sees, by their line. */
  inView: Record<string, { since: number; at: number }>;
  /** The token of the check that `foreign` ended. */
  ended: number | null;
  notices: Notice[];
  recent: Recent[];
  /** The next token. */
  next: number;
}

export type Signal =
  | "valid"
  | "remembered"
  | "not_valid"
  | "could_not_check"
  | "bounce"
  | "attention"
  | "lookalike";

export type Effect =
  | { do: "check"; token: number; payload: Payload }
  | { do: "signal"; signal: Signal }
  | { do: "say"; what: "answer" | "notice" | "foreign" };

export type ResultEvent =
  | { type: "card"; payload: Payload; by: By; at: number; beside?: Refusal | null }
  | { type: "picture"; at: number }
  | { type: "unread"; token: number; refusal: Refusal | null; at: number }
  | { type: "answer"; token: number; answer: Answer; at: number }
  | { type: "foreign"; refusal: Refusal; by: By; at: number }
  | { type: "notice"; notice: Omit<Notice, "id" | "at">; at: number }
  | { type: "noted"; id: number; at: number }
  | { type: "again"; at: number }
  | { type: "touch"; at: number }
  | { type: "tick"; at: number }
  | { type: "dismissed"; at: number }
  | { type: "options"; options: Options; at: number };
