"""A bulkhead: so many calls at once and no more, so that a hung Router never takes the server with it."""

from __future__ import annotations

from dataclasses import dataclass
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from validator.router.deadline import Deadline


HOPE_S = 0.5
"""Where no permit changed hands for so long, none will in a moment: who waited would hold a thread of the
server's for nothing, and with sixty-four people at a hung Router /livez took 2.4 s."""


@dataclass(frozen=True, slots=True, eq=False)
class Permit:
    """The right to run one call, meant to end by its deadline."""

    deadline: Deadline


class Permits:
    """`size` permits; who finds none waits for at most `wait_s`, while there is hope. Thread-safe."""

    def __init__(self, size: int, wait_s: float) -> None:
        self._free = BoundedSemaphore(size)
        self._wait_s = wait_s
        self._lock = Lock()
        self._held: set[Permit] = set()
        self._moved_at = float("-inf")

    def take(self, deadline: Deadline) -> Permit | None:
        """A permit, or None where none came free in time."""
        hopes = deadline.clock() - self._moved_at < HOPE_S
        if not self._free.acquire(timeout=min(self._wait_s, deadline.left()) if hopes else 0):
            return None
        permit = Permit(deadline)
        with self._lock:
            self._held.add(permit)
            self._moved_at = deadline.clock()
        return permit

    def give_back(self, permit: Permit) -> None:
        """End the right; to be called exactly once."""
        with self._lock:
            self._held.remove(permit)
            self._moved_at = permit.deadline.clock()
        self._free.release()

    def overdue(self) -> bool:
        """Whether a permit is held past its deadline: something below hangs that cannot be interrupted."""
        with self._lock:
            return any(permit.deadline.left() <= 0 for permit in self._held)
