"""OfflineCache: looks into both tiers, asks where it must, stands in where asking fails."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from offline_cache.background import DaemonPool
from offline_cache.flight import Flights
from offline_cache.policy import Decision, decide
from offline_cache.tiers import Tiers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from offline_cache.background import Background
    from offline_cache.entry import Entry
    from offline_cache.memory import MemoryTier
    from offline_cache.policy import Windows
    from offline_cache.store import Store
    from offline_cache.tiers import Visit


class How(StrEnum):
    """How an answer came to be given."""

    FETCHED = "fetched"  # asked now
    FRESH = "fresh"  # remembered, and new enough to ask nobody
    REFRESHING = "refreshing"  # remembered, and being asked for in the background
    STOOD_IN = "stood_in"  # remembered, given because asking failed


@dataclass(frozen=True, slots=True)
class Fetched:
    """Asking gave an answer; its key is the one asked for."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Failed:
    """Asking gave no answer; `why` is handed on as it is."""

    why: object


@dataclass(frozen=True, slots=True)
class Found:
    """An answer; `failure` is why it stands in, None where it does not."""

    entry: Entry
    how: How
    failure: object | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """Asking failed, and nothing that is remembered may stand in."""

    failure: object


Fetch = Callable[[], Fetched | Failed]


class OfflineCache:
    """Remembered answers in two tiers. Thread-safe; `clock` gives epoch seconds.

    Nothing starts before its first use, so it may be built before the process forks.
    """

    def __init__(
        self,
        memory: MemoryTier,
        store: Store,
        windows: Windows,
        clock: Callable[[], float],
        background: Background | None = None,
    ) -> None:
        self._tiers = Tiers(memory, store)
        self._windows = windows
        self._clock = clock
        self._background = background or DaemonPool()
        self._flights: Flights[Found | Missing] = Flights()

    def get_or_fetch(self, key: str, fetch: Fetch, earlier: Iterable[str] = ()) -> Found | Missing:
        """The remembered answer if it is fresh, else what `fetch` says, else what may stand in.

        `earlier` are keys that stood for the same before: what is remembered there counts, and is kept here.
        Threads that ask for one key share one call of `fetch`: its answer, its failure, or what it raises.
        A fetched answer is given as it came, even past its own end: who reads it looks at the date.
        """
        visit = self._tiers.visit()
        now = self._clock()
        entry = visit.recall(key, now) or _from_earlier(key, earlier, visit, now)
        decision = decide(entry, now, self._windows)
        if entry is not None and decision is Decision.FRESH:
            return Found(entry, How.FRESH)
        if entry is not None and decision is Decision.REFRESH:
            self._background.submit(key, partial(self._renew, key, fetch))
            return Found(entry, How.REFRESHING)
        return self._flights.run(key, partial(self._ask, key, fetch, visit))

    def recall(self, key: str) -> Entry | None:
        """What is remembered, however old; None where nothing is."""
        return self._tiers.visit().recall(key, self._clock())

    def remember(self, entry: Entry) -> Entry:
        """Keep this answer unless a newer one is kept; the newest is given back."""
        return self._tiers.visit().remember(entry, self._clock())

    def forget_all(self) -> int:
        """Delete every answer, bytes and all, and tell how many; raises StoreError."""
        return self._tiers.purge(math.inf, math.inf)

    def claim(self, origin: str) -> int | None:
        """Keep answers of this origin only; `origin` is opaque text that names who gives them.

        What the store has from another origin, or from one that nobody noted, is deleted, bytes and all, and
        its number is given back; None where nothing had to be deleted. Raises StoreError. Call it once at
        start. Whoever asks another origin must use other keys too: processes may share a store by mistake.
        """
        return self._tiers.claim(origin)

    def origin(self) -> str | None:
        """The origin that the store was last claimed for; None where it was for none. Raises StoreError."""
        return self._tiers.store.origin()

    def forget(self, key: str) -> bool:
        """Delete the answer, bytes and all; False where the store failed: then try again.

        Other processes drop their copy when they next look, since the store no longer has it.
        """
        return self._tiers.forget(key)

    def purge(self) -> int:
        """Delete, bytes and all, every answer that can serve no more, and tell how many; raises StoreError.

        All kinds are kept for the longest window: an answer past its own use still keeps older ones out. One
        from further ahead than that is deleted too, so that nothing lives on because a clock once ran ahead.
        """
        now, span = self._clock(), self._windows.longest_s
        return self._tiers.purge(now - span, now + span)

    def purge_soon(self) -> bool:
        """Purge in the background; False where that is under way already. Failures are only logged."""
        return self._background.submit("purge", self.purge)

    def healthy(self) -> bool:
        """Whether the second tier works; where not, memory answers alone."""
        return self._tiers.healthy()

    def close(self) -> None:
        """End the background work, then let go of the store."""
        self._background.close()
        self._tiers.store.close()

    def _renew(self, key: str, fetch: Fetch) -> None:
        self._flights.run(key, partial(self._ask, key, fetch, self._tiers.visit()))

    def _ask(self, key: str, fetch: Fetch, visit: Visit) -> Found | Missing:
        """The flight: look once more, as one may have landed since the first look, then ask."""
        now = self._clock()
        entry = visit.recall(key, now)
        if entry is not None and decide(entry, now, self._windows) is Decision.FRESH:
            return Found(entry, How.FRESH)
        answer = fetch()
        if isinstance(answer, Failed):
            return self._stand_in(key, answer.why, visit)
        if answer.entry.key != key:
            raise ValueError("the answer is about another card than the one asked for")
        newest = visit.remember(answer.entry, self._clock())
        return Found(newest, How.FETCHED if newest == answer.entry else How.FRESH)

    def _stand_in(self, key: str, why: object, visit: Visit) -> Found | Missing:
        # Looked up again: seconds have passed, and another process may have been told better meanwhile.
        now = self._clock()
        entry = visit.recall(key, now)
        decision = decide(entry, now, self._windows)
        if entry is None or decision is Decision.MISS:
            return Missing(why)
        if decision is Decision.FRESH:
            return Found(entry, How.FRESH)
        return Found(entry, How.STOOD_IN, why)


def _from_earlier(key: str, earlier: Iterable[str], visit: Visit, now: float) -> Entry | None:
    """Take over what is remembered under an earlier key; what is left there ends by its age."""
    for each in earlier:
        entry = visit.recall(each, now)
        if entry is not None:
            return visit.remember(replace(entry, key=key), now)
    return None
