"""Who may have a picture read: one place for each caller, and callers in turn, whoever asks most."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from scanner.fair_semaphore import Busy, FairSemaphore
from tests.support.waiting import PATIENCE_S, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG_S = 3600.0


class Request:
    """One request for a place, in a thread of its own: it holds the place until it is told to leave."""

    def __init__(self, semaphore: FairSemaphore, caller: str) -> None:
        self.name = caller
        self.state = "waits"
        self._places = semaphore
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        before = {*semaphore._held, *semaphore._waiting}
        self._thread.start()
        wait_for(lambda: self.state != "waits" or {*semaphore._waiting} - before != set())

    def _run(self) -> None:
        try:
            with self._places.slot(self.name, LONG_S):
                self.state = "holds"
                self._leave.wait(PATIENCE_S)
            self.state = "left"
        except Busy:
            self.state = "refused"

    def leave(self) -> None:
        """Give the place back, and return when that is done."""
        self._leave.set()
        self._thread.join(PATIENCE_S)
        assert self.state == "left"

    def becomes(self, state: str) -> bool:
        """Wait until it is so."""
        wait_for(lambda: self.state == state)
        return True


@pytest.fixture(name="semaphore")
def _places() -> Iterator[FairSemaphore]:
    """Two semaphore, and three may wait."""
    semaphore = FairSemaphore(size=2, queue=3)
    yield semaphore
    semaphore.close()


def test_a_caller_holds_one_place_and_another_caller_the_other(semaphore: FairSemaphore) -> None:
    """The second request of a caller waits although a place is free; anybody else takes it."""
    first, second = Request(semaphore, "anna"), Request(semaphore, "anna")
    other = Request(semaphore, "bruno")

    assert (first.state, other.state) == ("holds", "holds")
    assert second.state == "waits"
    first.leave()
    assert second.becomes("holds")
    second.leave()
    other.leave()


def test_who_waits_is_served_before_the_next_of_a_caller_who_was_served(semaphore: FairSemaphore) -> None:
    """Earlier requests of the two who slot the semaphore do not go before the first one of somebody else."""
    anna, bruno = Request(semaphore, "anna"), Request(semaphore, "bruno")
    again, other = Request(semaphore, "anna"), Request(semaphore, "clara")
    assert (again.state, other.state) == ("waits", "waits")

    anna.leave()

    assert other.becomes("holds")
    assert again.state == "waits"
    bruno.leave()
    assert again.becomes("holds")
    again.leave()
    other.leave()


def test_two_who_ask_without_end_take_turns_with_a_third() -> None:
    """With one place: nobody is served twice while another who waits is served not at all."""
    semaphore = FairSemaphore(size=1, queue=8)
    waiting = [Request(semaphore, name) for name in ("anna", "anna", "bruno", "anna", "bruno", "clara")]
    served = []
    while waiting:
        wait_for(lambda: any(request.state == "holds" for request in waiting))
        (holding,) = (request for request in waiting if request.state == "holds")
        served.append(holding.name)
        waiting.remove(holding)
        holding.leave()

    assert served == ["anna", "bruno", "clara", "anna", "bruno", "anna"]
    semaphore.close()


def test_a_full_queue_makes_room_for_who_has_fewer_requests_in_it(semaphore: FairSemaphore) -> None:
    """The last request of the caller who has most is refused, not the one that comes."""
    holding = Request(semaphore, "anna")
    crowd = [Request(semaphore, "anna") for _ in range(3)]
    other = Request(semaphore, "bruno")
    late = Request(semaphore, "bruno")

    assert other.state == "holds"
    assert crowd[2].becomes("refused")
    assert [request.state for request in (*crowd[:2], late)] == ["waits"] * 3
    for request in (holding, crowd[0], crowd[1], other, late):
        assert request.becomes("holds")
        request.leave()


def test_a_full_queue_refuses_who_has_most_requests_in_it(semaphore: FairSemaphore) -> None:
    """Nobody loses a place in the queue to a caller who has as many."""
    held = [Request(semaphore, name) for name in ("anna", "bruno")]
    queued = [Request(semaphore, name) for name in ("anna", "bruno", "clara")]

    more = [Request(semaphore, name) for name in ("anna", "dora")]

    assert [request.becomes("refused") for request in more]
    assert [request.state for request in queued] == ["waits"] * 3
    for request in (*held, *queued):
        assert request.becomes("holds")
        request.leave()


def test_nobody_waits_longer_than_they_want(semaphore: FairSemaphore) -> None:
    """A place that does not come free is a refusal, and leaves no trace in the queue."""
    holding = Request(semaphore, "anna")

    with pytest.raises(Busy), semaphore.slot("anna", 0.01):
        pytest.fail("it was granted")

    assert semaphore.counts() == (1, 0)
    holding.leave()


def test_a_place_is_given_back_whatever_happens_in_it(semaphore: FairSemaphore) -> None:
    """An exception frees it, too."""
    with pytest.raises(ZeroDivisionError), semaphore.slot("anna", LONG_S):
        raise ZeroDivisionError

    assert semaphore.counts() == (0, 0)


def test_closing_refuses_who_waits_and_who_comes(semaphore: FairSemaphore) -> None:
    """Who holds a place keeps it to the end."""
    holding, waiting = Request(semaphore, "anna"), Request(semaphore, "anna")

    semaphore.close()

    assert waiting.becomes("refused")
    assert Request(semaphore, "bruno").becomes("refused")
    holding.leave()
