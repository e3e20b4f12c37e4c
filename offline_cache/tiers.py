"""Both tiers as one: the newest entry counts, and what the store missed is brought to it."""

from __future__ import annotations

import logging
import math
from contextlib import contextmanager
from typing import TYPE_CHECKING

from offline_cache.policy import newer
from offline_cache.store import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from offline_cache.entry import Entry
    from offline_cache.memory import Held, MemoryTier
    from offline_cache.store import Store

log = logging.getLogger(__name__)


class Tiers:
    """Memory and store. Gives out a `Visit` for each request, and knows how the store fares."""

    def __init__(self, memory: MemoryTier, store: Store) -> None:
        self.memory = memory
        self.store = store
        self._failing = False

    def visit(self) -> Visit:
        """One request's way to both tiers."""
        return Visit(self)

    def forget(self, key: str) -> bool:
        """Delete it from both tiers; False where the store failed and may still have it."""
        self.memory.forget(key)
        try:
            self.store.forget(key)
        except StoreError:
            return False
        return True

    def purge(self, before: float, after: float) -> int:
        """Delete what was asked for outside this span; tell how many the store had, or raise StoreError."""
        self.memory.purge(before, after)
        return self.store.purge(before, after)

    def claim(self, origin: str) -> int | None:
        """Empty both tiers if they are of another origin; tell how many the store had. Raises StoreError."""
        gone = self.store.claim(origin)
        if gone is not None:
            self.memory.purge(math.inf, math.inf)
        return gone

    def healthy(self) -> bool:
        """Whether the store can be read and, since it last failed, has taken a write."""
        try:
            self.store.get("")
        except StoreError as error:
            self.failed(error)
        return not self._failing

    def failed(self, error: StoreError) -> None:
        """Take note that the store failed, and tell the log the first time."""
        if not self._failing:
            log.warning("memory alone answers for now: %s", error)
        self._failing = True

    def wrote(self) -> None:
        """Take note that the store took a write."""
        self._failing = False


class Visit:
    """One request's use of both tiers: it waits for a failing store once, then does without."""

    def __init__(self, tiers: Tiers) -> None:
        self._tiers = tiers
        self._memory = tiers.memory
        self._store = tiers.store
        self._alone = False

    def recall(self, key: str, now: float) -> Entry | None:
        """The newest entry of both tiers, however old."""
        held = self._memory.get(key)
        if not self._alone:
            with self._bearing_failure():
                return self._compared(key, held, now)
        return held.entry if held else None

    def remember(self, entry: Entry, now: float) -> Entry:
        """Keep it in both tiers unless something newer is kept; the newest is given back."""
        newest = self._memory.put(entry, now, saved=False)
        if not self._alone:
            with self._bearing_failure():
                return self._save(newest, now)
        return newest

    def _compared(self, key: str, held: Held | None, now: float) -> Entry | None:
        stored = self._store.get(key)
        if stored is None:
            return self._missed(key, held, now)
        # What the store has had and replaced is never pushed back: it was from a clock that ran ahead.
        if held is not None and not held.saved and newer(held.entry, stored):
            return self._save(held.entry, now)
        return self._memory.put(stored, now, saved=True)

    def _missed(self, key: str, held: Held | None, now: float) -> Entry | None:
        if held is None:
            return None
        if not held.saved:
            return self._save(held.entry, now)
        # The store had it and has it no longer: another process was told to forget it.
        self._memory.forget(key, only=held)
        return None

    def _save(self, entry: Entry, now: float) -> Entry:
        kept = self._store.put(entry, now)
        self._tiers.wrote()
        return self._memory.put(kept, now, saved=True)

    @contextmanager
    def _bearing_failure(self) -> Iterator[None]:
        try:
            yield
        except StoreError as error:
            self._alone = True
            self._tiers.failed(error)
