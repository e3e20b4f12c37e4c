"""The words of an answer: outcome, reason, source, and the verdict that holds them. Frozen values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime


class Outcome(StrEnum):
    """What the person at the counter is told; there is no fourth."""

    VALID = "valid"
    NOT_VALID = "not_valid"
    COULD_NOT_CHECK = "could_not_check"


class Reason(StrEnum):
    """Why the outcome is what it is. Each belongs to exactly one outcome, see `outcome`."""

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
        """The one outcome this reason can stand under."""
        if self is Reason.ACTIVE:
            return Outcome.VALID
        if self in {Reason.EXPIRED, Reason.INACTIVE, Reason.UNKNOWN_CARD}:
            return Outcome.NOT_VALID
        return Outcome.COULD_NOT_CHECK


class Source(StrEnum):
    """Who the answer comes from: the Router just now, our memory of it, or the device alone."""

    ROUTER = "router"
    CACHE = "cache"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Card:
    """What may be shown of a card. `number` is masked; only the display name, off by default, is personal."""

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

    `checked_at` is when the Router was asked (UTC), None where it never answered; `age_s` the seconds since;
    `good_until` the instant after which this answer may no longer be relied on; `stands_in_for` the failure
    that a remembered answer stands in for; `warnings` are codes in the order they were found; `router_ms` are
    the milliseconds spent waiting for the Router, None where it was not asked.
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
        """The outcome follows from the reason, so that the two can never disagree."""
        return self.reason.outcome
