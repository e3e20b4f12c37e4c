"""How long an attempt to sign in waits after failures: pure functions."""

from __future__ import annotations

from validator.rate_limiting.login_throttle import MAX_NETWORKS, Account, Failures, backoff_s

HERE, ELSEWHERE = "4:c00002", "4:c63364"
NOON = 1_788_264_000.0


def ago(seconds: float, count: int) -> Failures:
    return Failures(count, NOON - seconds)


def wait_s(everywhere: Failures, here: Failures | None = None) -> float:
    return Account(everywhere, {HERE: here} if here else {}).wait_s(HERE, NOON)


def test_the_delay_doubles_from_the_fifth_failure_up_to_a_quarter_of_an_hour() -> None:
    """Never longer, so that no person is locked out for good."""
    cases = [(0, 0), (4, 0), (5, 1), (6, 2), (14, 512), (15, 900), (16, 900), (10_000, 900)]

    assert [(failures, backoff_s(failures)) for failures, _ in cases] == cases


def test_the_time_since_the_last_failure_counts() -> None:
    """The wait is the rest of the delay."""
    assert [wait_s(ago(passed, 20)) for passed in (0, 899, 900, 86_399)] == [900, 1, 0, 0]


def test_a_network_that_failed_waits_twice_as_long() -> None:
    """After the delay only other networks may try for as long: the owner, on a new telephone."""
    assert wait_s(ago(1_000, 20)) == 0
    assert wait_s(ago(1_000, 20), ago(1_000, 20)) == 800
    assert wait_s(ago(1_800, 20), ago(1_800, 1)) == 0


def test_a_day_without_a_failure_forgets_them() -> None:
    """Nobody waits for what happened yesterday."""
    assert wait_s(ago(86_400, 5_000), ago(86_400, 5_000)) == 0
    assert Account(ago(86_400, 9), {ELSEWHERE: ago(86_400, 9)}).plus(1, HERE, NOON) == Account(
        ago(0, 1), {HERE: ago(0, 1)}
    )


def test_a_clock_that_was_set_back_makes_no_wait_longer() -> None:
    """The server's clock was an hour ahead at the failure, and is right now."""
    assert wait_s(ago(-3_600, 5)) == 1
    assert wait_s(ago(-3_600, 5), ago(-3_600, 5)) == 2


def test_a_name_may_fail_three_times_a_day_whatever_its_network_did() -> None:
    """A day without a failure of that name there, and it may again."""
    account = Account(networks={HERE: ago(86_399, 3), ELSEWHERE: ago(86_400, 3)})

    assert [account.here(network, NOON).count for network in (HERE, ELSEWHERE, None)] == [3, 0, 0]


def test_an_account_remembers_the_networks_that_failed_last() -> None:
    """The text of an account under attack stays small."""
    account = Account()
    for number in range(MAX_NETWORKS + 5):
        account = account.plus(1, str(number), NOON + number)

    assert len(account.networks) == MAX_NETWORKS
    assert "4" not in account.networks
    assert account.all.count == MAX_NETWORKS + 5


def test_a_failure_that_is_taken_back_leaves_those_before_it() -> None:
    """Two, then one, then none; the last failure was when it was."""
    two = ago(60, 2)

    assert two.plus(-1, NOON) == ago(60, 1)
    assert two.plus(-1, NOON).plus(-1, NOON) == Failures()
