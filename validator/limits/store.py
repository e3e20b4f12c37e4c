"""What keeps how callers stand, for all processes of a site, and the one that a process has itself."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol, TypeVar

from cachetools import TTLCache

if TYPE_CHECKING:
    from collections.abc import Callable

WAIT_S = 0.1
"""The longest that a store may keep anybody waiting, in seconds."""
KEPT_S = 86_400
"""How long a caller who checks nothing is kept, in seconds: by then every bucket is as good as full."""
TRIES = 64
"""How often a step is taken anew: only other processes come between, and each time one of them got on."""
MOST_CALLERS = 10_000

T = TypeVar("T")


class StoreDown(Exception):
    """The store cannot be used now. Ordinary: this process counts alone meanwhile."""


class Store(Protocol):
    """Keeps one text a key, for KEPT_S after its last change; a method raises StoreDown and nothing else.

    Safe among processes and after a fork; the threads of one process take turns, which `Shared` sees to.
    """

    def change(self, key: str, step: Callable[[str | None], tuple[str, T]], now: float) -> T:
        """Replace what is kept by what `step` makes of it, atomically; its second value is given back.

        `step` is pure: it may be called more than once. `now` is in epoch seconds.
        """
        ...

    def look(self) -> None:
        """Touch the store, to see whether it can be used."""
        ...

    def purge(self, now: float) -> None:
        """Delete, bytes and all, what is past its end."""
        ...

    def close(self) -> None:
        """Let go of files and connections; later calls raise StoreDown."""
        ...


class OwnStore:
    """A `Store` in this process alone, thread-safe by itself; the callers who were idle longest make room."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = 0.0
        self._kept: TTLCache[str, str] = TTLCache(MOST_CALLERS, KEPT_S, timer=lambda: self._now)

    def change(self, key: str, step: Callable[[str | None], tuple[str, T]], now: float) -> T:
        """Replace it under the lock."""
        with self._lock:
            self._now = now
            text, result = step(self._kept.get(key))
            self._kept[key] = text
            return result

    def look(self) -> None:
        """It can always be used."""

    def purge(self, now: float) -> None:
        """Delete what is past its end."""
        with self._lock:
            self._now = now
            self._kept.expire()

    def close(self) -> None:
        """Forget all."""
        with self._lock:
            self._kept.clear()
