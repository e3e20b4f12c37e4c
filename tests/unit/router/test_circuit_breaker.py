"""The circuit breaker opens soon, allows exactly one probe, and never stays open for ever."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from validator.router.answers import RouterFailure
from validator.router.circuit_breaker import (
    FAILURE_RATE,
    JITTER_S,
    MAX_CALLS,
    MAX_CONSECUTIVE_FAILURES,
    MIN_CALLS,
    OPEN_S,
    WINDOW_S,
    AllowedCall,
    BreakerState,
    CircuitBreaker,
)
from validator.verdict import Reason

PROBE_S = 2.6
SILENT = RouterFailure(Reason.ROUTER_TIMEOUT, "no answer in time")
BUSY = RouterFailure(Reason.ROUTER_BUSY, "503")


class World:
    """A breaker with the clock and the randomness of the test."""

    def __init__(self) -> None:
        self.now = 0.0  # a monotonic clock may start there
        self.chance = 0.0
        self.breaker = CircuitBreaker(lambda: self.now, lambda: self.chance, PROBE_S)

    def call(self) -> AllowedCall:
        """One call that must be allowed."""
        call = self.breaker.acquire()
        assert isinstance(call, AllowedCall)
        return call

    def ends(self, *outcomes: RouterFailure | None) -> list[bool]:
        """Calls with these outcomes, one after another; whether each opened or closed the breaker."""
        return [self.breaker.record(self.call(), outcome) for outcome in outcomes]

    def opened(self) -> World:
        """The same breaker after enough failures to open it."""
        self.ends(*[SILENT] * MAX_CONSECUTIVE_FAILURES)
        assert self.breaker.state() is BreakerState.OPEN
        return self


@pytest.fixture(name="world")
def _world() -> World:
    return World()


def test_five_failures_in_a_row_open_it(world: World) -> None:
    """The sixth call is rejected with the fifth one's failure; a success in between resets the count."""
    assert world.ends(*[SILENT] * 4, None, *[SILENT] * 4) == [False] * 9
    assert world.breaker.rejection() is None
    assert world.ends(BUSY) == [True]
    assert world.breaker.acquire() == world.breaker.rejection() == BUSY


def test_the_figures_are_those_that_were_measured() -> None:
    """Five in a row, or half of the latest hundred of half a minute; ten seconds and up to one more."""
    assert (MAX_CONSECUTIVE_FAILURES, FAILURE_RATE, MIN_CALLS, WINDOW_S, MAX_CALLS) == (5, 0.5, 10, 30, 100)
    assert (OPEN_S, JITTER_S) == (10, 1)


def test_a_success_resets_the_count_of_consecutive_failures(world: World) -> None:
    """The fifth failure after a success opens it, not the sixth."""
    world.ends(None)
    for _ in range(MAX_CONSECUTIVE_FAILURES):
        assert world.breaker.state() is BreakerState.CLOSED
        world.now += WINDOW_S
        world.ends(SILENT)
    assert world.breaker.state() is BreakerState.OPEN


def test_a_success_neither_opens_it_nor_resets_the_failure_rate(world: World) -> None:
    """If most calls failed, the next failure opens it; a success does not."""
    assert world.ends(*[SILENT] * 4, None, *[SILENT] * 4, None) == [False] * 10
    assert world.ends(SILENT) == [True]


def test_failures_in_a_row_have_no_time_limit(world: World) -> None:
    """Also with long pauses between cards, five failures open it."""
    for _ in range(MAX_CONSECUTIVE_FAILURES):
        world.now += WINDOW_S
        world.ends(SILENT)
    assert world.breaker.state() is BreakerState.OPEN


def test_half_of_ten_failures_open_it(world: World) -> None:
    """Five failures of ten calls are enough; four of nine are not."""
    assert world.ends(*[None, SILENT] * 4, None) == [False] * 9
    assert world.ends(SILENT) == [True]


def test_less_than_half_never_opens_it(world: World) -> None:
    """Two failures of five calls never open it, however long this lasts."""
    assert not any(world.ends(*[SILENT, None, SILENT, None, None] * 50))


def test_calls_older_than_the_window_do_not_count(world: World) -> None:
    """Failures from half a minute ago are ignored."""
    world.ends(*[SILENT, None] * 4)
    world.now += WINDOW_S
    assert world.ends(*[None, SILENT] * 4, None) == [False] * 9


def test_the_failure_rate_is_over_the_latest_calls(world: World) -> None:
    """However many calls succeeded in the window, only the latest hundred count."""
    world.ends(*[None] * 1000)
    assert not any(world.ends(*[None, SILENT] * (MAX_CALLS // 2 - 1), None))
    assert world.ends(SILENT) == [True]


def test_the_hundredth_call_from_the_end_still_counts(world: World) -> None:
    """Fifty failures of a hundred calls, the first and the last of them among the fifty."""
    world.ends(*[None] * 1000)
    assert not any(world.ends(SILENT, *[None, SILENT] * (MAX_CALLS // 2 - 2), None, None))
    assert world.ends(SILENT) == [True]


def test_it_opens_for_ten_seconds_plus_jitter(world: World) -> None:
    """No call is allowed before; one is allowed right after."""
    world.chance = 0.5
    world.opened()
    world.now += OPEN_S + 0.5 * JITTER_S - 0.01
    assert world.breaker.acquire() == SILENT
    world.now += 0.01
    assert world.breaker.state() is BreakerState.HALF_OPEN
    world.call()


def test_a_recovered_router_is_noticed_within_twelve_seconds() -> None:
    """With the longest jitter, after any number of failed probes."""
    world = World()
    world.chance = 1.0
    world.opened()
    for _ in range(10):
        world.now += OPEN_S + JITTER_S
        world.ends(BUSY)
    world.now += 12.0
    assert world.ends(None) == [True]
    assert world.breaker.state() is BreakerState.CLOSED


def test_one_of_sixty_four_threads_is_the_probe(world: World) -> None:
    """Sixty-four threads at the same moment: one call is allowed, the others are rejected with the reason."""
    world.opened()
    world.now += OPEN_S + JITTER_S
    together = threading.Barrier(64)

    def acquire(_: int) -> AllowedCall | RouterFailure:
        together.wait()
        return world.breaker.acquire()

    with ThreadPoolExecutor(64) as people:
        told = list(people.map(acquire, range(64)))

    assert sum(isinstance(one, AllowedCall) for one in told) == 1
    assert told.count(SILENT) == 63
    assert world.breaker.state() is BreakerState.HALF_OPEN


def test_a_failed_probe_opens_it_again(world: World) -> None:
    """For the same time, with the probe's own failure."""
    world.opened()
    world.now += OPEN_S
    assert world.ends(BUSY) == [False]
    assert world.breaker.rejection() == BUSY
    world.now += OPEN_S - 0.01
    assert world.breaker.rejection() == BUSY
    world.now += 0.01
    assert world.breaker.rejection() is None


def test_a_successful_probe_resets_all_counts(world: World) -> None:
    """After closing, four failures do not open it."""
    world.opened()
    world.now += OPEN_S
    assert world.ends(None, *[SILENT] * 4) == [True, False, False, False, False]


def test_a_probe_without_outcome_is_replaced(world: World) -> None:
    """When the probe's time is over, another one is allowed; the late outcome of the first is ignored."""
    world.opened()
    world.now += OPEN_S
    lost = world.call()
    world.now += PROBE_S - 0.01
    assert world.breaker.acquire() == SILENT
    world.now += 0.01
    second = world.call()
    assert world.breaker.record(lost, None) is False
    assert world.breaker.state() is BreakerState.HALF_OPEN
    assert world.breaker.record(second, None) is True


def test_a_cancelled_probe_is_replaced_at_once(world: World) -> None:
    """If our rate limiter rejected the probe, the next call is the probe."""
    world.opened()
    world.now += OPEN_S
    world.breaker.cancel(world.call())
    assert world.ends(None) == [True]


def test_a_cancelled_call_does_not_count(world: World) -> None:
    """Neither as a failure nor as a success, nor if an outcome is recorded later."""
    call = world.call()
    world.ends(*[SILENT] * 4)
    world.breaker.cancel(call)
    assert world.breaker.record(call, None) is False
    assert world.ends(SILENT) == [True]


def test_only_the_first_outcome_of_a_call_counts(world: World) -> None:
    """A call that was abandoned and fails later is one failure."""
    for _ in range(MAX_CONSECUTIVE_FAILURES - 1):
        call = world.call()
        world.breaker.record(call, SILENT)
        world.breaker.record(call, SILENT)
    assert world.breaker.state() is BreakerState.CLOSED


def test_outcomes_of_calls_from_before_it_opened_are_ignored(world: World) -> None:
    """A late success does not close it, a late failure does not open it again."""
    early, late = world.call(), world.call()
    world.opened()
    assert world.breaker.record(early, None) is False
    assert world.breaker.state() is BreakerState.OPEN
    world.now += OPEN_S
    world.ends(None, *[SILENT] * 4)
    assert world.breaker.record(late, SILENT) is False
    assert world.breaker.state() is BreakerState.CLOSED
