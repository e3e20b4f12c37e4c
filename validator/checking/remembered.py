"""Converts the Router's answer to a cache entry and back. An entry never holds a number or a name."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from offline_cache import Entry, UnreadableEntry
from validator.router.answers import CardStatus, KnownCard, UnknownCard, possible_dates
from validator.router.clock_skew import ClockOffset
from validator.verdict import Reason

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

IN_STEP = ClockOffset()
_DATES = ("expires_at", "issued_at")
# Names of persons are never stored.
_KEPT = tuple(field.name for field in fields(KnownCard) if field.name != "display_name")
_TEXTS = tuple(name for name in _KEPT if name not in {"status", *_DATES})


def reason_of(answer: KnownCard | UnknownCard, today: date) -> Reason:
    """The reason for this answer on this day; ACTIVE with a past date counts as expired."""
    if isinstance(answer, UnknownCard):
        return Reason.UNKNOWN_CARD
    if answer.status is CardStatus.INACTIVE:
        return Reason.INACTIVE
    if answer.status is CardStatus.ACTIVE and answer.expires_at is not None and answer.expires_at >= today:
        return Reason.ACTIVE
    return Reason.EXPIRED


def end_of_day(day: date, zone: ZoneInfo) -> float:
    """The instant at which a card with this last day stops being valid, in epoch seconds."""
    last = min(day, date.max - timedelta(days=1))
    return datetime.combine(last + timedelta(days=1), time.min, tzinfo=zone).timestamp()


def to_entry(
    key: str,
    answer: KnownCard | UnknownCard,
    asked_at: datetime,
    zone: ZoneInfo,
    offset: ClockOffset = IN_STEP,
) -> Entry:
    """The cache entry for an answer that was asked for at this time, all by our clock.

    If our clock is known to be wrong, the end of the last day is shifted to what our clock will show then.
    """
    reason = reason_of(answer, offset.corrected(asked_at).astimezone(zone).date())
    ends_at = None
    if reason is Reason.ACTIVE and isinstance(answer, KnownCard) and answer.expires_at:
        ends_at = end_of_day(answer.expires_at, zone) + offset.correction_s
    return Entry(
        key=key,
        valid=reason is Reason.ACTIVE,
        body=to_body(answer),
        checked_at=asked_at.timestamp(),
        ends_at=ends_at,
    )


def to_body(answer: KnownCard | UnknownCard) -> str:
    """The answer as JSON, without the display name."""
    if isinstance(answer, UnknownCard):
        return "{}"
    kept = {name: value for name in _KEPT if (value := getattr(answer, name)) is not None}
    return json.dumps(kept, default=date.isoformat, ensure_ascii=False, separators=(",", ":"))


def from_body(body: str) -> KnownCard | UnknownCard:
    """The answer in this body; raises UnreadableEntry for anything that `to_body` did not write."""
    try:
        kept = json.loads(body)
        if not kept:
            return UnknownCard()
        dates = {name: date.fromisoformat(kept.pop(name)) for name in _DATES if name in kept}
        texts = {name: kept.get(name) for name in _TEXTS}
        status = CardStatus(kept["status"])
        # An earlier version stored impossible dates.
        expires_at, issued_at = possible_dates(status, dates.get("expires_at"), dates.get("issued_at"))
        return KnownCard(status=status, expires_at=expires_at, issued_at=issued_at, **texts)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableEntry("a remembered answer cannot be read") from error
