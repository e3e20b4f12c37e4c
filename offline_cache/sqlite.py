"""The store of one host: a SQLite file shared by its processes, with its schema migrations.

Recovery: a file that is damaged, or was written by a later version, is never repaired or overwritten: every
call raises StoreError. Stop the server and delete the file with its `-wal` and `-shm`; the next use creates
a new one.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from offline_cache.policy import TOLERANCE_S
from offline_cache.sqlite_file import Connections, empty_wal, open_shared
from offline_cache.store import Entry, StoreError

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

BUSY_TIMEOUT_S = 0.1

_ANSWERS = """
    CREATE TABLE answers (
        key TEXT PRIMARY KEY,
        valid INTEGER NOT NULL CHECK (valid IN (0, 1)),
        body TEXT NOT NULL,
        checked_at REAL NOT NULL,
        ends_at REAL
    ) STRICT, WITHOUT ROWID
"""
# One tuple of statements per schema version. Version 2 also numbered the answers for devices, which now have
# a file of their own; a file may have either version.
_MIGRATIONS = (
    (_ANSWERS,),
    (),
    (
        "DROP VIEW IF EXISTS standing",
        "DROP TABLE IF EXISTS journal",
        "ALTER TABLE answers RENAME TO answers_before",
        _ANSWERS,
        "INSERT INTO answers SELECT key, valid, body, checked_at, ends_at FROM answers_before",
        "DROP TABLE answers_before",
        "CREATE TABLE origin (one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL) STRICT",
    ),
)
SCHEMA_VERSION = len(_MIGRATIONS)

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
_ORIGIN = "SELECT name FROM origin"
_FORGET_ALL = "DELETE FROM answers"
_SET_ORIGIN = "INSERT INTO origin VALUES (1, :name) ON CONFLICT (one) DO UPDATE SET name = :name"


class SqliteStore:
    """A `Store` in one file, created at first use, readable by its owner only. Thread-safe and fork-safe."""

    def __init__(self, path: Path) -> None:
        self._connections = Connections(partial(open_file, path))

    def get(self, key: str) -> Entry | None:
        """The entry of this key, however old."""
        with self._connections.using() as connection:
            return _read(connection, key)

    def put(self, entry: Entry, now: float) -> Entry:
        """Keep it unless a newer one is kept, in one statement; returns the entry kept now."""
        row = {
            "key": entry.key,
            "valid": entry.valid,
            "body": entry.body,
            "checked_at": entry.checked_at,
            "ends_at": entry.ends_at,
            "horizon": now + TOLERANCE_S,
        }
        with self._connections.using() as connection:
            written = connection.execute(_PUT, row).rowcount
            return entry if written else _read(connection, entry.key) or entry

    def forget(self, key: str) -> None:
        """Delete it with its bytes in all files; after a StoreError, try again."""
        with self._connections.using() as connection:
            connection.execute(_FORGET, (key,))
            empty_wal(connection)

    def purge(self, before: float, after: float) -> int:
        """Delete entries asked for before or after these instants, with their bytes in all files."""
        with self._connections.using() as connection:
            deleted = connection.execute(_PURGE, (before, after)).rowcount
            empty_wal(connection)
            return deleted

    def claim(self, origin: str) -> int | None:
        """Store the origin; delete entries of another or unknown one, bytes included."""
        with self._connections.using() as connection:
            connection.execute("BEGIN IMMEDIATE")
            stored = connection.execute(_ORIGIN).fetchone()
            is_same = stored is not None and stored[0] == origin
            deleted = 0 if is_same else connection.execute(_FORGET_ALL).rowcount
            connection.execute(_SET_ORIGIN, {"name": origin})
            connection.execute("COMMIT")
            if deleted:
                empty_wal(connection)
            return deleted or (None if stored is None or is_same else 0)

    def origin(self) -> str | None:
        """The stored origin; None if there is none."""
        with self._connections.using() as connection:
            stored = connection.execute(_ORIGIN).fetchone()
            return stored[0] if stored else None

    def count(self) -> int:
        """The number of entries."""
        with self._connections.using() as connection:
            number: int = connection.execute(_COUNT).fetchone()[0]
            return number

    def close(self) -> None:
        """Close this process's connections; later calls raise StoreError."""
        self._connections.close()


def _read(connection: sqlite3.Connection, key: str) -> Entry | None:
    row = connection.execute(_GET, (key,)).fetchone()
    if row is None:
        return None
    found, valid, body, checked_at, ends_at = row
    return Entry(found, bool(valid), body, checked_at, ends_at)


def open_file(path: Path) -> sqlite3.Connection:
    """A connection to the file, created or migrated to this schema; StoreError if its schema is newer."""
    connection = open_shared(path, BUSY_TIMEOUT_S)
    try:
        _migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA synchronous = NORMAL")
    if _schema_version(connection) == SCHEMA_VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    # Read again: another process may have migrated it meanwhile.
    version = _schema_version(connection)
    if version > SCHEMA_VERSION:
        raise StoreError("another version of this program wrote the file")
    for migration in _MIGRATIONS[version:]:
        for statement in migration:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("COMMIT")


def _schema_version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version
