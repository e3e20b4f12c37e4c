"""The first tier: this process's own memory of the entries used last."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cachetools import LRUCache

from offline_cache.policy import replaces

if TYPE_CHECKING:
    from offline_cache.entry import Entry

DEFAULT_SIZE = 10_000  # entries; some 6 MB when full


@dataclass(frozen=True, slots=True)
class Held:
    """An entry in memory; `saved` once the store is known to have had it."""

    entry: Entry
    saved: bool


class MemoryTier:
    """At most `size` entries, the least recently used go first. Thread-safe.

    Bounded by number and not by time: a NOT VALID too old to be given must still keep an older VALID out.
    """

    def __init__(self, size: int = DEFAULT_SIZE) -> None:
        self._held: LRUCache[str, Held] = LRUCache(size)
        self._lock = threading.Lock()

    def get(self, key: str) -> Held | None:
        """What is held under this key, however old."""
        with self._lock:
            return self._held.get(key)

    def put(self, entry: Entry, now: float, *, saved: bool) -> Entry:
        """Hold it if it replaces what is held; what is held now is given back."""
        with self._lock:
            held = self._held.get(entry.key)
            if held is None or replaces(entry, held.entry, now) or (saved and entry == held.entry):
                held = self._held[entry.key] = Held(entry, saved)
            return held.entry

    def forget(self, key: str, only: Held | None = None) -> None:
        """Drop it; with `only`, unless another has taken its place."""
        with self._lock:
            if only is None or self._held.get(key) == only:
                self._held.pop(key, None)

    def purge(self, before: float, after: float) -> int:
        """Drop what was asked for before the first or after the second instant; tell how many."""
        with self._lock:
            dead = [key for key, held in self._held.items() if not before <= held.entry.checked_at <= after]
            for key in dead:
                del self._held[key]
            return len(dead)

    def __len__(self) -> int:
        with self._lock:
            return len(self._held)
