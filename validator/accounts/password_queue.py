"""The queue for hashing passwords: a few slots, shared fairly between networks.

Known browsers come first. Unknown browsers of one network share one slot. If too many wait, one of the
network with most is rejected, and within that network one of the address with most: a flood competes with
itself first.
"""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_RUNNING = 2
# Each waiting sign-in holds a thread that could answer checks: this many unknown browsers, and as many known
# ones.
MAX_WAITING = 2
MAX_WAIT_S = 1.0


@dataclass(frozen=True, slots=True)
class Origin:
    """The source of a sign-in, never stored; `network` is None if the address identifies no network."""

    network: str | None = None
    address: str = ""
    is_known: bool = False


# People who are signed in already, and the command line.
TRUSTED = Origin(is_known=True)


@dataclass(eq=False, slots=True)
class QueuedSignIn:
    """One sign-in in the queue; `decided` is set when it gets a slot or is rejected."""

    origin: Origin
    has_slot: bool = False
    decided: threading.Event = field(default_factory=threading.Event)


def next_to_run(queued: Sequence[QueuedSignIn], max_running: int) -> QueuedSignIn | None:
    """The sign-in that gets the next slot; None if no slot is free or none may have it."""
    running = [one.origin for one in queued if one.has_slot]
    if len(running) >= max_running:
        return None
    taken = {origin.network for origin in running if not origin.is_known} - {None}
    waiting = [
        one for one in queued if not one.has_slot and (one.origin.is_known or one.origin.network not in taken)
    ]
    return min(waiting, key=lambda one: not one.origin.is_known, default=None)


def next_to_reject(queued: Sequence[QueuedSignIn], max_waiting: int) -> QueuedSignIn | None:
    """The sign-in to reject if more than `max_waiting` of known or of unknown browsers wait; else None."""
    for is_known in (False, True):
        same = [one for one in queued if one.origin.is_known is is_known]
        waiting = [one for one in same if not one.has_slot]
        if len(waiting) > max_waiting:
            networks = Counter(one.origin.network for one in same)
            addresses = Counter(one.origin.address for one in same)
            # Of equal ones the newest: `max` returns the first.
            return max(
                reversed(waiting),
                key=lambda one: (networks[one.origin.network], addresses[one.origin.address]),
            )
    return None


class HashingQueue:
    """Slots for `max_running` sign-ins; `max_waiting` more wait up to `max_wait_s` seconds. Thread-safe."""

    def __init__(
        self,
        max_running: int = MAX_RUNNING,
        max_wait_s: float = MAX_WAIT_S,
        max_waiting: int = MAX_WAITING,
    ) -> None:
        self._max_running = max_running
        self._max_wait_s = max_wait_s
        self._max_waiting = max_waiting
        self._lock = threading.Lock()
        self._queued: list[QueuedSignIn] = []

    @contextmanager
    def slot(self, origin: Origin) -> Iterator[bool]:
        """Wait for a slot; False if none became free in time or the queue is full."""
        mine = QueuedSignIn(origin)
        with self._lock:
            self._queued.append(mine)
            self._decide()
        mine.decided.wait(self._max_wait_s)
        with self._lock:
            has_slot = mine.has_slot
            if not has_slot:
                self._remove(mine)
        try:
            yield has_slot
        finally:
            if has_slot:
                with self._lock:
                    self._remove(mine)

    def is_full(self, origin: Origin) -> bool:
        """Whether a sign-in from this origin would be rejected at once."""
        with self._lock:
            mine = QueuedSignIn(origin)
            queued = [*self._queued, mine]
            return (
                next_to_run(queued, self._max_running) is not mine
                and next_to_reject(queued, self._max_waiting) is mine
            )

    def _decide(self) -> None:
        """Give out free slots, then reject those that are too many."""
        while (one := next_to_run(self._queued, self._max_running)) is not None:
            one.has_slot = True
            one.decided.set()
        while (one := next_to_reject(self._queued, self._max_waiting)) is not None:
            self._queued.remove(one)
            one.decided.set()

    def _remove(self, mine: QueuedSignIn) -> None:
        if mine in self._queued:
            self._queued.remove(mine)
            self._decide()
