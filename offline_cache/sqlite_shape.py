"""The shape of the SQLite file, and the steps from an older one: they run in place, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_cache.sqlite_file import open_shared
from offline_cache.store import StoreError

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
# One tuple a shape. Shape 2 also numbered the answers for devices, which have a file of their own now: a file
# may come from either.
_STEPS = (
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
SHAPE = len(_STEPS)


def open_file(path: Path) -> sqlite3.Connection:
    """A connection to the file, made or brought to this shape; StoreError where it is of a later one."""
    connection = open_shared(path, BUSY_TIMEOUT_S)
    try:
        _prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA synchronous = NORMAL")
    if _shape(connection) == SHAPE:
        return
    connection.execute("BEGIN IMMEDIATE")
    # Read again: another process may have taken the steps meanwhile.
    shape = _shape(connection)
    if shape > SHAPE:
        raise StoreError("another version of this program wrote the file")
    for step in _STEPS[shape:]:
        for statement in step:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {SHAPE}")
    connection.execute("COMMIT")


def _shape(connection: sqlite3.Connection) -> int:
    shape: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return shape
