"""Test doubles for the offline cache: a clock, a Router, a background queue and a store that can fail."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from offline_cache import Entry, Failed, Fetched, Lifetimes, MemoryTier, OfflineCache, SqliteStore, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from offline_cache import Background, Found, Missing, Store
    from offline_cache.cache import Fetch

T = TypeVar("T")
NOON = 1_763_899_200.0  # an arbitrary instant
DAY = 86_400.0
LIFETIMES = Lifetimes(fresh_s=60, stale_s=7 * DAY, fresh_not_valid_s=30, stale_not_valid_s=DAY)
REVALIDATING = Lifetimes(
    fresh_s=60, stale_s=7 * DAY, fresh_not_valid_s=30, stale_not_valid_s=DAY, refresh_s=600
)
ANNA = "9f2c41"  # in place of the keyed hash of Anna's card
BRUNO = "e07b55"


class FakeClock:
    """Shows what the test sets."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class FakeRouter:
    """Gives the answer that the test sets, at the time of its clock, and counts the calls."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.asked = 0
        self.valid = True
        self.down: object | None = None
        self.ends_at: float | None = None

    def about(self, key: str) -> Fetch[str]:
        """The `fetch` for this card. The value of an answer is its body."""

        def fetch() -> Fetched[str] | Failed:
            self.asked += 1
            if self.down is not None:
                return Failed(self.down)
            entry = self.answer(key)
            return Fetched(entry, entry.body)

        return fetch

    def answer(self, key: str) -> Entry:
        """The answer at this moment."""
        return Entry(key, self.valid, "body", self.clock(), self.ends_at if self.valid else None)


@dataclass
class ManualBackground:
    """Background work that runs when the test calls `run`."""

    jobs: list[tuple[str, Callable[[], object]]] = field(default_factory=list)
    closed: bool = False

    def submit(self, key: str, work: Callable[[], object]) -> bool:
        """Queue any work."""
        self.jobs.append((key, work))
        return True

    def run(self) -> None:
        """Run all queued work now."""
        while self.jobs:
            self.jobs.pop(0)[1]()

    def close(self) -> None:
        """Record the call."""
        self.closed = True


class BreakableStore:
    """A real store that fails when the test says so; counts its calls."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.reads_fail = False
        self.writes_fail = False
        self.calls = 0

    def _reading(self) -> Store:
        self.calls += 1
        if self.reads_fail:
            raise StoreError("broken by the test")
        return self.store

    def _writing(self) -> Store:
        self.calls += 1
        if self.writes_fail:
            raise StoreError("broken by the test")
        return self.store

    def get(self, key: str) -> Entry | None:
        return self._reading().get(key)

    def put(self, entry: Entry, now: float) -> Entry:
        return self._writing().put(entry, now)

    def forget(self, key: str) -> None:
        self._writing().forget(key)

    def purge(self, before: float, after: float) -> int:
        return self._writing().purge(before, after)

    def claim(self, origin: str) -> int | None:
        return self._writing().claim(origin)

    def origin(self) -> str | None:
        return self._reading().origin()

    def count(self) -> int:
        return self._reading().count()

    def close(self) -> None:
        self.store.close()


class CountingFlights(dict[str, "Future[T]"], Generic[T]):
    """The calls in progress; counts look-ups. After its look-up, a thread either leads or waits."""

    def __init__(self) -> None:
        self.looked_up = threading.Semaphore(0)

    def get(self, key: str, default: object = None) -> Future[T] | None:  # type: ignore[override]  # one use, one shape
        assert default is None
        self.looked_up.release()
        return super().get(key)


class CacheProcess:
    """One process with its own memory tier and a store file that other processes may share."""

    def __init__(
        self,
        path: Path,
        clock: FakeClock,
        lifetimes: Lifetimes = LIFETIMES,
        background: Background | None = None,
    ) -> None:
        self.store = BreakableStore(SqliteStore(path))
        self.memory = MemoryTier()
        self.cache = OfflineCache(self.memory, self.store, lifetimes, clock, background)

    def scan(self, key: str, fetch: Fetch[str]) -> Found[str] | Missing:
        """Get the answer about this card. The value of an entry is its body."""
        return self.cache.get_or_fetch(key, fetch, lambda entry: entry.body)
