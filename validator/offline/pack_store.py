"""Salts and encrypted rows in a SQLite file that the processes of one host share.

A damaged file is never repaired: stop the server and delete it with its `-wal` and `-shm`. Devices then get
a new pack, with the cards that are checked from then on.
"""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from offline_cache.sqlite_file import Connections, empty_wal
from validator.offline.pack_rows import ROUNDS, SALT_BYTES
from validator.offline.pack_schema import open_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

WEEK_S = 7 * 86_400
# An answer waits for its row for less than this. A generation that started meanwhile refuses the row.
MAX_PENDING_S = 120
_SALT = "SELECT id, salt, rounds, ends_at FROM salts WHERE origin = ? AND period BETWEEN ? AND ? ORDER BY id"
_NEW_SALT = "INSERT OR IGNORE INTO salts (origin, period, salt, rounds, ends_at) VALUES (?, ?, ?, ?, ?)"
_GET = "SELECT sealed FROM rows WHERE salt = ? AND id = ?"
# Compares and replaces in one statement, so that no Python code runs while the file is locked. SQLite has
# one writer at a time, so numbers have the order of the commits: who saw one has seen all before.
_PUT = """
    INSERT INTO rows (salt, id, sealed, seq)
    SELECT :salt, :id, :sealed, (SELECT latest + 1 FROM standing)
    WHERE EXISTS (SELECT 1 FROM salts WHERE id = :salt)
      AND NOT EXISTS (SELECT 1 FROM beginning WHERE begun_at > :asked_at AND begun_at <= :asked_at + :waiting)
    ON CONFLICT (salt, id) DO UPDATE SET sealed = excluded.sealed, seq = excluded.seq
    WHERE rows.sealed = :before
"""
_STATE = "SELECT generation, latest FROM standing"
_BEFORE_NEWEST = "SELECT seq FROM rows WHERE salt IN (?, ?) ORDER BY seq DESC LIMIT 1 OFFSET ?"
# Few rows are found by their number, many in the order of their ids; the result is the same.
_FEW = """
    SELECT salt, id, sealed FROM rows INDEXED BY rows_by_seq
    WHERE seq > :after AND seq <= :upto AND salt IN (:first, :last) AND (salt, id) > (:salt, :id)
    ORDER BY salt, id LIMIT :limit
"""
_MANY = """
    SELECT salt, id, sealed FROM rows
    WHERE +seq > :after AND +seq <= :upto AND salt IN (:first, :last) AND (salt, id) > (:salt, :id)
    ORDER BY salt, id LIMIT :limit
"""
_MAX_FEW = 2_000
_START_GENERATION = """
    UPDATE beginning
    SET generation = lower(hex(randomblob(8))), begun_at = ?, floor = (SELECT latest FROM standing)
"""
_KEEP_FLOOR = "UPDATE beginning SET floor = (SELECT latest FROM standing)"
_FOREIGN = """
    SELECT count(*), (SELECT count(*) FROM rows WHERE salt IN (SELECT id FROM salts WHERE origin <> :origin))
    FROM salts WHERE origin <> :origin
"""
_DROP_FOREIGN = (
    "DELETE FROM rows WHERE salt IN (SELECT id FROM salts WHERE origin <> ?)",
    "DELETE FROM salts WHERE origin <> ?",
)
_DROP_OLD = (
    "DELETE FROM rows WHERE salt IN (SELECT id FROM salts WHERE ends_at <= :now OR ends_at > :latest)",
    "DELETE FROM salts WHERE ends_at <= :now OR ends_at > :latest",
)


@dataclass(frozen=True, slots=True)
class Salt:
    """The salt for the row keys of one period; all its rows have expired at `ends_at` (epoch seconds)."""

    id: int
    salt: bytes = field(repr=False)
    rounds: int
    ends_at: int


class PackState(NamedTuple):
    """The generation and its latest number. Numbers of another generation mean nothing."""

    generation: str
    latest: int


class SealedRow(NamedTuple):
    """One row: its salt, its id, its encrypted body."""

    salt: int
    id: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class RowRange:
    """The rows with numbers after `after` and up to `upto`, without those before `salt`, `id`."""

    after: int
    upto: int
    salt: int = 0
    id: bytes = b""


class PackStore:
    """The file, created at first use. Thread-safe, safe to fork; every method may raise StoreError.

    `origin` is opaque text that identifies the source of the answers: rows of another origin are never
    returned. A salt is used for a week, or for `max_age_s` where rows live longer, so that two are enough.
    """

    def __init__(self, path: Path, origin: str, max_age_s: float) -> None:
        self.path = path
        self.origin = origin
        self._max_age_s = max_age_s
        self._period_s = max(WEEK_S, math.ceil(max_age_s))
        self._connections = Connections(partial(open_file, path))

    def salt(self, now: float) -> Salt:
        """The current salt, created if needed."""
        period = int(now // self._period_s)
        with self._connections.using() as connection:
            found = connection.execute(_SALT, (self.origin, period, period)).fetchone()
            if found is None:
                ends_at = int((period + 1) * self._period_s + self._max_age_s)
                new = (self.origin, period, secrets.token_bytes(SALT_BYTES), ROUNDS, ends_at)
                connection.execute(_NEW_SALT, new)
                # Another process may have been faster: its salt is used.
                found = connection.execute(_SALT, (self.origin, period, period)).fetchone()
            return Salt(*found)

    def salts(self, now: float) -> list[Salt]:
        """The salts of this period and the one before, the older first, without expired ones."""
        period = int(now // self._period_s)
        with self._connections.using() as connection:
            found = [Salt(*row) for row in connection.execute(_SALT, (self.origin, period - 1, period))]
        return [salt for salt in found if salt.ends_at > now]

    def get(self, salt: Salt, row_id: bytes) -> bytes | None:
        """The encrypted body of this row."""
        with self._connections.using() as connection:
            found = connection.execute(_GET, (salt.id, row_id)).fetchone()
            return found[0] if found else None

    def put(self, row: SealedRow, before: bytes | None, asked_at: float) -> bool:
        """Store this row if the stored body is `before`; False where it is another one by now.

        False too where its salt is gone, or a generation started after the answer was requested: an erased
        card must not come back.
        """
        values = {**row._asdict(), "before": before, "asked_at": asked_at, "waiting": MAX_PENDING_S}
        with self._connections.using() as connection:
            return connection.execute(_PUT, values).rowcount == 1

    def state(self) -> PackState:
        """The generation and its latest number."""
        with self._connections.using() as connection:
            return PackState(*connection.execute(_STATE).fetchone())

    def seq_before_newest(self, count: int, salts: list[Salt]) -> int:
        """The number after which the newest rows come, at most `count`."""
        with self._connections.using() as connection:
            row = connection.execute(_BEFORE_NEWEST, (salts[0].id, salts[-1].id, count)).fetchone()
            return row[0] if row else 0

    def rows(self, wanted: RowRange, salts: list[Salt], limit: int) -> list[SealedRow]:
        """The first `limit` rows of this range under these one or two salts, in the order of their ids."""
        few = wanted.upto - wanted.after <= _MAX_FEW
        values = {
            "after": wanted.after,
            "upto": wanted.upto,
            "first": salts[0].id,
            "last": salts[-1].id,
            "salt": wanted.salt,
            "id": wanted.id,
            "limit": limit,
        }
        with self._connections.using() as connection:
            return [SealedRow(*row) for row in connection.execute(_FEW if few else _MANY, values)]

    def claim(self, now: float) -> int | None:
        """Delete rows of other origins and start a generation; returns their number, None without any."""
        with self._connections.using() as connection:
            connection.execute("BEGIN IMMEDIATE")
            salts, gone = connection.execute(_FOREIGN, {"origin": self.origin}).fetchone()
            if salts:
                connection.execute(_START_GENERATION, (now,))
                for statement in _DROP_FOREIGN:
                    connection.execute(statement, (self.origin,))
            connection.execute("COMMIT")
            if salts:
                empty_wal(connection)
            return gone if salts else None

    def start_generation(self, now: float) -> None:
        """Start a new generation, so that every device drops its rows and syncs from the beginning."""
        with self._connections.using() as connection:
            connection.execute(_START_GENERATION, (now,))

    def erase(self, rows: Iterable[tuple[Salt, bytes]]) -> None:
        """Delete these rows and overwrite their bytes."""
        with self._connections.using() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_KEEP_FLOOR)
            for salt, row_id in rows:
                connection.execute("DELETE FROM rows WHERE salt = ? AND id = ?", (salt.id, row_id))
            connection.execute("COMMIT")
            empty_wal(connection)

    def clear(self, now: float) -> None:
        """Delete every row and salt, overwrite their bytes, and start a generation."""
        with self._connections.using() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_START_GENERATION, (now,))
            connection.execute("DELETE FROM rows")
            connection.execute("DELETE FROM salts")
            connection.execute("COMMIT")
            empty_wal(connection)

    def purge(self, now: float) -> None:
        """Delete expired salts with their rows, and salts from a clock that was far ahead."""
        latest = now + 3 * self._period_s + self._max_age_s
        with self._connections.using() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_KEEP_FLOOR)
            for statement in _DROP_OLD:
                connection.execute(statement, {"now": now, "latest": latest})
            connection.execute("COMMIT")
            empty_wal(connection)

    def close(self) -> None:
        """Close the connections of this process; later calls raise StoreError."""
        self._connections.close()
