"""The rules of deferred checks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

from validator.offline.deferred import clamp_to_server_time, contradicts
from validator.verdict import Outcome, Reason

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_valid_and_not_valid_contradict_each_other_and_nothing_else_does() -> None:
    """All pairs of reasons: it takes a VALID and a NOT VALID."""
    for shown, answered in product(Reason, Reason):
        wanted = (shown is Reason.ACTIVE) != (answered is Reason.ACTIVE) and Outcome.COULD_NOT_CHECK not in {
            shown.outcome,
            answered.outcome,
        }
        assert contradicts(shown, answered) is wanted, (shown, answered)


def test_a_check_lives_a_day_by_our_clock() -> None:
    """To the second; a time in the future counts as now."""
    day = timedelta(days=1)

    assert clamp_to_server_time(NOON - day, NOON) == NOON - day
    assert clamp_to_server_time(NOON - day - timedelta(seconds=1), NOON) is None
    assert clamp_to_server_time(NOON + day, NOON) == NOON


def test_no_instant_is_a_fault() -> None:
    """The first and the last instant that can be written, in the oddest zones, are times like any other."""
    first = datetime.fromisoformat("0001-01-01T00:00:00+23:59")
    last = datetime.fromisoformat("9999-12-31T23:59:59-23:59")

    assert clamp_to_server_time(first, NOON) is None
    assert clamp_to_server_time(last, NOON) == NOON
