"""From a remembered answer to a row of the pack. Pure: the time and the windows are passed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from offline_cache import Decision, decide
from offline_cache.policy import TOLERANCE_S
from validator.remembered import NotRemembered, from_body, good_until, reason_of
from validator.router.answers import UnknownCard
from validator.verdict import Reason

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from offline_cache import Entry, Windows


class Row(NamedTuple):
    """One card: its hash, what the Router said, and until when that counts (whole epoch seconds)."""

    hash: str
    reason: str
    checked_at: int
    good_until: int
    expires_at: str | None
    issuer_pic: str | None


@dataclass(frozen=True, slots=True)
class Rules:
    """Until when answers count, where a card's last day ends, and how old a row may be (seconds)."""

    windows: Windows
    zone: ZoneInfo
    max_age_s: float


def rows(entries: list[Entry], now: datetime, rules: Rules) -> tuple[list[Row], dict[str, str]]:
    """The rows of what may stand in or has undone older answers, in order, and issuers' names by PIC."""
    made: list[Row] = []
    issuers: dict[str, str] = {}
    # Once and not for each of thousands.
    instant, today = now.timestamp(), now.astimezone(rules.zone).date()
    for entry in entries:
        found = _row(entry, instant, today, rules)
        if found is not None:
            row, issuer_name = found
            made.append(row)
            if row.issuer_pic and issuer_name:
                issuers[row.issuer_pic] = issuer_name
    return made, issuers


def _row(entry: Entry, now: float, today: date, rules: Rules) -> tuple[Row, str | None] | None:
    if entry.alias is None or not -TOLERANCE_S <= now - entry.checked_at <= rules.max_age_s:
        return None
    return _counting(entry, entry.alias, now, today, rules) or (_spent(entry, entry.alias), None)


def _counting(
    entry: Entry, alias: str, now: float, today: date, rules: Rules
) -> tuple[Row, str | None] | None:
    """The row of an answer that may stand in now."""
    until = good_until(entry, rules.windows)
    if not now < int(until) or decide(entry, now, rules.windows) is Decision.MISS:
        return None
    try:
        answer = from_body(entry.body)
    except NotRemembered:
        return None
    reason = reason_of(answer, today)
    # What was NOT VALID when it was asked for is never turned by a clock that was set back since.
    if (reason is Reason.ACTIVE) is not entry.valid:
        return None
    known = None if isinstance(answer, UnknownCard) else answer
    row = Row(
        alias,
        reason.value,
        int(entry.checked_at),
        int(until),
        known.expires_at.isoformat() if known and known.expires_at else None,
        known.issuer_pic if known else None,
    )
    return row, known.issuer_name if known else None


def _spent(entry: Entry, alias: str) -> Row:
    """The row of an answer that may stand in no more: it ends as it begins, so that no device ever gives it.

    It is in the pack because a device may hold an older answer about the card, which this one has undone.
    """
    reason = Reason.ACTIVE if entry.valid else Reason.UNKNOWN_CARD
    return Row(alias, reason.value, int(entry.checked_at), int(entry.checked_at), None, None)
