"""Verdicts of every kind, as values, for tests of what is shown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from validator.verdict import Card, Outcome, Reason, Source, Verdict

NOW = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)
BRUSSELS = ZoneInfo("Europe/Brussels")
HOUR_S, DAY_S = 3_600, 86_400

CARD = Card(
    number="3e50…0001",
    issuer_pic="999978433",
    issuer_name="Université de Saint-Valentin",
    issued_at=date(2024, 9, 1),
    expires_at=date(2027, 9, 30),
    academic_level="MASTER",
    card_type="SMART_PASSIVE",
)
NUMBER_ONLY = Card(number="3e50…0001", issuer_pic="999978433")


def verdict(reason: Reason = Reason.ACTIVE, *, age_s: int | None = None, **changes: Any) -> Verdict:
    """A verdict of this reason; with an age it comes from memory, without one from the Router just now."""
    failed = reason.outcome is Outcome.COULD_NOT_CHECK
    card = NUMBER_ONLY if failed or reason is Reason.UNKNOWN_CARD else CARD
    given: dict[str, Any] = {
        "source": Source.ROUTER if age_s is None else Source.CACHE,
        "card": card,
        "checked_at": None if failed else NOW - timedelta(seconds=age_s or 0),
        "age_s": age_s or 0,
        "good_until": None if failed else NOW + timedelta(days=2),
    }
    return Verdict(reason, **given | changes)


def stale_verdict(reason: Reason = Reason.ACTIVE, age_s: int = 3 * HOUR_S, **changes: Any) -> Verdict:
    """A stale remembered verdict, served because the Router timed out."""
    given: dict[str, Any] = {"stands_in_for": Reason.ROUTER_TIMEOUT, "warnings": ("stale",)}
    return verdict(reason, age_s=age_s, **given | changes)


LIVE = verdict()
DOUBLE_SCAN = verdict(age_s=12)
REMEMBERED = stale_verdict()
OLD = stale_verdict(age_s=3 * DAY_S)
EVERY_KIND = {
    "live": LIVE,
    "double scan": DOUBLE_SCAN,
    "remembered": REMEMBERED,
    "old": OLD,
    "expired": verdict(Reason.EXPIRED),
    "not valid, remembered": stale_verdict(Reason.INACTIVE),
    "unknown": verdict(Reason.UNKNOWN_CARD),
    "with remarks": verdict(warnings=("unknown_qr_host", "sandbox_card", "unusual_number")),
} | {reason.value: verdict(reason) for reason in Reason if reason.outcome is Outcome.COULD_NOT_CHECK}
