"""How callers stand, in a SQLite file shared by the processes of one host.

Recovery: a file that is damaged is never repaired: stop the server and delete it with its `-wal` and `-shm`.
Nothing is lost but what callers had used up.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from offline_cache.sqlite_file import open_shared
from validator.limits.store import KEPT_S, TRIES, WAIT_S, StoreDown, T

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_TABLE = """
    CREATE TABLE IF NOT EXISTS callers (key TEXT PRIMARY KEY, standing TEXT NOT NULL, ends_at REAL NOT NULL)
    STRICT, WITHOUT ROWID
"""
_GET = "SELECT standing FROM callers WHERE key = ? AND ends_at > ?"
# Compares and replaces in one statement, so that nothing of ours runs while the file is locked: a thread that
# waits for the interpreter's lock would make every other process wait with it.
_SWAP = """
    INSERT INTO callers (key, standing, ends_at) VALUES (:key, :new, :ends_at)
    ON CONFLICT (key) DO UPDATE SET standing = excluded.standing, ends_at = excluded.ends_at
    WHERE standing = :kept OR (:kept IS NULL AND ends_at <= :now)
"""
_LOOK = "SELECT count(*) FROM callers"
# From further ahead than anything is kept: written while a clock ran ahead.
_PURGE = "DELETE FROM callers WHERE ends_at <= ? OR ends_at > ?"


class SqliteStore:
    """A `Store` in one file, made at first use, readable by its owner only; waits at most `wait_s` for it."""

    def __init__(self, path: Path, wait_s: float = WAIT_S) -> None:
        self._path = path
        self._wait_s = wait_s
        self._connection: sqlite3.Connection | None = None
        self._pid = 0
        self._closed = False

    def change(self, key: str, step: Callable[[str | None], tuple[str, T]], now: float) -> T:
        """Replace it if nobody else did since it was read, else read again."""
        with self._using() as connection:
            for _ in range(TRIES):
                row = connection.execute(_GET, (key, now)).fetchone()
                kept = row[0] if row else None
                text, result = step(kept)
                values = {"key": key, "kept": kept, "new": text, "now": now, "ends_at": now + KEPT_S}
                if connection.execute(_SWAP, values).rowcount:
                    return result
            raise StoreDown("too many write at once")

    def look(self) -> None:
        """Count the rows under the write lock: a disk that cannot be written fails here too."""
        with self._using() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_LOOK)
            connection.execute("COMMIT")

    def purge(self, now: float) -> None:
        """Delete rows past their end, then the write-ahead log that still holds them."""
        with self._using() as connection:
            connection.execute(_PURGE, (now, now + 2 * KEPT_S))
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close this process's connection."""
        self._closed = True
        self._drop()

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        if self._closed:
            raise StoreDown("the store is closed")
        try:
            yield self._open()
        except (sqlite3.Error, OSError, ValueError) as error:
            self._drop()
            name = getattr(error, "sqlite_errorname", type(error).__name__)
            raise StoreDown(f"the store cannot be used ({name})") from None
        except BaseException:
            self._drop()
            raise

    def _open(self) -> sqlite3.Connection:
        if self._connection is None or self._pid != os.getpid():
            # A connection must be neither used nor closed across a fork: a child leaves its parent's alone.
            self._connection, self._pid = _open_file(self._path, self._wait_s), os.getpid()
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None and self._pid == os.getpid():
            self._connection.close()
        self._connection = None


def _open_file(path: Path, wait_s: float) -> sqlite3.Connection:
    connection = open_shared(path, wait_s)
    try:
        # What a power cut takes back is a few checks' worth of counting.
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(_TABLE)
    except BaseException:
        connection.close()
        raise
    return connection
