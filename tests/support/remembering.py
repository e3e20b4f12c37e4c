"""What tests of remembered answers share: a clock to turn, a Router to command, a plug to pull."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from offline_cache import Entry, Failed, Fetched, MemoryTier, OfflineCache, SqliteStore, StoreError, Windows

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from offline_cache import Background, Store

T = TypeVar("T")
NOON = 1_763_899_200.0  # an instant like any other
DAY = 86_400.0
WINDOWS = Windows(fresh_s=60, stale_s=7 * DAY, fresh_not_valid_s=30, stale_not_valid_s=DAY)
RENEWING = Windows(fresh_s=60, stale_s=7 * DAY, fresh_not_valid_s=30, stale_not_valid_s=DAY, refresh_s=600)
ANNA = "9f2c41"  # stands for Anna's card, as a keyed hash would
BRUNO = "e07b55"


class Clock:
    """Stands still until it is told to move."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Router:
    """Says what it was last told to say, at the time of its clock, and counts the questions."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.asked = 0
        self.valid = True
        self.down: object | None = None
        self.ends_at: float | None = None

    def about(self, key: str) -> Callable[[], Fetched | Failed]:
        """The question about one card."""

        def ask() -> Fetched | Failed:
            self.asked += 1
            if self.down is not None:
                return Failed(self.down)
            return Fetched(self.answer(key))

        return ask

    def answer(self, key: str) -> Entry:
        """What it would say now."""
        return Entry(key, self.valid, "body", self.clock(), self.ends_at if self.valid else None)


@dataclass
class Later:
    """Background work that waits until the test runs it."""

    jobs: list[tuple[str, Callable[[], object]]] = field(default_factory=list)
    closed: bool = False

    def submit(self, key: str, work: Callable[[], object]) -> bool:
        """Take everything."""
        self.jobs.append((key, work))
        return True

    def run(self) -> None:
        """Do now what waits."""
        while self.jobs:
            self.jobs.pop(0)[1]()

    def close(self) -> None:
        """Take note."""
        self.closed = True


class Breakable:
    """A real store with a plug to pull; counts what was asked of it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.reads_fail = False
        self.writes_fail = False
        self.calls = 0

    def _reading(self) -> Store:
        self.calls += 1
        if self.reads_fail:
            raise StoreError("pulled")
        return self.store

    def _writing(self) -> Store:
        self.calls += 1
        if self.writes_fail:
            raise StoreError("pulled")
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


class Desk(dict[str, "Future[T]"], Generic[T]):
    """The list of flights under way; tells how many have looked, each of whom then leads or waits."""

    def __init__(self) -> None:
        self.looked = threading.Semaphore(0)

    def get(self, key: str, default: object = None) -> Future[T] | None:  # type: ignore[override]  # one use, one shape
        assert default is None
        self.looked.release()
        return super().get(key)


class House:
    """One process with its memory, beside a file that others may share."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        windows: Windows = WINDOWS,
        background: Background | None = None,
    ) -> None:
        self.store = Breakable(SqliteStore(path))
        self.memory = MemoryTier()
        self.cache = OfflineCache(self.memory, self.store, windows, clock, background)
