"""The second tier of one host: a SQLite file shared by its processes.

Recovery: a file that is damaged, or was written by another version, is never repaired nor overwritten:
every call raises StoreError. Stop the server and delete the file with its `-wal` and `-shm`; the next use
makes a new one.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from offline_cache.entry import Entry
from offline_cache.policy import TOLERANCE_S
from offline_cache.store import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHAPE = 1
BUSY_TIMEOUT_S = 0.1

_MAKE = """
    CREATE TABLE IF NOT EXISTS answers (
        key TEXT PRIMARY KEY,
        valid INTEGER NOT NULL CHECK (valid IN (0, 1)),
        body TEXT NOT NULL,
        checked_at REAL NOT NULL,
        ends_at REAL
    ) STRICT, WITHOUT ROWID
"""
_GET = "SELECT key, valid, body, checked_at, ends_at FROM answers WHERE key = ?"
# policy.replaces in one statement; a property test holds the two together.
_PUT = """
    INSERT INTO answers (key, valid, body, checked_at, ends_at)
    VALUES (:key, :valid, :body, :checked_at, :ends_at)
    ON CONFLICT (key) DO UPDATE
    SET valid = excluded.valid, body = excluded.body,
        checked_at = excluded.checked_at, ends_at = excluded.ends_at
    WHERE (excluded.checked_at, NOT excluded.valid) > (answers.checked_at, NOT answers.valid)
       OR (excluded.checked_at <= :horizon AND answers.checked_at > :horizon)
"""
_FORGET = "DELETE FROM answers WHERE key = ?"
_PURGE = "DELETE FROM answers WHERE checked_at < ? OR checked_at > ?"
_COUNT = "SELECT count(*) FROM answers"


class SqliteStore:
    """A `Store` in one file, made at first use, readable by its owner only. Thread-safe, and safe to fork."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # By process and thread: a connection must be neither used nor closed across a fork, so a child leaves
        # its parent's alone (sqlite.org/howtocorrupt.html, 2.6). A dead thread's passes on with its number.
        self._connections: dict[tuple[int, int], sqlite3.Connection] = {}
        self._closed = False

    def get(self, key: str) -> Entry | None:
        """Whatever is kept under this key, however old."""
        with self._using() as connection:
            return _read(connection, key)

    def put(self, entry: Entry, now: float) -> Entry:
        """Keep it unless something newer is kept, in one statement; what is kept now is given back."""
        row = {
            "key": entry.key,
            "valid": entry.valid,
            "body": entry.body,
            "checked_at": entry.checked_at,
            "ends_at": entry.ends_at,
            "horizon": now + TOLERANCE_S,
        }
        with self._using() as connection:
            taken = connection.execute(_PUT, row).rowcount
            return entry if taken else _read(connection, entry.key) or entry

    def forget(self, key: str) -> None:
        """Delete it; its bytes are gone from all files, or StoreError asks to try again."""
        with self._using() as connection:
            connection.execute(_FORGET, (key,))
            _empty_wal(connection)

    def purge(self, before: float, after: float) -> int:
        """Delete what was asked for before or after these; bytes gone from all files, or StoreError."""
        with self._using() as connection:
            dead = connection.execute(_PURGE, (before, after)).rowcount
            _empty_wal(connection)
            return dead

    def count(self) -> int:
        """How many entries are kept."""
        with self._using() as connection:
            number: int = connection.execute(_COUNT).fetchone()[0]
            return number

    def close(self) -> None:
        """Close this process's connections; whoever uses the store later gets StoreError."""
        self._closed = True
        for place in [place for place in list(self._connections) if place[0] == os.getpid()]:
            self._connections.pop(place).close()

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection. Whatever fails closes it, so that the next use starts with a new one."""
        if self._closed:
            raise StoreError("the store is closed")
        place = (os.getpid(), threading.get_ident())
        try:
            connection = self._connections.get(place)
            if connection is None:
                connection = self._connections[place] = _open(self._path)
            yield connection
        # ValueError: text that SQLite cannot hold, such as half a surrogate pair.
        except (sqlite3.Error, OSError, ValueError) as error:
            broken = self._connections.pop(place, None)
            if broken is not None:
                broken.close()
            # Only the name: the text may quote a path, or what could not be kept.
            name = getattr(error, "sqlite_errorname", type(error).__name__)
            raise StoreError(f"the store cannot be used ({name})") from None


def _open(path: Path) -> sqlite3.Connection:
    # Made here first: SQLite would let everybody on the host read it. It gives -wal and -shm the same rights.
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA secure_delete = ON")
    shape = connection.execute("PRAGMA user_version").fetchone()[0]
    if shape == 0:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_MAKE)
        connection.execute(f"PRAGMA user_version = {SHAPE}")
        connection.execute("COMMIT")
    elif shape != SHAPE:
        raise StoreError("another version of this program wrote the file")


def _read(connection: sqlite3.Connection, key: str) -> Entry | None:
    row = connection.execute(_GET, (key,)).fetchone()
    if row is None:
        return None
    key, valid, body, checked_at, ends_at = row
    return Entry(key, bool(valid), body, checked_at, ends_at)


def _empty_wal(connection: sqlite3.Connection) -> None:
    # secure_delete overwrites the page; the write-ahead log holds the old one until it is cut to nothing.
    busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise StoreError("somebody reads; what was deleted may still be in the write-ahead log")
