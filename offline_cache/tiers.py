"""Both tiers as one: the newest entry counts, and the store later receives what it missed while it failed."""

from __future__ import annotations

import logging
import math
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cachetools import LRUCache

from offline_cache.policy import newer, replaces
from offline_cache.store import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from offline_cache.store import Entry, Store

log = logging.getLogger(__name__)

DEFAULT_SIZE = 10_000  # entries; about 6 MB when full


@dataclass(frozen=True, slots=True)
class MemoryItem:
    """An entry in memory; `is_stored` once the store has had it."""

    entry: Entry
    is_stored: bool


class MemoryTier:
    """The first tier: at most `size` entries, the least recently used are dropped. Thread-safe.

    Bounded by number and not by time: a NOT VALID too old to be served must still keep an older VALID out.
    """

    def __init__(self, size: int = DEFAULT_SIZE) -> None:
        self._items: LRUCache[str, MemoryItem] = LRUCache(size)
        self._lock = threading.Lock()

    def get(self, key: str) -> MemoryItem | None:
        """The item of this key, however old."""
        with self._lock:
            return self._items.get(key)

    def put(self, entry: Entry, now: float, *, is_stored: bool) -> Entry:
        """Keep it if it replaces the present entry; returns the entry kept now."""
        with self._lock:
            item = self._items.get(entry.key)
            if item is None or replaces(entry, item.entry, now) or (is_stored and entry == item.entry):
                item = self._items[entry.key] = MemoryItem(entry, is_stored)
            return item.entry

    def forget(self, key: str, only: MemoryItem | None = None) -> None:
        """Drop the item; with `only`, not if another one has replaced it."""
        with self._lock:
            if only is None or self._items.get(key) == only:
                self._items.pop(key, None)

    def purge(self, before: float, after: float) -> int:
        """Drop entries asked for before the first or after the second instant; returns how many."""
        with self._lock:
            dead = [key for key, item in self._items.items() if not before <= item.entry.checked_at <= after]
            for key in dead:
                del self._items[key]
            return len(dead)

    def __len__(self) -> int:
        with self._lock:
            return len(self._items)


class Tiers:
    """Memory and store. Creates a `RequestView` per request and keeps the state of the store."""

    def __init__(self, memory: MemoryTier, store: Store) -> None:
        self.memory = memory
        self.store = store
        self._is_failing = False

    def view(self) -> RequestView:
        """One request's access to both tiers."""
        return RequestView(self)

    def forget(self, key: str) -> bool:
        """Delete it from both tiers; False if the store failed and may still have it."""
        self.memory.forget(key)
        try:
            self.store.forget(key)
        except StoreError:
            return False
        return True

    def purge(self, before: float, after: float) -> int:
        """Delete entries asked for outside this span; returns how many the store had. Raises StoreError."""
        self.memory.purge(before, after)
        return self.store.purge(before, after)

    def claim(self, origin: str) -> int | None:
        """Empty both tiers if they are of another origin; returns how many were stored. Raises StoreError."""
        deleted = self.store.claim(origin)
        if deleted is not None:
            self.memory.purge(math.inf, math.inf)
        return deleted

    def healthy(self) -> bool:
        """Whether the store can be read and has accepted a write since it last failed."""
        try:
            self.store.get("")
        except StoreError as error:
            self.store_failed(error)
        return not self._is_failing

    def store_failed(self, error: StoreError) -> None:
        """Record a failure of the store; the first one is logged."""
        if not self._is_failing:
            log.warning("memory alone answers for now: %s", error)
        self._is_failing = True

    def store_succeeded(self) -> None:
        """Record that the store accepted a write."""
        self._is_failing = False


class RequestView:
    """One request's access to both tiers. It waits for a failing store once, then uses memory alone."""

    def __init__(self, tiers: Tiers) -> None:
        self._tiers = tiers
        self._memory = tiers.memory
        self._store = tiers.store
        self._memory_only = False

    def get(self, key: str, now: float) -> Entry | None:
        """The newest entry of both tiers, however old."""
        item = self._memory.get(key)
        if not self._memory_only:
            with self._tolerating_failure():
                return self._newest(key, item, now)
        return item.entry if item else None

    def put(self, entry: Entry, now: float) -> Entry:
        """Keep it in both tiers unless a newer one is kept; returns the newest."""
        newest = self._memory.put(entry, now, is_stored=False)
        if not self._memory_only:
            with self._tolerating_failure():
                return self._save(newest, now)
        return newest

    def _newest(self, key: str, item: MemoryItem | None, now: float) -> Entry | None:
        stored = self._store.get(key)
        if stored is None:
            return self._not_stored(key, item, now)
        if item is not None and not item.is_stored and newer(item.entry, stored):
            return self._save(item.entry, now)
        # An entry that the store had and replaced is not saved again: it came from a clock that ran ahead.
        return self._memory.put(stored, now, is_stored=True)

    def _not_stored(self, key: str, item: MemoryItem | None, now: float) -> Entry | None:
        if item is None:
            return None
        if not item.is_stored:
            return self._save(item.entry, now)
        # The store had it and no longer has it: another process deleted it.
        self._memory.forget(key, only=item)
        return None

    def _save(self, entry: Entry, now: float) -> Entry:
        kept = self._store.put(entry, now)
        self._tiers.store_succeeded()
        return self._memory.put(kept, now, is_stored=True)

    @contextmanager
    def _tolerating_failure(self) -> Iterator[None]:
        try:
            yield
        except StoreError as error:
            self._memory_only = True
            self._tiers.store_failed(error)
