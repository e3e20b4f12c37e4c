"""Who may hash a password now: a few at a time, and no network can take every place.

Browsers that are known here come first. Strangers of one network have one place between them. Where too many
wait, one from the network that has most is sent away, and there one of the address that has most: whoever
floods the form competes with the own address first.
"""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

AT_ONCE = 2
# Whoever waits holds one of the threads that answer checks: this many strangers, and as many known browsers.
WAITING = 2
WAIT_S = 1.0


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a try comes from; nothing of it is kept. `network` is None where the address tells nothing."""

    network: str | None = None
    address: str = ""
    is_known: bool = False


# Whoever has a session already, and the command line.
TRUSTED = Origin(is_known=True)


@dataclass(eq=False, slots=True)
class Try:
    """Somebody who came, in the order of coming."""

    origin: Origin
    has_place: bool = False
    decided: threading.Event = field(default_factory=threading.Event)


def next_of(tries: Sequence[Try], at_once: int) -> Try | None:
    """Who gets the next place; None where there is none, or nobody may have it."""
    running = [one.origin for one in tries if one.has_place]
    if len(running) >= at_once:
        return None
    taken = {origin.network for origin in running if not origin.is_known} - {None}
    waiting = [
        one for one in tries if not one.has_place and (one.origin.is_known or one.origin.network not in taken)
    ]
    return min(waiting, key=lambda one: not one.origin.is_known, default=None)


def one_too_many(tries: Sequence[Try], most_waiting: int) -> Try | None:
    """Who is sent away, of strangers or of known browsers, where more than so many of them wait."""
    for is_known in (False, True):
        same = [one for one in tries if one.origin.is_known is is_known]
        waiting = [one for one in same if not one.has_place]
        if len(waiting) > most_waiting:
            networks = Counter(one.origin.network for one in same)
            addresses = Counter(one.origin.address for one in same)
            # The newest of the most: `max` gives the first of equals.
            return max(
                reversed(waiting),
                key=lambda one: (networks[one.origin.network], addresses[one.origin.address]),
            )
    return None


class Turns:
    """Places for `at_once` tries; some more wait, `wait_s` seconds at most. Thread-safe."""

    def __init__(self, at_once: int = AT_ONCE, wait_s: float = WAIT_S, waiting: int = WAITING) -> None:
        self._at_once = at_once
        self._wait_s = wait_s
        self._waiting = waiting
        self._lock = threading.Lock()
        self._tries: list[Try] = []

    @contextmanager
    def turn(self, origin: Origin) -> Iterator[bool]:
        """Wait for a place: False where none came up in time, or the waiting room is full."""
        mine = Try(origin)
        with self._lock:
            self._tries.append(mine)
            self._settle()
        mine.decided.wait(self._wait_s)
        with self._lock:
            has_place = mine.has_place
            if not has_place:
                self._leave(mine)
        try:
            yield has_place
        finally:
            if has_place:
                with self._lock:
                    self._leave(mine)

    def is_full(self, origin: Origin) -> bool:
        """Whether somebody who came from there now would be sent back at once."""
        with self._lock:
            mine = Try(origin)
            tries = [*self._tries, mine]
            return next_of(tries, self._at_once) is not mine and one_too_many(tries, self._waiting) is mine

    def _settle(self) -> None:
        """Give places to those who may have them, and send those away who are too many."""
        while (one := next_of(self._tries, self._at_once)) is not None:
            one.has_place = True
            one.decided.set()
        while (one := one_too_many(self._tries, self._waiting)) is not None:
            self._tries.remove(one)
            one.decided.set()

    def _leave(self, mine: Try) -> None:
        if mine in self._tries:
            self._tries.remove(mine)
            self._settle()
