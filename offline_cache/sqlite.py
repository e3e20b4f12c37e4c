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

from offline_cache.changes import Journal
from offline_cache.entry import Entry
from offline_cache.policy import TOLERANCE_S
from offline_cache.sqlite_shape import open_file
from offline_cache.store import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_GET = "SELECT key, valid, body, checked_at, ends_at, alias FROM answers WHERE key = ?"
# policy.replaces in one statement; a property test holds the two together. SQLite lets one write at a time,
# so numbers are in the order of the commits: whoever has seen one has seen all before it.
_PUT = """
    INSERT INTO answers (key, valid, body, checked_at, ends_at, alias, seq)
    VALUES (:key, :valid, :body, :checked_at, :ends_at, :alias, (SELECT latest + 1 FROM standing))
    ON CONFLICT (key) DO UPDATE
    SET valid = excluded.valid, body = excluded.body,
        checked_at = excluded.checked_at, ends_at = excluded.ends_at,
        alias = excluded.alias, seq = excluded.seq
    WHERE (excluded.checked_at, NOT excluded.valid) > (answers.checked_at, NOT answers.valid)
       OR (excluded.checked_at <= :horizon AND answers.checked_at > :horizon)
"""
_FORGET = "DELETE FROM answers WHERE key = ?"
_PURGE = "DELETE FROM answers WHERE checked_at < ? OR checked_at > ?"
_COUNT = "SELECT count(*) FROM answers"
_KEEP_FLOOR = "UPDATE journal SET floor = (SELECT latest FROM standing)"
_BEGIN_ANEW = "UPDATE journal SET generation = lower(hex(randomblob(8)))"
_JOURNAL = "SELECT generation, latest FROM standing"
_BEFORE_NEWEST = "SELECT seq FROM answers ORDER BY seq DESC LIMIT 1 OFFSET ?"
_CHANGED = """
    SELECT key, valid, body, checked_at, ends_at, alias, seq FROM answers
    WHERE seq > ? ORDER BY seq LIMIT ?
"""


class SqliteStore:
    """A `Store` and `ChangeLog` in one file, made at first use, readable by its owner only.

    Thread-safe, and safe to fork.
    """

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
            "alias": entry.alias,
            "horizon": now + TOLERANCE_S,
        }
        with self._using() as connection:
            taken = connection.execute(_PUT, row).rowcount
            return entry if taken else _read(connection, entry.key) or entry

    def forget(self, key: str) -> None:
        """Delete it; its bytes are gone from all files, or StoreError asks to try again."""
        with self._using() as connection:
            _delete(connection, _FORGET, (key,))

    def purge(self, before: float, after: float) -> int:
        """Delete what was asked for before or after these; bytes gone from all files, or StoreError."""
        with self._using() as connection:
            return _delete(connection, _PURGE, (before, after))

    def count(self) -> int:
        """How many entries are kept."""
        with self._using() as connection:
            number: int = connection.execute(_COUNT).fetchone()[0]
            return number

    def journal(self) -> Journal:
        """The file's generation, made with it, and the highest number given so far."""
        with self._using() as connection:
            return Journal(*connection.execute(_JOURNAL).fetchone())

    def before_newest(self, count: int) -> int:
        """The number after which at most `count` entries come: the newest."""
        with self._using() as connection:
            row = connection.execute(_BEFORE_NEWEST, (count,)).fetchone()
            return row[0] if row else 0

    def changed_since(self, seq: int, limit: int) -> tuple[list[Entry], int]:
        """The first `limit` entries after this number, in order, and the number to go on from."""
        with self._using() as connection:
            rows = connection.execute(_CHANGED, (seq, limit)).fetchall()
        return [_entry(*row[:-1]) for row in rows], rows[-1][-1] if rows else seq

    def begin_anew(self) -> None:
        """Give the order another name."""
        with self._using() as connection:
            connection.execute(_BEGIN_ANEW)

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
                connection = self._connections[place] = open_file(self._path)
            yield connection
        # ValueError: text that SQLite cannot hold, such as half a surrogate pair.
        except (sqlite3.Error, OSError, ValueError) as error:
            broken = self._connections.pop(place, None)
            if broken is not None:
                broken.close()
            # Only the name: the text may quote a path, or what could not be kept.
            name = getattr(error, "sqlite_errorname", type(error).__name__)
            raise StoreError(f"the store cannot be used ({name})") from None


def _read(connection: sqlite3.Connection, key: str) -> Entry | None:
    row = connection.execute(_GET, (key,)).fetchone()
    return _entry(*row) if row else None


def _entry(  # noqa: PLR0913, PLR0917 - the columns of a row
    key: str, valid: int, body: str, checked_at: float, ends_at: float | None, alias: str | None
) -> Entry:
    return Entry(key, bool(valid), body, checked_at, ends_at, alias)


def _delete(connection: sqlite3.Connection, statement: str, values: tuple[object, ...]) -> int:
    """Delete rows but not the memory of their numbers, then every byte; tell how many rows."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(_KEEP_FLOOR)
    gone = connection.execute(statement, values).rowcount
    connection.execute("COMMIT")
    _empty_wal(connection)
    return gone


def _empty_wal(connection: sqlite3.Connection) -> None:
    # secure_delete overwrites the page; the write-ahead log holds the old one until it is cut to nothing.
    busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise StoreError("somebody reads; what was deleted may still be in the write-ahead log")
