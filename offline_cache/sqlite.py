"""The second tier of one host: a SQLite file shared by its processes.

Recovery: a file that is damaged, or was written by another version, is never repaired nor overwritten:
every call raises StoreError. Stop the server and delete the file with its `-wal` and `-shm`; the next use
makes a new one.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from offline_cache.entry import Entry
from offline_cache.policy import TOLERANCE_S
from offline_cache.sqlite_file import Connections, empty_wal
from offline_cache.sqlite_shape import open_file

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

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
_NOTE_ORIGIN = "INSERT INTO origin VALUES (1, :name) ON CONFLICT (one) DO UPDATE SET name = :name"


class SqliteStore:
    """A `Store` in one file, made at first use, readable by its owner only. Thread-safe, and safe to fork."""

    def __init__(self, path: Path) -> None:
        self._connections = Connections(partial(open_file, path))

    def get(self, key: str) -> Entry | None:
        """Whatever is kept under this key, however old."""
        with self._connections.using() as connection:
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
        with self._connections.using() as connection:
            taken = connection.execute(_PUT, row).rowcount
            return entry if taken else _read(connection, entry.key) or entry

    def forget(self, key: str) -> None:
        """Delete it; its bytes are gone from all files, or StoreError asks to try again."""
        with self._connections.using() as connection:
            connection.execute(_FORGET, (key,))
            empty_wal(connection)

    def purge(self, before: float, after: float) -> int:
        """Delete what was asked for before or after these; bytes gone from all files, or StoreError."""
        with self._connections.using() as connection:
            gone = connection.execute(_PURGE, (before, after)).rowcount
            empty_wal(connection)
            return gone

    def claim(self, origin: str) -> int | None:
        """Note the origin; delete what is of another one or of none, bytes and all; many may at once."""
        with self._connections.using() as connection:
            connection.execute("BEGIN IMMEDIATE")
            noted = connection.execute(_ORIGIN).fetchone()
            is_ours = noted is not None and noted[0] == origin
            gone = 0 if is_ours else connection.execute(_FORGET_ALL).rowcount
            connection.execute(_NOTE_ORIGIN, {"name": origin})
            connection.execute("COMMIT")
            if gone:
                empty_wal(connection)
            return gone or (None if noted is None or is_ours else 0)

    def origin(self) -> str | None:
        """The origin that was noted last; None where none was."""
        with self._connections.using() as connection:
            noted = connection.execute(_ORIGIN).fetchone()
            return noted[0] if noted else None

    def count(self) -> int:
        """How many entries are kept."""
        with self._connections.using() as connection:
            number: int = connection.execute(_COUNT).fetchone()[0]
            return number

    def close(self) -> None:
        """Close this process's connections; whoever uses the store later gets StoreError."""
        self._connections.close()


def _read(connection: sqlite3.Connection, key: str) -> Entry | None:
    row = connection.execute(_GET, (key,)).fetchone()
    if row is None:
        return None
    found, valid, body, checked_at, ends_at = row
    return Entry(found, bool(valid), body, checked_at, ends_at)
