"""The verdict about a card and its words: outcome, reason, source. Frozen values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime


class Outcome(StrEnum):
    """What is shown to the person at the counter; there are exactly three."""

    VALID = "valid"
    NOT_VALID = "not_valid"
    COULD_NOT_CHECK = "could_not_check"


class Reason(StrEnum):
    """Why the outcome is what it is. Each reason belongs to exactly one outcome."""

    ACTIVE = "active"
    EXPIRED = "expired"
    INACTIVE = "inactive"
    UNKNOWN_CARD = "unknown_card"
    ROUTER_TIMEOUT = "router_timeout"
    ROUTER_UNREACHABLE = "router_unreachable"
    ROUTER_REFUSED = "router_refused"
    ROUTER_BUSY = "router_busy"
    ROUTER_ERROR = "router_error"
    ROUTER_ANSWER_UNUSABLE = "router_answer_unusable"
    DEVICE_OFFLINE = "device_offline"
    TOO_MANY_CHECKS = "too_many_checks"

    @property
    def outcome(self) -> Outcome:
        """The outcome of this reason."""
        if self is Reason.ACTIVE:
            return Outcome.VALID
        if self in {Reason.EXPIRED, Reason.INACTIVE, Reason.UNKNOWN_CARD}:
            return Outcome.NOT_VALID
        return Outcome.COULD_NOT_CHECK


class Source(StrEnum):
    """Where the answer comes from: the Router now, our cache, or the device alone."""

    ROUTER = "router"
    CACHE = "cache"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Card:
    """What may be shown of a card. `number` is masked; only the display name (default: off) is personal."""

    number: str
    issuer_pic: str | None = None
    issuer_name: str | None = None
    issued_at: date | None = None
    expires_at: date | None = None
    academic_level: str | None = None
    card_type: str | None = None
    display_name: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """One answer about one card.

    `checked_at` is when the Router was asked (UTC), None if it gave no answer; `age_s` the seconds since
    then. `good_until` is the instant after which this answer may no longer be relied on. `stands_in_for` is
    the failure because of which a stale answer is served. `warnings` are codes in the order they were
    found. `router_ms` are the milliseconds spent waiting for the Router, None if it was not asked.
    """

    reason: Reason
    source: Source
    card: Card
    checked_at: datetime | None = None
    age_s: int = 0
    good_until: datetime | None = None
    stands_in_for: Reason | None = None
    warnings: tuple[str, ...] = ()
    router_ms: int | None = None

    @property
    def outcome(self) -> Outcome:
        """Follows from the reason, so the two can never contradict each other."""
        return self.reason.outcome
