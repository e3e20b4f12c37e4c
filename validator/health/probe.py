"""Determines the state of each part. Expensive probes are cached for 5 s, because /readyz is public."""

from __future__ import annotations

import errno
import os
import tempfile
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
from validator.health.status import DiskState, HealthStatus, StoreState

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from validator.audit.log import AuditLog
    from validator.database import Database
    from validator.services import Services

EXTENSION = "validator.health"
CACHED_S = 5.0
RETRY_READER_S = 60.0
# A writer needs some milliseconds. A lock held for longer keeps checks out of the audit log.
LOCK_MS = 250
# What is written to find out whether the disk accepts files.
TEST_FILE_BYTES = 64 * 1024
# Below this a disk counts as full: the database's WAL alone may grow by half of it in a minute.
LEAST_FREE_BYTES = 8 * 1024 * 1024
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


@dataclass(frozen=True, slots=True)
class _Probed:
    """The results of the expensive probes."""

    database: StoreState = StoreState.WORKS
    disk: DiskState = DiskState.WORKS
    record_intact: bool = True
    folder_private: bool = True


class HealthProbe:
    """Thread-safe; sends nothing to other machines. `clock` is monotonic."""

    def __init__(self, kept: Services, clock: Callable[[], float] = time.monotonic) -> None:
        self._kept = kept
        self._clock = clock
        self._writes = kept.database.hurried(LOCK_MS)
        self._lock = threading.Lock()
        self._probed = _Probed()
        self._probed_at = self._reader_tried_at = float("-inf")

    def cached(self) -> HealthStatus:
        """The state as of CACHED_S ago at most; a slow probe is started in the background."""
        with self._lock:
            if self._clock() - self._probed_at >= CACHED_S:
                self._probe()
            self._retry_reader()
            return self._condition()

    def run(self) -> HealthStatus:
        """The state now; takes some seconds where a worker process does not start."""
        self._kept.reader.probe()
        with self._lock:
            self._probe()
            return self._condition()

    def _probe(self) -> None:
        folder = self._kept.settings.data_dir
        self._probed = _Probed(
            database=database_state(self._kept.database, self._writes),
            disk=disk_state(folder),
            record_intact=_intact(self._kept.audit_log),
            folder_private=is_private(folder),
        )
        self._probed_at = self._clock()

    def _retry_reader(self) -> None:
        """Start the reader in the background where its state is unknown or was a failure."""
        is_due = self._clock() - self._reader_tried_at >= RETRY_READER_S
        if is_due and self._kept.reader.last_status in {None, DecoderStatus.FAILS}:
            self._reader_tried_at = self._clock()
            self._kept.background.submit("reader", self._kept.reader.probe)

    def _condition(self) -> HealthStatus:
        checker = self._kept.checker
        return HealthStatus(
            database=self._probed.database,
            memory=self._kept.answers.healthy(),
            disk=self._probed.disk,
            reader=self._kept.reader.last_status,
            confinement=self._kept.reader.confinement,
            record=checker.record.healthy(),
            record_intact=self._probed.record_intact,
            folder_private=self._probed.folder_private,
            limits=checker.limits.healthy() and self._kept.sign_in_store.healthy(),
            pack_dropped=writer.recently_dropped() if (writer := self._kept.pack.writer) else 0,
            router=self._kept.router.health(),
            missing_files=assets().missing,
        )


def health_probe() -> HealthProbe:
    """The probe of the application that handles this request."""
    return cast("HealthProbe", current_app.extensions[EXTENSION])


def database_state(reads: Database, writes: Database) -> StoreState:
    """Whether it can be read and written; `writes` waits LOCK_MS at most."""
    try:
        with reads.session() as session:
            session.execute(text("SELECT 1 FROM people LIMIT 1"))
            is_sqlite = session.get_bind().dialect.name == "sqlite"
    except SQLAlchemyError:
        return StoreState.DOWN
    # PostgreSQL has no lock that excludes all writers.
    return _lock_of(writes) if is_sqlite else StoreState.WORKS


def _intact(log: AuditLog) -> bool:
    """Whether no fault was found in the audit log; an unreadable database is reported as such."""
    try:
        return log.intact()
    except SQLAlchemyError:
        return True


def _lock_of(writes: Database) -> StoreState:
    try:
        with writes.session() as session:
            session.connection().exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as fault:
        return StoreState.LOCKED if "locked" in str(fault.orig) else StoreState.WORKS
    except SQLAlchemyError:
        return StoreState.WORKS
    return StoreState.WORKS


def disk_state(folder: Path) -> DiskState:
    """Whether this folder accepts files. The file that is written has no name and is gone at once."""
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            file.write(bytes(TEST_FILE_BYTES))
        space = os.statvfs(folder)
    except OSError as fault:
        if fault.errno in _FULL:
            return DiskState.FULL
        return DiskState.READ_ONLY if fault.errno in _READ_ONLY else DiskState.UNUSABLE
    return DiskState.FULL if space.f_bavail * space.f_frsize < LEAST_FREE_BYTES else DiskState.WORKS
