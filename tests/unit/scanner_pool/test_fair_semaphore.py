"""One slot for each caller, and callers in turn, however many requests they have."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from scanner.fair_semaphore import Busy, FairSemaphore
from tests.support.polling import TIMEOUT_S, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG_S = 3600.0


class Request:
    """One request for a slot, in a thread of its own. It holds the slot until `leave`."""

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
                self._leave.wait(TIMEOUT_S)
            self.state = "left"
        except Busy:
            self.state = "rejected"

    def leave(self) -> None:
        """Release the slot, and return when that is done."""
        self._leave.set()
        self._thread.join(TIMEOUT_S)
        assert self.state == "left"

    def becomes(self, state: str) -> bool:
        """Wait for this state."""
        wait_for(lambda: self.state == state)
        return True


@pytest.fixture(name="semaphore")
def _places() -> Iterator[FairSemaphore]:
    """Two semaphore, and three may wait."""
    semaphore = FairSemaphore(size=2, queue=3)
    yield semaphore
    semaphore.close()


def test_a_caller_holds_one_slot_and_another_caller_the_other(semaphore: FairSemaphore) -> None:
    """The second request of a caller waits although a slot is free; another caller takes it."""
    first, second = Request(semaphore, "anna"), Request(semaphore, "anna")
    other = Request(semaphore, "bruno")

    assert (first.state, other.state) == ("holds", "holds")
    assert second.state == "waits"
    first.leave()
    assert second.becomes("holds")
    second.leave()
    other.leave()


def test_a_waiting_caller_is_served_before_one_who_was_served(semaphore: FairSemaphore) -> None:
    """Earlier requests of the callers who hold the slots come after the first request of another caller."""
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


def test_callers_take_turns() -> None:
    """With one slot, no caller is served twice while another is still waiting for the first time."""
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


def test_a_full_queue_prefers_a_caller_with_fewer_requests(semaphore: FairSemaphore) -> None:
    """The last request of the caller with most is rejected, not the new one."""
    holding = Request(semaphore, "anna")
    crowd = [Request(semaphore, "anna") for _ in range(3)]
    other = Request(semaphore, "bruno")
    late = Request(semaphore, "bruno")

    assert other.state == "holds"
    assert crowd[2].becomes("rejected")
    assert [request.state for request in (*crowd[:2], late)] == ["waits"] * 3
    for request in (holding, crowd[0], crowd[1], other, late):
        assert request.becomes("holds")
        request.leave()


def test_a_full_queue_rejects_the_caller_with_most_requests(semaphore: FairSemaphore) -> None:
    """No caller loses a request to a caller with as many."""
    held = [Request(semaphore, name) for name in ("anna", "bruno")]
    queued = [Request(semaphore, name) for name in ("anna", "bruno", "clara")]

    more = [Request(semaphore, name) for name in ("anna", "dora")]

    assert [request.becomes("rejected") for request in more]
    assert [request.state for request in queued] == ["waits"] * 3
    for request in (*held, *queued):
        assert request.becomes("holds")
        request.leave()


def test_waiting_is_limited(semaphore: FairSemaphore) -> None:
    """If no slot becomes free, the request is rejected and leaves the queue."""
    holding = Request(semaphore, "anna")

    with pytest.raises(Busy), semaphore.slot("anna", 0.01):
        pytest.fail("it was granted")

    assert semaphore.counts() == (1, 0)
    holding.leave()


def test_a_slot_is_released_after_an_exception(semaphore: FairSemaphore) -> None:
    """The count returns to zero."""
    with pytest.raises(ZeroDivisionError), semaphore.slot("anna", LONG_S):
        raise ZeroDivisionError

    assert semaphore.counts() == (0, 0)


def test_closing_rejects_waiting_and_later_requests(semaphore: FairSemaphore) -> None:
    """A caller who holds a slot keeps it."""
    holding, waiting = Request(semaphore, "anna"), Request(semaphore, "anna")

    semaphore.close()

    assert waiting.becomes("rejected")
    assert Request(semaphore, "bruno").becomes("rejected")
    holding.leave()
