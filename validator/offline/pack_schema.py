"""The tables in the file of the offline pack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_cache import StoreError
from offline_cache.sqlite_file import open_shared

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

# No check waits for this file: rows are written in the background, and a sync may take a second.
WAIT_S = 1.0
SCHEMA_VERSION = 1
_TABLES = (
    """
    CREATE TABLE beginning (
        one INTEGER PRIMARY KEY CHECK (one = 1), generation TEXT NOT NULL, begun_at REAL NOT NULL,
        floor INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE salts (
        id INTEGER PRIMARY KEY AUTOINCREMENT, origin TEXT NOT NULL, period INTEGER NOT NULL,
        salt BLOB NOT NULL, rounds INTEGER NOT NULL, ends_at INTEGER NOT NULL, UNIQUE (origin, period)
    ) STRICT
    """,
    """
    CREATE TABLE rows (
        salt INTEGER NOT NULL, id BLOB NOT NULL, sealed BLOB NOT NULL, seq INTEGER NOT NULL,
        PRIMARY KEY (salt, id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX rows_by_seq ON rows (seq)",
    # `floor` is the highest number that a deleted row may have had: numbers are never used again.
    """
    CREATE VIEW standing AS
    SELECT generation, max(floor, coalesce((SELECT max(seq) FROM rows), 0)) AS latest FROM beginning
    """,
    "INSERT INTO beginning VALUES (1, lower(hex(randomblob(8))), 0, 0)",
)


def open_file(path: Path) -> sqlite3.Connection:
    """A connection to the file, created if needed; StoreError where a later version wrote it."""
    connection = open_shared(path, WAIT_S)
    try:
        connection.execute("PRAGMA synchronous = NORMAL")
        if _schema_version(connection) != SCHEMA_VERSION:
            _create(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _create(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    # Read again: another process may have created the tables meanwhile.
    version = _schema_version(connection)
    if version > SCHEMA_VERSION:
        raise StoreError("another version of this program wrote the file")
    for statement in _TABLES if version == 0 else ():
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("COMMIT")


def _schema_version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version
