"""Writes rows of the pack in the background: one thread and a bounded queue.

This is the only place that holds a card number for longer than a request.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

import structlog
from cachetools import LRUCache

from offline_cache import DaemonPool, StoreError
from validator.offline.pack_rows import body_of, derive_row_key, read_body, replaces, seal, unseal
from validator.offline.pack_store import SealedRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from offline_cache import Background, Entry, Lifetimes
    from scanner.escn import Escn
    from validator.offline.pack_rows import Body, RowKey
    from validator.offline.pack_store import PackStore, Salt
    from validator.router.answers import KnownCard, UnknownCard
    from validator.verdict import Reason

log = structlog.get_logger(__name__)
MAX_PENDING = 1_000
MAX_WAIT_S = 60.0
# A row is written this long after its answer, so that it takes no time from the request of that answer.
DELAY_S = 0.05
RECENT_S = 900.0
REPORT_EVERY_S = 60.0
_CACHED_ROWS = 10_000
_MAX_TRIES = 8


@dataclass(frozen=True, slots=True)
class PendingRow:
    """An answer that waits for its row. `number` is the card's, `card` its keyed hash."""

    number: str = field(repr=False)
    card: str
    body: Body
    checked_at: float
    asked_at: float
    since: float


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """The last row of a card that this process wrote."""

    generation: str
    salt: int
    body: Body
    checked_at: float


class PackWriter:
    """Writes a row for each new answer. `add` never waits and never raises. Thread-safe, safe to fork.

    `clock` gives epoch seconds, `monotonic` seconds; `dropped` counts the answers that got no row.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - put together once, at start
        self,
        store: PackStore,
        windows: Lifetimes,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        background: Background | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._store = store
        self._sleep = sleep
        self._windows = windows
        self._clock = clock
        self._monotonic = monotonic
        self._background = background or DaemonPool(threads=1, queue=MAX_PENDING - 1, name="pack rows")
        self._numbers = count()
        # Used by the background thread only.
        self._written: LRUCache[str, WrittenRow] = LRUCache(_CACHED_ROWS)
        self._lock = threading.Lock()
        self.dropped = 0
        self._dropped_at: deque[float] = deque(maxlen=MAX_PENDING)
        self._reported_at = float("-inf")
        self._reported = 0

    def add(self, escn: Escn, answer: KnownCard | UnknownCard, reason: Reason, entry: Entry) -> None:
        """Write a row for this answer soon; it is dropped and counted where too many wait."""
        body = body_of(answer, reason, entry, self._windows)
        pending = PendingRow(escn.value, entry.key, body, entry.checked_at, self._clock(), self._monotonic())
        if not self._background.submit(str(next(self._numbers)), lambda: self._write(pending)):
            self._drop("queue_full")

    def recently_dropped(self) -> int:
        """The number of answers without a row in the last 15 minutes, at most a thousand."""
        since = self._monotonic() - RECENT_S
        with self._lock:
            return sum(at >= since for at in self._dropped_at)

    def close(self) -> None:
        """Drop pending rows and end the thread."""
        self._background.close()

    def _write(self, pending: PendingRow) -> None:
        waited = self._monotonic() - pending.since
        if waited < DELAY_S:
            self._sleep(DELAY_S - waited)
        if waited > MAX_WAIT_S:
            self._drop("waited_too_long")
            return
        try:
            self._write_now(pending)
        except StoreError as error:
            self._drop(str(error))

    def _write_now(self, pending: PendingRow) -> None:
        salt, generation = self._store.salt(self._clock()), self._store.state().generation
        last = self._written.get(pending.card)
        if last is not None and (last.generation, last.salt) != (generation, salt.id):
            last = None
        if last is not None and last.body == pending.body:
            # Its row says this already: no key is derived for a card that is checked again within the hour.
            return
        body = self._put(pending, salt, derive_row_key(pending.number, salt.salt, salt.rounds), last)
        if body is not None:
            self._written[pending.card] = WrittenRow(generation, salt.id, body, pending.checked_at)

    def _put(self, pending: PendingRow, salt: Salt, row: RowKey, last: WrittenRow | None) -> Body | None:
        """Store the row unless the stored one wins; returns its body, else None."""
        for _ in range(_MAX_TRIES):
            before = self._store.get(salt, row.id)
            stored = None if before is None else read_body(unseal(row, before) or b"")
            if stored is not None and not self._replaces(pending, stored, last):
                return None
            sealed = SealedRow(salt.id, row.id, seal(row, bytes(pending.body)))
            if self._store.put(sealed, before, pending.asked_at):
                return pending.body
        self._drop("not_taken")
        return None

    def _replaces(self, pending: PendingRow, stored: Body, last: WrittenRow | None) -> bool:
        """Rows of one hour do not show which answer is newer; this process may have that time in memory."""
        if last is not None and bytes(last.body) == bytes(stored):
            return pending.checked_at > last.checked_at
        return bytes(stored) != bytes(pending.body) and replaces(pending.body, stored, self._clock())

    def _drop(self, why: str) -> None:
        now = self._monotonic()
        with self._lock:
            self.dropped += 1
            self._dropped_at.append(now)
            if now - self._reported_at < REPORT_EVERY_S:
                return
            dropped, self._reported, self._reported_at = self.dropped - self._reported, self.dropped, now
        log.warning("pack_rows_dropped", count=dropped, why=why)
