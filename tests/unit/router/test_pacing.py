"""The parts that hold calls back, each with a clock of the test's own."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.router.ceiling import BURST_S, Ceiling
from validator.router.config import Endpoint
from validator.router.deadline import Deadline
from validator.router.order import HOLD_S, AskingOrder
from validator.router.permits import HOPE_S, Permits

STATUS_V2, VERIFIER = Endpoint.STATUS_V2, Endpoint.VERIFIER


class Clock:
    """A clock that stands still unless it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


def test_a_deadline_counts_down_to_nothing(clock: Clock) -> None:
    """What is left shrinks with the clock and never falls below zero."""
    deadline = Deadline.after(2.5, clock)
    clock.now += 1
    assert deadline.left() == 1.5
    clock.now += 10
    assert deadline.left() == 0


def test_no_ceiling_allows_everything(clock: Clock) -> None:
    """0 calls a second means that nobody counts."""
    ceiling = Ceiling(0, clock)
    assert all(ceiling.allows() for _ in range(1000))


def test_a_slow_ceiling_still_lets_one_call_out(clock: Clock) -> None:
    """Less than one call in the burst's time is one call at first, then one when its time has come."""
    ceiling = Ceiling(0.05, clock)
    assert ceiling.allows()
    assert not ceiling.allows()
    clock.now += 20
    assert ceiling.allows()


@given(
    rate=st.floats(0.1, 50),
    steps=st.lists(st.tuples(st.floats(0, 30), st.integers(0, 100)), max_size=20),
)
def test_the_ceiling_is_never_broken(rate: float, steps: list[tuple[float, int]]) -> None:
    """Over any stretch of time no more calls go out than the burst and the rate allow together."""
    clock = Clock()
    ceiling = Ceiling(rate, clock)
    began, out = clock.now, 0
    for pause, calls in steps:
        clock.now += pause
        out += sum(ceiling.allows() for _ in range(calls))
        assert out <= max(1.0, rate * BURST_S) + rate * (clock.now - began) + 1e-6


def test_a_clock_that_steps_back_gives_nothing_away(clock: Clock) -> None:
    """Time that runs backwards earns no calls."""
    ceiling = Ceiling(0.1, clock)
    assert ceiling.allows()
    clock.now -= 1000
    assert not ceiling.allows()


def test_permits_end_and_come_back(clock: Clock) -> None:
    """There are as many permits as were made, and a permit given back is a permit again."""
    permits = Permits(2, wait_s=0)
    deadline = Deadline.after(1, clock)
    first, second = permits.take(deadline), permits.take(deadline)
    assert first
    assert second
    assert permits.take(deadline) is None
    permits.give_back(first)
    assert permits.take(deadline)


def test_nobody_waits_without_hope(clock: Clock) -> None:
    """Where no permit changed hands for half a second, none is waited for; where one did, it is."""
    permits = Permits(1, wait_s=60)
    held = permits.take(Deadline.after(60, clock))
    assert held
    clock.now += HOPE_S
    assert permits.take(Deadline.after(60, clock)) is None

    permits.give_back(held)
    held = permits.take(Deadline.after(60, clock))
    assert held
    clock.now += HOPE_S / 2
    threading.Timer(0.05, permits.give_back, [held]).start()
    assert permits.take(Deadline.after(60, clock))


def test_permits_held_too_long_are_told_apart(clock: Clock) -> None:
    """Only a permit that is still held after its deadline counts as overdue."""
    permits = Permits(2, wait_s=0)
    permit = permits.take(Deadline.after(1, clock))
    assert permit
    assert not permits.overdue()
    clock.now += 1
    assert permits.overdue()
    permits.give_back(permit)
    assert not permits.overdue()


def test_a_permit_goes_back_once(clock: Clock) -> None:
    """Giving a permit back twice is our mistake and never makes a third permit of two."""
    permits = Permits(1, wait_s=0)
    permit = permits.take(Deadline.after(1, clock))
    assert permit
    permits.give_back(permit)
    with pytest.raises(KeyError):
        permits.give_back(permit)
    assert permits.take(Deadline.after(1, clock))
    assert permits.take(Deadline.after(1, clock)) is None


def test_the_endpoint_that_helped_out_goes_first_for_a_while(clock: Clock) -> None:
    """It goes first from then on, for HOLD_S and no longer, however often it works meanwhile."""
    order = AskingOrder((STATUS_V2, VERIFIER), clock)
    assert order.now() == (STATUS_V2, VERIFIER)
    order.worked(VERIFIER)
    clock.now += HOLD_S - 1
    assert order.now() == (VERIFIER, STATUS_V2)
    order.worked(VERIFIER)
    clock.now += 1
    assert order.now() == (STATUS_V2, VERIFIER)


def test_the_first_endpoint_comes_back_as_soon_as_it_works(clock: Clock) -> None:
    """Where the helper fails and the first one answers, the operator's order holds again."""
    order = AskingOrder((STATUS_V2, VERIFIER), clock)
    order.worked(VERIFIER)
    order.worked(STATUS_V2)
    assert order.now() == (STATUS_V2, VERIFIER)
    clock.now += HOLD_S / 2
    assert order.now() == (STATUS_V2, VERIFIER)


def test_a_lone_endpoint_is_always_first(clock: Clock) -> None:
    """With one endpoint there is nothing to order."""
    order = AskingOrder((VERIFIER,), clock)
    order.worked(VERIFIER)
    assert order.now() == (VERIFIER,)
