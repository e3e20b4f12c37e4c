"""Limits on calls to the Router (deadline, rate limiter, bulkhead, endpoint order), with a fake clock."""

from __future__ import annotations

import threading

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import LogCapture

from validator.router import limits as limits_module
from validator.router.call import PREFER_S, EndpointOrder
from validator.router.config import Endpoint
from validator.router.limits import BURST_S, LOG_EVERY_S, RECENT_RELEASE_S, Bulkhead, RateLimiter
from validator.router.runtime import Deadline

STATUS_V2, VERIFIER = Endpoint.STATUS_V2, Endpoint.VERIFIER


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


def test_a_deadline_counts_down_to_zero(clock: Clock) -> None:
    """The time left shrinks with the clock and never falls below zero."""
    deadline = Deadline.after(2.5, clock)
    clock.now += 1
    assert deadline.left() == 1.5
    clock.now += 10
    assert deadline.left() == 0


def test_a_rate_of_zero_means_no_limit(clock: Clock) -> None:
    """With 0 calls a second, every call is allowed."""
    limiter = RateLimiter(0, clock)
    assert all(limiter.try_acquire() for _ in range(1000))


def test_a_slow_rate_still_allows_one_call(clock: Clock) -> None:
    """A rate below one call per burst time allows one call at first, then one when its time has come."""
    limiter = RateLimiter(0.05, clock)
    assert limiter.try_acquire()
    assert not limiter.try_acquire()
    clock.now += 20
    assert limiter.try_acquire()


@given(
    rate=st.floats(0.1, 50),
    steps=st.lists(st.tuples(st.floats(0, 30), st.integers(0, 100)), max_size=20),
)
def test_the_rate_limit_is_never_exceeded(rate: float, steps: list[tuple[float, int]]) -> None:
    """In any period, no more calls are allowed than burst and rate allow together."""
    clock = Clock()
    limiter = RateLimiter(rate, clock)
    began, allowed = clock.now, 0
    for pause, calls in steps:
        clock.now += pause
        allowed += sum(limiter.try_acquire() for _ in range(calls))
        assert allowed <= max(1.0, rate * BURST_S) + rate * (clock.now - began) + 1e-6


def test_a_clock_that_is_set_back_adds_no_calls(clock: Clock) -> None:
    """Negative time earns no calls."""
    limiter = RateLimiter(0.1, clock)
    assert limiter.try_acquire()
    clock.now -= 1000
    assert not limiter.try_acquire()


def test_rejections_are_logged_once_a_minute(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first rejected call is logged at once, the others together a minute later."""
    captured = LogCapture()
    monkeypatch.setattr(limits_module, "log", structlog.wrap_logger(None, processors=[captured]))
    limiter = RateLimiter(0.001, clock)
    assert limiter.try_acquire()
    assert limiter.recently_rejected() == 0
    for pause in (0.0, 1.0, 1.0, LOG_EVERY_S):
        clock.now += pause
        assert not limiter.try_acquire()

    assert [(line["event"], line["rejected"]) for line in captured.entries] == [
        ("router_rate_limited", 1),
        ("router_rate_limited", 3),
    ]
    assert limiter.recently_rejected() == 3
    clock.now += LOG_EVERY_S
    assert limiter.recently_rejected() == 0


def test_permits_run_out_and_come_back(clock: Clock) -> None:
    """There are `size` permits, and a released permit can be acquired again."""
    bulkhead = Bulkhead(2, wait_s=0)
    deadline = Deadline.after(1, clock)
    first, second = bulkhead.acquire(deadline), bulkhead.acquire(deadline)
    assert first
    assert second
    assert bulkhead.acquire(deadline) is None
    bulkhead.release(first)
    assert bulkhead.acquire(deadline)


def test_callers_wait_only_while_permits_change_hands(clock: Clock) -> None:
    """If no permit changed hands for half a second, a caller does not wait; otherwise it does."""
    bulkhead = Bulkhead(1, wait_s=60)
    held = bulkhead.acquire(Deadline.after(60, clock))
    assert held
    clock.now += RECENT_RELEASE_S
    assert bulkhead.acquire(Deadline.after(60, clock)) is None

    bulkhead.release(held)
    held = bulkhead.acquire(Deadline.after(60, clock))
    assert held
    clock.now += RECENT_RELEASE_S / 2
    threading.Timer(0.05, bulkhead.release, [held]).start()
    assert bulkhead.acquire(Deadline.after(60, clock))


def test_a_permit_past_its_deadline_is_overdue(clock: Clock) -> None:
    """Only a permit that is still held after its deadline counts as overdue."""
    bulkhead = Bulkhead(2, wait_s=0)
    permit = bulkhead.acquire(Deadline.after(1, clock))
    assert permit
    assert not bulkhead.has_overdue_permit()
    clock.now += 1
    assert bulkhead.has_overdue_permit()
    bulkhead.release(permit)
    assert not bulkhead.has_overdue_permit()


def test_a_permit_is_released_once(clock: Clock) -> None:
    """Releasing a permit twice is an error and never adds a permit."""
    bulkhead = Bulkhead(1, wait_s=0)
    permit = bulkhead.acquire(Deadline.after(1, clock))
    assert permit
    bulkhead.release(permit)
    with pytest.raises(KeyError):
        bulkhead.release(permit)
    assert bulkhead.acquire(Deadline.after(1, clock))
    assert bulkhead.acquire(Deadline.after(1, clock)) is None


def test_the_endpoint_that_succeeded_goes_first_for_a_while(clock: Clock) -> None:
    """It goes first for PREFER_S and no longer, however often it succeeds in that time."""
    order = EndpointOrder((STATUS_V2, VERIFIER), clock)
    assert order.current() == (STATUS_V2, VERIFIER)
    order.succeeded(VERIFIER)
    clock.now += PREFER_S - 1
    assert order.current() == (VERIFIER, STATUS_V2)
    order.succeeded(VERIFIER)
    clock.now += 1
    assert order.current() == (STATUS_V2, VERIFIER)


def test_the_first_endpoint_comes_back_as_soon_as_it_succeeds(clock: Clock) -> None:
    """If the second endpoint fails and the first one answers, the operator's order applies again."""
    order = EndpointOrder((STATUS_V2, VERIFIER), clock)
    order.succeeded(VERIFIER)
    order.succeeded(STATUS_V2)
    assert order.current() == (STATUS_V2, VERIFIER)
    clock.now += PREFER_S / 2
    assert order.current() == (STATUS_V2, VERIFIER)


def test_a_single_endpoint_is_always_first(clock: Clock) -> None:
    """With one endpoint there is nothing to order."""
    order = EndpointOrder((VERIFIER,), clock)
    order.succeeded(VERIFIER)
    assert order.current() == (VERIFIER,)
