"""Determines the state of each part. Expensive probes are cached for 5 s, because /readyz is public."""

from __future__ import annotations

import errno
import os
import tempfile
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from scanner.pool import DecoderStatus
from validator.data_folder import is_private
from validator.health.status import DiskState, HealthStatus, StoreState

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from offline_cache import Background, OfflineCache
    from scanner.pool import DecodePool
    from validator.assets import Assets
    from validator.audit.log import AuditLog
    from validator.checking.checker import Checker
    from validator.database import Database
    from validator.offline.pack import OfflinePack
    from validator.rate_limiting.store import DegradingStore
    from validator.router.client import RouterClient
    from validator.settings import Settings

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
    audit_log_intact: bool = True
    folder_private: bool = True


class Parts(Protocol):
    """The services that are probed."""

    settings: Settings
    database: Database
    answers: OfflineCache
    reader: DecodePool
    checker: Checker
    sign_in_store: DegradingStore
    pack: OfflinePack
    router: RouterClient
    audit_log: AuditLog
    background: Background
    assets: Assets


class HealthProbe:
    """Thread-safe; sends nothing to other machines. `clock` is monotonic.

    `parts` gives the services of now. `writes` waits LOCK_MS for the database's lock at most.
    """

    def __init__(
        self, parts: Callable[[], Parts], writes: Database, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._parts = parts
        self._clock = clock
        self._writes = writes
        self._lock = threading.Lock()
        self._probed = _Probed()
        self._probed_at = self._reader_tried_at = float("-inf")

    def cached(self) -> HealthStatus:
        """The state as of CACHED_S ago at most; a slow probe is started in the background."""
        with self._lock:
            if self._clock() - self._probed_at >= CACHED_S:
                self._probe()
            self._retry_reader()
            return self._status()

    def run(self) -> HealthStatus:
        """The state now; takes some seconds where a worker process does not start."""
        self._parts().reader.probe()
        with self._lock:
            self._probe()
            return self._status()

    def _probe(self) -> None:
        parts = self._parts()
        folder = parts.settings.data_dir
        self._probed = _Probed(
            database=database_state(parts.database, self._writes),
            disk=disk_state(folder),
            audit_log_intact=_intact(parts.audit_log),
            folder_private=is_private(folder),
        )
        self._probed_at = self._clock()

    def _retry_reader(self) -> None:
        """Start the reader in the background where its state is unknown or was a failure."""
        parts = self._parts()
        is_due = self._clock() - self._reader_tried_at >= RETRY_READER_S
        if is_due and parts.reader.last_status in {None, DecoderStatus.FAILS}:
            self._reader_tried_at = self._clock()
            parts.background.submit("reader", parts.reader.probe)

    def _status(self) -> HealthStatus:
        parts = self._parts()
        return HealthStatus(
            database=self._probed.database,
            memory=parts.answers.healthy(),
            disk=self._probed.disk,
            reader=parts.reader.last_status,
            confinement=parts.reader.confinement,
            audit_log=parts.checker.record.healthy(),
            audit_log_intact=self._probed.audit_log_intact,
            folder_private=self._probed.folder_private,
            limits=parts.checker.limits.healthy() and parts.sign_in_store.healthy(),
            pack_dropped=writer.recently_dropped() if (writer := parts.pack.writer) else 0,
            router=parts.router.health(),
            missing_files=parts.assets.missing,
        )


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
