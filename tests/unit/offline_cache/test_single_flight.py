"""SingleFlight: concurrent callers share one call, whatever its outcome."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from offline_cache.single_flight import SingleFlight
from tests.support.cache_doubles import CountingFlights

if TYPE_CHECKING:
    from collections.abc import Callable

CALLERS = 64


class Crowd:
    """64 threads that call at once; the call lasts until all of them are waiting."""

    def __init__(self) -> None:
        self.flights: SingleFlight[str] = SingleFlight()
        self.in_progress: CountingFlights[str] = CountingFlights()
        self.flights._in_progress = self.in_progress
        self.calls = 0
        self.outcomes: list[object] = []

    def ask(self, end: Callable[[], str]) -> None:
        """Start all threads; `end` gives the outcome of the call."""
        threads = [threading.Thread(target=self._one, args=(end,)) for _ in range(CALLERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=20)

    def _one(self, end: Callable[[], str]) -> None:
        try:
            self.outcomes.append(self.flights.run("anna", lambda: self._work(end)))
        except BaseException as error:  # noqa: BLE001 - what each thread gets is what is compared
            self.outcomes.append(error)

    def _work(self, end: Callable[[], str]) -> str:
        self.calls += 1
        for _ in range(CALLERS):
            assert self.in_progress.looked_up.acquire(timeout=10)
        return end()


def test_concurrent_callers_share_one_answer() -> None:
    """64 threads, one card, one call."""
    crowd = Crowd()
    crowd.ask(lambda: "valid")

    assert (crowd.calls, crowd.outcomes) == (1, ["valid"] * CALLERS)


@pytest.mark.parametrize("error", [RuntimeError("broken"), SystemExit(1)])
def test_concurrent_callers_share_one_exception(error: BaseException) -> None:
    """Whatever ends the call ends the waiting of all threads at once."""
    crowd = Crowd()

    def end() -> str:
        raise error

    crowd.ask(end)

    assert crowd.calls == 1
    assert len(crowd.outcomes) == CALLERS
    assert all(outcome is error for outcome in crowd.outcomes)


def test_a_finished_call_is_not_joined() -> None:
    """A later caller starts a new call, after an answer and after an exception."""
    flights: SingleFlight[int] = SingleFlight()

    assert [flights.run("anna", lambda: 1), flights.run("anna", lambda: 2)] == [1, 2]
    with pytest.raises(ZeroDivisionError):
        flights.run("anna", lambda: 1 // 0)
    assert flights.run("anna", lambda: 3) == 3
    assert not flights._in_progress


def test_cards_do_not_wait_for_each_other() -> None:
    """No lock is held during a call: Bruno's call ends in the middle of Anna's."""
    flights: SingleFlight[str] = SingleFlight()

    def annas() -> str:
        bruno = threading.Thread(target=lambda: answers.append(flights.run("bruno", lambda: "bruno")))
        bruno.start()
        bruno.join(timeout=10)
        return "anna"

    answers: list[str] = []
    answers.append(flights.run("anna", annas))

    assert answers == ["bruno", "anna"]
