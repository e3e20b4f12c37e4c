"""OfflineCache: serves from both tiers, fetches if it must, serves a stale answer if fetching fails."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from offline_cache.background import DaemonPool
from offline_cache.policy import Decision, decide
from offline_cache.single_flight import SingleFlight
from offline_cache.store import Entry, UnreadableEntry
from offline_cache.tiers import Tiers

if TYPE_CHECKING:
    from offline_cache.background import Background
    from offline_cache.policy import Lifetimes
    from offline_cache.store import Store
    from offline_cache.tiers import MemoryTier, RequestView

V = TypeVar("V")


class CacheStatus(StrEnum):
    """Where a served answer comes from."""

    FETCHED = "fetched"  # fetched for this request
    FRESH = "fresh"  # remembered and fresh, nothing was fetched
    STALE_WHILE_REVALIDATE = "stale_while_revalidate"  # remembered, a background job fetches it again
    STALE_ON_ERROR = "stale_on_error"  # remembered, because fetching failed


@dataclass(frozen=True, slots=True)
class Fetched(Generic[V]):
    """Fetching gave an answer. `entry` is what is remembered of it, `value` is the answer itself."""

    entry: Entry
    value: V


@dataclass(frozen=True, slots=True)
class Failed:
    """Fetching gave no answer; `why` is passed on unchanged."""

    why: object


@dataclass(frozen=True, slots=True)
class Found(Generic[V]):
    """An answer. `value` is the fetched one or the decoded entry; `failure` is set for STALE_ON_ERROR."""

    entry: Entry
    value: V
    status: CacheStatus
    failure: object | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """Fetching failed, and no remembered answer may be served."""

    failure: object


Fetch: TypeAlias = Callable[[], Fetched[V] | Failed]
Decode: TypeAlias = Callable[[Entry], V | None]
"""The value of an entry; None if it must not be served now. Raises UnreadableEntry for a damaged entry."""

_Statuses = Mapping[Decision, CacheStatus]
_ON_REQUEST: _Statuses = {
    Decision.FRESH: CacheStatus.FRESH,
    Decision.REVALIDATE: CacheStatus.STALE_WHILE_REVALIDATE,
}
_BEFORE_FETCH: _Statuses = {Decision.FRESH: CacheStatus.FRESH}
_ON_ERROR: _Statuses = {
    Decision.FRESH: CacheStatus.FRESH,
    Decision.REVALIDATE: CacheStatus.STALE_ON_ERROR,
    Decision.STALE: CacheStatus.STALE_ON_ERROR,
}


class OfflineCache:
    """Remembered answers in two tiers. Thread-safe; `clock` gives epoch seconds.

    Nothing starts before its first use, so it may be built before the process forks.
    """

    def __init__(
        self,
        memory: MemoryTier,
        store: Store,
        lifetimes: Lifetimes,
        clock: Callable[[], float],
        background: Background | None = None,
    ) -> None:
        self._tiers = Tiers(memory, store)
        self._lifetimes = lifetimes
        self._clock = clock
        self._background = background or DaemonPool()
        self._flights: SingleFlight[Found[Any] | Missing] = SingleFlight()

    def get_or_fetch(
        self, key: str, fetch: Fetch[V], decode: Decode[V], earlier: Iterable[str] = ()
    ) -> Found[V] | Missing:
        """The remembered answer if it is fresh, else the fetched one, else a stale one.

        `earlier` are former keys of the same card: an entry under one of them counts and moves to `key`.
        Threads that ask for one key share one call of `fetch`: its answer, its failure, or its exception.
        A fetched answer is served as it came, even past its own end: the caller compares the dates.
        """
        keys, view = (key, *earlier), self._tiers.view()
        found = self._look_up(keys, decode, view, _ON_REQUEST)
        if found is None:
            return self._flights.run(key, partial(self._fetch, key, fetch, decode, view))
        if found.status is CacheStatus.STALE_WHILE_REVALIDATE:
            self._background.submit(key, partial(self._revalidate, key, fetch, decode))
        return found

    def get(self, key: str) -> Entry | None:
        """The remembered entry, however old; None if there is none."""
        return self._tiers.view().get(key, self._clock())

    def put(self, entry: Entry) -> Entry:
        """Keep this entry unless a newer one is kept; returns the newest."""
        return self._tiers.view().put(entry, self._clock())

    def forget_all(self) -> int:
        """Delete every answer including its bytes on disk; returns how many. Raises StoreError."""
        return self._tiers.purge(math.inf, math.inf)

    def claim(self, origin: str) -> int | None:
        """Keep answers of this origin only; `origin` is opaque text that identifies who gives the answers.

        Entries of another or unknown origin are deleted, bytes included. Returns how many; None if nothing
        had to be deleted. Raises StoreError. Call it once at start. A different origin must also use
        different keys, because processes may share a store by mistake.
        """
        return self._tiers.claim(origin)

    def origin(self) -> str | None:
        """The origin for which the store was last claimed, None if it never was. Raises StoreError."""
        return self._tiers.store.origin()

    def forget(self, key: str) -> bool:
        """Delete the answer including its bytes on disk; False if the store failed: then try again.

        Other processes drop their copy at their next look-up, because the store no longer has it.
        """
        return self._tiers.forget(key)

    def purge(self) -> int:
        """Delete every answer that can no longer be served, bytes included; returns how many.

        Raises StoreError.
        All kinds are kept for the longest lifetime: an expired answer still keeps older ones out. Entries
        from further in the future are deleted too, so that a clock that ran ahead leaves nothing for ever.
        """
        now, span = self._clock(), self._lifetimes.longest_s
        return self._tiers.purge(now - span, now + span)

    def purge_soon(self) -> bool:
        """Purge in the background; False if a purge is already queued. Failures are only logged."""
        return self._background.submit("purge", self.purge)

    def healthy(self) -> bool:
        """Whether the store works; if not, only the memory tier serves."""
        return self._tiers.healthy()

    def close(self) -> None:
        """End the background work, then close the store."""
        self._background.close()
        self._tiers.store.close()

    def _look_up(
        self, keys: tuple[str, ...], decode: Decode[V], view: RequestView, statuses: _Statuses
    ) -> Found[V] | None:
        """The remembered answer with its status, None if it is missing or its age has no status."""
        now = self._clock()
        entry = view.get(keys[0], now) or _from_earlier(keys, view, now)
        status = statuses.get(decide(entry, now, self._lifetimes))
        if entry is None or status is None:
            return None
        value = self._decoded(keys, entry, decode)
        return None if value is None else Found(entry, value, status)

    def _decoded(self, keys: tuple[str, ...], entry: Entry, decode: Decode[V]) -> V | None:
        try:
            return decode(entry)
        except UnreadableEntry:
            for key in keys:
                self.forget(key)
            return None

    def _revalidate(self, key: str, fetch: Fetch[V], decode: Decode[V]) -> None:
        self._flights.run(key, partial(self._fetch, key, fetch, decode, self._tiers.view()))

    def _fetch(self, key: str, fetch: Fetch[V], decode: Decode[V], view: RequestView) -> Found[V] | Missing:
        # Another flight may have ended since the first look-up.
        if (fresh := self._look_up((key,), decode, view, _BEFORE_FETCH)) is not None:
            return fresh
        answer = fetch()
        if isinstance(answer, Failed):
            return self._on_error(key, answer.why, decode, view)
        if answer.entry.key != key:
            raise ValueError("the answer is about another card than the one asked for")
        newest = view.put(answer.entry, self._clock())
        if newest != answer.entry and (value := self._decoded((key,), newest, decode)) is not None:
            # Another process fetched a newer answer meanwhile.
            return Found(newest, value, CacheStatus.FRESH)
        return Found(answer.entry, answer.value, CacheStatus.FETCHED)

    def _on_error(self, key: str, why: object, decode: Decode[V], view: RequestView) -> Found[V] | Missing:
        # Looked up again: seconds have passed, and another process may have a newer answer.
        found = self._look_up((key,), decode, view, _ON_ERROR)
        if found is None:
            return Missing(why)
        return replace(found, failure=why) if found.status is CacheStatus.STALE_ON_ERROR else found


def _from_earlier(keys: tuple[str, ...], view: RequestView, now: float) -> Entry | None:
    """Copy the entry of an earlier key to the current one; the old copy is purged by its age."""
    for earlier in keys[1:]:
        entry = view.get(earlier, now)
        if entry is not None:
            return view.put(replace(entry, key=keys[0]), now)
    return None
