"""Finds out how each part fares. Looks that cost something are kept for some seconds: strangers may ask."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from scanner.pool import DecoderStatus
from validator.assets import assets
from validator.data_folder import is_private
from validator.health.condition import Condition, Disk, Store
from validator.health.disk import disk

if TYPE_CHECKING:
    from collections.abc import Callable

    from validator.audit.log import AuditLog
    from validator.database import Database
    from validator.services import Services

EXTENSION = "validator.health"
KEPT_S = 5.0
TRY_READER_EVERY_S = 60.0
LOCK_MS = 250
"""A writer needs some milliseconds; who holds the lock for this long keeps people from being recorded."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What costs something to find out."""

    database: Store = Store.WORKS
    disk: Disk = Disk.WORKS
    record_intact: bool = True
    folder_private: bool = True


class Looking:
    """Thread-safe; asks nobody outside this machine. `clock` is monotonic."""

    def __init__(self, kept: Services, clock: Callable[[], float] = time.monotonic) -> None:
        self._kept = kept
        self._clock = clock
        self._writes = kept.database.hurried(LOCK_MS)
        self._lock = threading.Lock()
        self._seen = _Seen()
        self._seen_at = self._tried_at = float("-inf")

    def quickly(self) -> Condition:
        """How things are, as of some seconds ago at most; what takes longer is only begun."""
        with self._lock:
            if self._clock() - self._seen_at >= KEPT_S:
                self._look()
            self._try_reader_soon()
            return self._condition()

    def thoroughly(self) -> Condition:
        """How things are now; takes some seconds where a decode child does not start."""
        self._kept.reader.probe()
        with self._lock:
            self._look()
            return self._condition()

    def _look(self) -> None:
        folder = self._kept.settings.data_dir
        self._seen = _Seen(
            database=database(self._kept.database, self._writes),
            disk=disk(folder),
            record_intact=_intact(self._kept.privacy.log),
            folder_private=is_private(folder),
        )
        self._seen_at = self._clock()

    def _try_reader_soon(self) -> None:
        """Begin to find out what nobody knows yet, or whether it is mended."""
        is_due = self._clock() - self._tried_at >= TRY_READER_EVERY_S
        if is_due and self._kept.reader.last_status in {None, DecoderStatus.FAILS}:
            self._tried_at = self._clock()
            self._kept.background.submit("reader", self._kept.reader.probe)

    def _condition(self) -> Condition:
        checker = self._kept.checker
        return Condition(
            database=self._seen.database,
            memory=self._kept.answers.healthy(),
            disk=self._seen.disk,
            reader=self._kept.reader.last_status,
            confinement=self._kept.reader.confinement,
            record=checker.record.healthy(),
            record_intact=self._seen.record_intact,
            folder_private=self._seen.folder_private,
            limits=checker.limits.healthy(),
            pack_dropped=writer.dropped_lately() if (writer := self._kept.pack.writer) else 0,
            router=self._kept.router.health(),
            missing_files=assets().missing,
        )


def looking() -> Looking:
    """The one of the application that handles this request."""
    return cast("Looking", current_app.extensions[EXTENSION])


def database(reads: Database, writes: Database) -> Store:
    """Whether it reads, and whether it takes writes; `writes` is in a hurry."""
    try:
        with reads.session() as session:
            session.execute(text("SELECT 1 FROM people LIMIT 1"))
            is_sqlite = session.get_bind().dialect.name == "sqlite"
    except SQLAlchemyError:
        return Store.DOWN
    # PostgreSQL has no lock that keeps all writers out.
    return _lock_of(writes) if is_sqlite else Store.WORKS


def _intact(log: AuditLog) -> bool:
    """Whether no fault was found in the check log; a database that cannot be read is told elsewhere."""
    try:
        return log.intact()
    except SQLAlchemyError:
        return True


def _lock_of(writes: Database) -> Store:
    try:
        with writes.session() as session:
            session.connection().exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as fault:
        return Store.LOCKED if "locked" in str(fault.orig) else Store.WORKS
    except SQLAlchemyError:
        return Store.WORKS
    return Store.WORKS
