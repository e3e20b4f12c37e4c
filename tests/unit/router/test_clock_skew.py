"""How far our clock is from the Router's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from validator.router.clock_skew import ClockSkew

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture(name="skew")
def _skew() -> ClockSkew:
    return ClockSkew(NOON.timestamp)


def test_a_slow_clock_is_detected(skew: ClockSkew) -> None:
    """Three replies from seven minutes ahead of us are enough."""
    router_time = format_datetime(NOON + timedelta(minutes=7), usegmt=True)
    for _ in range(2):
        skew.record(router_time)
        assert skew.offset().known_s is None
    skew.record(router_time)
    assert skew.offset().known_s == -420


def test_one_odd_reply_is_no_reason_to_doubt_our_clock(skew: ClockSkew) -> None:
    """A cache between us and the Router may send an old one; the median counts."""
    for ahead_s in (0, -1, 86_400, 1, -90_000):
        skew.record(format_datetime(NOON - timedelta(seconds=ahead_s), usegmt=True))
    assert skew.offset().known_s == 0


def test_old_replies_are_forgotten(skew: ClockSkew) -> None:
    """After our clock is corrected, the last few replies show it."""
    for minutes in (9, 9, 9, 9, 9, 0, 0, 0):
        skew.record(format_datetime(NOON + timedelta(minutes=minutes), usegmt=True))
    assert skew.offset().known_s == 0


@pytest.mark.parametrize(
    "invalid",
    [None, "", "yesterday", "Tue, 99 Nov 2026 12:00:00 GMT", "Tue, 24 Nov 99999 12:00:00 GMT", "0" * 5000],
)
def test_an_invalid_date_is_ignored(skew: ClockSkew, invalid: str | None) -> None:
    """Whatever the header holds, nothing is raised and nothing is learnt."""
    for _ in range(5):
        skew.record(invalid)
    assert skew.offset().known_s is None
