"""Finds the facts of this machine. Each probe only reads, or writes a file without a name."""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from scanner.pool import DecodePool
from validator.data_folder import disk_kind, is_private
from validator.database import Database, UnusableDatabaseError
from validator.doctor.process_findings import DecoderFacts, RedisState, WorkerFacts
from validator.doctor.storage import DatabaseFacts, FolderFacts, Locks
from validator.health.probe import LOCK_MS, database_state, disk_state
from validator.health.status import StoreState
from validator.http.listening import MOST_PROCESSES, MOST_THREADS, ListenError, host_and_port, whole_number
from validator.migrations.upgrade import Tables, tables
from validator.plain_errors import known

if TYPE_CHECKING:
    from collections.abc import Mapping

    from validator.settings import Settings

REDIS_S = 2.0
# Linux’s struct flock with 64-bit positions: a lock of the whole file.
_WHOLE_FILE = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)


def folder_facts(settings: Settings, mounted: str) -> FolderFacts:
    """The data folder and the disks of the data; `mounted` is the text of /proc/self/mounts."""
    folder, database = settings.data_dir.absolute(), settings.database_file
    # What the first start would write to.
    place = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    if not place.is_dir():
        return FolderFacts(str(folder), is_folder=False)
    space = os.statvfs(place)
    return FolderFacts(
        path=str(folder),
        exists=place == folder,
        is_private=is_private(folder),
        owner=place.stat().st_uid,
        user=os.geteuid(),
        disk=disk_state(place),
        free_bytes=space.f_bavail * space.f_frsize,
        disk_kinds=tuple(disk_kind(one, mounted) for one in (place, database) if one),
        locks=locks_of(place),
    )


def locks_of(folder: Path) -> Locks:
    """Whether a lock on a file in this folder keeps others out, and whether programs can share its memory."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.truncate(mmap.PAGESIZE)
            return _locks_of(file.fileno())
    except OSError:
        return Locks.UNKNOWN


def _locks_of(file: int) -> Locks:
    try:
        mmap.mmap(file, mmap.PAGESIZE).close()
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, _WHOLE_FILE)
    except OSError:
        return Locks.MISSING
    # The same file, opened again: it is another holder of locks.
    with open(f"/proc/self/fd/{file}", "r+b") as other:  # noqa: PTH123 - a path that Path would resolve
        try:
            fcntl.fcntl(other, fcntl.F_OFD_SETLK, _WHOLE_FILE)
        except BlockingIOError:
            return Locks.WORK
    return Locks.WITHOUT_EFFECT


def apt_configuration() -> str:
    """The configuration of Debian's package manager: it often names the web proxy of a campus."""
    found = [Path("/etc/apt/apt.conf"), *sorted(Path("/etc/apt/apt.conf.d").glob("*"))]
    texts = []
    for path in found:
        with suppress(OSError):
            texts.append(path.read_text(encoding="utf-8", errors="replace"))
    return "\n".join(texts)


def database_facts(settings: Settings) -> DatabaseFacts:
    """The database, opened as the service opens it; a missing file is not made."""
    file = settings.database_file
    try:
        if file is not None and not file.exists():
            return DatabaseFacts(tables=Tables.NONE)
        with closing(Database(settings.database_address, LOCK_MS)) as database:
            return _database_facts(database)
    except (OSError, SQLAlchemyError, UnusableDatabaseError) as error:
        return DatabaseFacts(is_sqlite=file is not None, fault=known(error))


def _database_facts(database: Database) -> DatabaseFacts:
    with database.session() as session:
        found = tables(session.connection())
    is_readable = found in {Tables.CURRENT, Tables.OLDER}
    state = database_state(database, database) if is_readable else StoreState.WORKS
    return DatabaseFacts(database.is_sqlite, found, state)


def worker_facts(settings: Settings, environ: Mapping[str, str]) -> WorkerFacts:
    """How gunicorn.conf.py starts the server with this environment."""
    try:
        host_and_port(environ)
        workers = whole_number(environ, "WEB_CONCURRENCY", 1, MOST_PROCESSES)
        threads = whole_number(environ, "WEB_THREADS", 16, MOST_THREADS)
    except ListenError as error:
        return WorkerFacts(fault=str(error))
    # The server sets it where it is not set.
    sharing = settings.processes if "ESCV_PROCESSES" in environ else workers
    return WorkerFacts(workers, threads, settings.router_permits, sharing)


def redis_state(settings: Settings) -> RedisState:
    """Whether Redis answers within REDIS_S; asks it once."""
    if settings.redis_url is None:
        return RedisState.NOT_USED
    # Imported here: the extra is not always installed.
    from redis import AuthenticationError, RedisError, ResponseError  # noqa: PLC0415

    from validator.rate_limiting.redis_store import RedisStore  # noqa: PLC0415

    try:
        store = RedisStore(settings.redis_url.get_secret_value(), "doctor:", REDIS_S)
        store.check()
        store.disconnect()
    except (AuthenticationError, ResponseError):
        return RedisState.REFUSES
    except (RedisError, OSError, ValueError):
        return RedisState.GONE
    return RedisState.WORKS


def decoder_facts() -> DecoderFacts:
    """Start a process that reads photos, as the service does, and end it."""
    with closing(DecodePool()) as pool:
        return DecoderFacts(pool.probe(), pool.confinement)
