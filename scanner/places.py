"""Who may have a picture read now: one at a time for each caller, and the callers in turn."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator


class Busy(Exception):
    """No place came free in time, or too many wait."""


class _Ticket:
    """One request for a place: settled when it is granted or refused."""

    def __init__(self, caller: Hashable) -> None:
        self.caller = caller
        self.is_granted = False
        self.settled = threading.Event()

    def settle(self, *, is_granted: bool) -> None:
        self.is_granted = is_granted
        self.settled.set()


class Places:
    """At most `size` at once, one for each caller, and `queue` waiting. Thread-safe.

    A free place goes to the waiting caller who was served least recently. Where the queue is full, whoever
    has the most requests in it loses the last of them to a caller who has fewer.
    """

    def __init__(self, size: int, queue: int) -> None:
        self._size, self._queue = size, queue
        self._lock = threading.Lock()
        self._held: list[_Ticket] = []
        self._waiting: list[_Ticket] = []
        self._turns: dict[Hashable, int] = {}
        self._turn = 0
        self._is_closed = False

    @contextmanager
    def hold(self, caller: Hashable, wait_s: float) -> Iterator[None]:
        """Hold a place; raises Busy after `wait_s` seconds, or at once where too many wait."""
        ticket = _Ticket(caller)
        self._ask(ticket)
        if not ticket.settled.wait(wait_s):
            self._give_up(ticket)
        if not ticket.is_granted:
            raise Busy
        try:
            yield
        finally:
            self._leave(ticket)

    def counts(self) -> tuple[int, int]:
        """How many hold a place, and how many wait."""
        with self._lock:
            return len(self._held), len(self._waiting)

    def close(self) -> None:
        """Refuse everybody who waits and who comes later."""
        with self._lock:
            self._is_closed = True
            for ticket in self._waiting:
                ticket.settle(is_granted=False)
            self._waiting.clear()

    def _ask(self, ticket: _Ticket) -> None:
        with self._lock:
            if self._is_closed:
                ticket.settle(is_granted=False)
                return
            self._waiting.append(ticket)
            self._grant()
            if len(self._waiting) > self._queue:
                self._refuse_one(ticket)

    def _grant(self) -> None:
        while len(self._held) < self._size and (ticket := self._next()):
            self._waiting.remove(ticket)
            self._held.append(ticket)
            self._turn += 1
            self._turns[ticket.caller] = self._turn
            ticket.settle(is_granted=True)

    def _next(self) -> _Ticket | None:
        """The first request of the caller whose last turn is longest ago, among those who hold no place."""
        busy = {ticket.caller for ticket in self._held}
        free = (ticket for ticket in self._waiting if ticket.caller not in busy)
        return min(free, key=lambda ticket: self._turns.get(ticket.caller, 0), default=None)

    def _refuse_one(self, newest: _Ticket) -> None:
        asked = Counter(ticket.caller for ticket in self._waiting)
        most, count = asked.most_common(1)[0]
        crowded = most if count > asked[newest.caller] else newest.caller
        refused = next(ticket for ticket in reversed(self._waiting) if ticket.caller == crowded)
        self._waiting.remove(refused)
        refused.settle(is_granted=False)

    def _give_up(self, ticket: _Ticket) -> None:
        with self._lock, suppress(ValueError):  # not in there: it was settled just now
            self._waiting.remove(ticket)

    def _leave(self, ticket: _Ticket) -> None:
        with self._lock:
            self._held.remove(ticket)
            self._grant()
            present = {each.caller for each in (*self._held, *self._waiting)}
            self._turns = {caller: turn for caller, turn in self._turns.items() if caller in present}
