"""Derives rows of the pack behind the answers: one thread, a bounded queue, and no number kept for long."""

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
from validator.pack.body import body_of, read_body, replaces
from validator.pack.sealing import derive, seal, unseal
from validator.pack.store import SealedRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from offline_cache import Background, Entry, Lifetimes
    from scanner.escn import Escn
    from validator.pack.body import Body
    from validator.pack.sealing import RowKey
    from validator.pack.store import PackStore, Salt
    from validator.router.answers import KnownCard, UnknownCard
    from validator.verdict import Reason

log = structlog.get_logger(__name__)
MOST_WAITING = 1_000
LONGEST_WAIT_S = 60.0
# A row is begun this long after its answer, so that it takes nothing from that answer's own request.
BEHIND_S = 0.05
LATELY_S = 900.0
TELL_EVERY_S = 60.0
_REMEMBERED = 10_000
_TRIES = 8


@dataclass(frozen=True, slots=True)
class Job:
    """One answer that waits for its row. `number` is the card's, `card` the keyed hash that stands for it."""

    number: str = field(repr=False)
    card: str
    body: Body
    checked_at: float
    asked_at: float
    since: float


@dataclass(frozen=True, slots=True)
class Written:
    """The last row of a card that this process wrote: in which order, under which salt, of when."""

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
        self._background = background or DaemonPool(threads=1, queue=MOST_WAITING - 1, name="pack rows")
        self._numbers = count()
        # Used by the one thread only.
        self._written: LRUCache[str, Written] = LRUCache(_REMEMBERED)
        self._lock = threading.Lock()
        self.dropped = 0
        self._dropped_at: deque[float] = deque(maxlen=MOST_WAITING)
        self._told_at = float("-inf")
        self._told = 0

    def add(self, escn: Escn, answer: KnownCard | UnknownCard, reason: Reason, entry: Entry) -> None:
        """Have a row written of this answer, soon; dropped and counted where too many wait."""
        body = body_of(answer, reason, entry, self._windows)
        job = Job(escn.value, entry.key, body, entry.checked_at, self._clock(), self._monotonic())
        if not self._background.submit(str(next(self._numbers)), lambda: self._write(job)):
            self._drop("queue_full")

    def dropped_lately(self) -> int:
        """How many answers got no row in the last quarter of an hour, a thousand at most."""
        since = self._monotonic() - LATELY_S
        with self._lock:
            return sum(at >= since for at in self._dropped_at)

    def close(self) -> None:
        """Drop what waits and end the thread."""
        self._background.close()

    def _write(self, job: Job) -> None:
        waited = self._monotonic() - job.since
        if waited < BEHIND_S:
            self._sleep(BEHIND_S - waited)
        if waited > LONGEST_WAIT_S:
            self._drop("waited_too_long")
            return
        try:
            self._write_now(job)
        except StoreError as error:
            self._drop(str(error))

    def _write_now(self, job: Job) -> None:
        salt, generation = self._store.salt(self._clock()), self._store.journal().generation
        last = self._written.get(job.card)
        if last is not None and (last.generation, last.salt) != (generation, salt.id):
            last = None
        if last is not None and last.body == job.body:
            # Its row says this already: nothing is derived for a card that is shown again within the hour.
            return
        body = self._put(job, salt, derive(job.number, salt.salt, salt.rounds), last)
        if body is not None:
            self._written[job.card] = Written(generation, salt.id, body, job.checked_at)

    def _put(self, job: Job, salt: Salt, row: RowKey, last: Written | None) -> Body | None:
        """Put the row in its place unless one is there that counts more; what it then says, else None."""
        for _ in range(_TRIES):
            before = self._store.get(salt, row.id)
            kept = None if before is None else read_body(unseal(row, before) or b"")
            if kept is not None and not self._replaces(job, kept, last):
                return None
            made = SealedRow(salt.id, row.id, seal(row, bytes(job.body)))
            if self._store.put(made, before, job.asked_at):
                return job.body
        self._drop("not_taken")
        return None

    def _replaces(self, job: Job, kept: Body, last: Written | None) -> bool:
        """Within one hour rows do not tell which answer is newer; this process may remember it."""
        if last is not None and bytes(last.body) == bytes(kept):
            return job.checked_at > last.checked_at
        return bytes(kept) != bytes(job.body) and replaces(job.body, kept, self._clock())

    def _drop(self, why: str) -> None:
        now = self._monotonic()
        with self._lock:
            self.dropped += 1
            self._dropped_at.append(now)
            if now - self._told_at < TELL_EVERY_S:
                return
            told, self._told, self._told_at = self.dropped - self._told, self.dropped, now
        log.warning("pack_rows_dropped", count=told, why=why)
