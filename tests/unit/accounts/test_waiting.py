"""How long a sign-in waits after failures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from validator.accounts.waiting import Tally, account_wait_s, is_excused, network_wait_s, pause_s

NOON = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


def ago(seconds: float, failures: float) -> Tally:
    return Tally(failures, NOON - timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (4, 0), (5, 1), (6, 2), (14, 512), (15, 900), (16, 900), (10_000, 900)],
)
def test_the_pause_doubles_from_the_fifth_failure_up_to_a_quarter_of_an_hour(
    failures: int, seconds: float
) -> None:
    """Never longer, so that nobody is locked out for good."""
    assert pause_s(failures) == seconds


@pytest.mark.parametrize(("passed", "left"), [(0, 900), (899, 1), (900, 0), (86_399, 0)])
def test_what_has_passed_since_the_last_failure_counts(passed: float, left: float) -> None:
    """The wait is what is left of the pause."""
    assert account_wait_s(ago(passed, 20), None, NOON) == left


def test_whoever_failed_waits_twice_as_long() -> None:
    """After the pause there is as long a time in which only others may try: the owner, on a new telephone."""
    account = ago(1_000, 20)

    assert account_wait_s(account, None, NOON) == 0
    assert account_wait_s(account, ago(1_000, 20), NOON) == 800
    assert account_wait_s(account, ago(1_800, 1), NOON) == 0


def test_a_day_without_a_failure_forgets_them() -> None:
    """Nobody waits for what happened yesterday."""
    assert account_wait_s(ago(86_400, 5_000), ago(86_400, 5_000), NOON) == 0


def test_a_clock_that_went_back_makes_nobody_wait_longer() -> None:
    """The server's clock was an hour ahead when somebody failed, and was set right since."""
    assert account_wait_s(ago(-3_600, 5), None, NOON) == 1
    assert account_wait_s(ago(-3_600, 5), ago(-3_600, 5), NOON) == 2
    assert network_wait_s(ago(-3_600, 5), NOON) == 0


def test_a_network_may_fail_thirty_times_and_then_once_a_minute() -> None:
    """All names together: what people mistype on names of their own does not need it."""
    assert network_wait_s(None, NOON) == 0
    assert network_wait_s(ago(0, 29), NOON) == 0
    assert network_wait_s(ago(0, 30), NOON) == 60
    assert network_wait_s(ago(60, 30), NOON) == 0


def test_a_name_may_fail_three_times_a_day_whatever_its_network_did() -> None:
    """A day without a failure of that name there, and it may again."""
    assert is_excused(None, NOON)
    assert is_excused(ago(0, 2), NOON)
    assert not is_excused(ago(0, 3), NOON)
    assert not is_excused(ago(86_399, 3), NOON)
    assert is_excused(ago(86_400, 3), NOON)
