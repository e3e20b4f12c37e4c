"""A semaphore that is fair between callers: one slot for each caller, and callers in turn."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator


class Busy(Exception):
    """No slot became free in time, or the queue is full."""


class _Ticket:
    """One request for a slot; it is resolved when it is granted or rejected."""

    def __init__(self, caller: Hashable) -> None:
        self.caller = caller
        self.is_granted = False
        self.resolved = threading.Event()

    def resolve(self, *, is_granted: bool) -> None:
        self.is_granted = is_granted
        self.resolved.set()


class FairSemaphore:
    """At most `size` slots, one for each caller, and `queue` waiting requests. Thread-safe.

    A free slot goes to the waiting caller who was served least recently. If the queue is full, the caller
    with most requests in it loses the last of them to a caller with fewer.
    """

    def __init__(self, size: int, queue: int) -> None:
        self._size, self._queue = size, queue
        self._lock = threading.Lock()
        self._held: list[_Ticket] = []
        self._waiting: list[_Ticket] = []
        self._last_served: dict[Hashable, int] = {}
        self._served = 0
        self._is_closed = False

    @contextmanager
    def slot(self, caller: Hashable, wait_s: float) -> Iterator[None]:
        """Hold a slot; raises Busy after `wait_s` seconds, or at once if the queue is full."""
        ticket = _Ticket(caller)
        self._enqueue(ticket)
        if not ticket.resolved.wait(wait_s):
            self._cancel(ticket)
        if not ticket.is_granted:
            raise Busy
        try:
            yield
        finally:
            self._release(ticket)

    def counts(self) -> tuple[int, int]:
        """The number of held slots and of waiting requests."""
        with self._lock:
            return len(self._held), len(self._waiting)

    def close(self) -> None:
        """Reject all waiting and all later requests."""
        with self._lock:
            self._is_closed = True
            for ticket in self._waiting:
                ticket.resolve(is_granted=False)
            self._waiting.clear()

    def _enqueue(self, ticket: _Ticket) -> None:
        with self._lock:
            if self._is_closed:
                ticket.resolve(is_granted=False)
                return
            self._waiting.append(ticket)
            self._grant()
            if len(self._waiting) > self._queue:
                self._reject_one(ticket)

    def _grant(self) -> None:
        while len(self._held) < self._size and (ticket := self._next()):
            self._waiting.remove(ticket)
            self._held.append(ticket)
            self._served += 1
            self._last_served[ticket.caller] = self._served
            ticket.resolve(is_granted=True)

    def _next(self) -> _Ticket | None:
        """The first request of the least recently served caller, among those who hold no slot."""
        busy = {ticket.caller for ticket in self._held}
        free = (ticket for ticket in self._waiting if ticket.caller not in busy)
        return min(free, key=lambda ticket: self._last_served.get(ticket.caller, 0), default=None)

    def _reject_one(self, newest: _Ticket) -> None:
        requests = Counter(ticket.caller for ticket in self._waiting)
        busiest, count = requests.most_common(1)[0]
        caller = busiest if count > requests[newest.caller] else newest.caller
        rejected = next(ticket for ticket in reversed(self._waiting) if ticket.caller == caller)
        self._waiting.remove(rejected)
        rejected.resolve(is_granted=False)

    def _cancel(self, ticket: _Ticket) -> None:
        with self._lock, suppress(ValueError):  # it was resolved just now
            self._waiting.remove(ticket)

    def _release(self, ticket: _Ticket) -> None:
        with self._lock:
            self._held.remove(ticket)
            self._grant()
            present = {each.caller for each in (*self._held, *self._waiting)}
            self._last_served = {
                caller: turn for caller, turn in self._last_served.items() if caller in present
            }
