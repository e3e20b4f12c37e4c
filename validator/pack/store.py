"""Salts and sealed rows in a SQLite file that the processes of one host share.

Recovery: a file that is damaged is never repaired: stop the server and delete it with its `-wal` and `-shm`.
Devices then get a new pack, of the cards that are checked from there on.
"""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from offline_cache.sqlite_file import Connections, empty_wal
from validator.pack.sealing import ROUNDS, SALT_BYTES
from validator.pack.shape import open_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

WEEK_S = 7 * 86_400
# A number waits for its row for less than this; what began anew while it waited takes it no more.
WAITING_S = 120
_SALT = "SELECT id, salt, rounds, ends_at FROM salts WHERE origin = ? AND period BETWEEN ? AND ? ORDER BY id"
_NEW_SALT = "INSERT OR IGNORE INTO salts (origin, period, salt, rounds, ends_at) VALUES (?, ?, ?, ?, ?)"
_GET = "SELECT sealed FROM rows WHERE salt = ? AND id = ?"
# Compares and replaces in one statement, so that nothing of ours runs while the file is locked. SQLite lets
# one write at a time, so numbers are in the order of the commits: whoever saw one has seen all before it.
_PUT = """
    INSERT INTO rows (salt, id, sealed, seq)
    SELECT :salt, :id, :sealed, (SELECT latest + 1 FROM standing)
    WHERE EXISTS (SELECT 1 FROM salts WHERE id = :salt)
      AND NOT EXISTS (SELECT 1 FROM beginning WHERE begun_at > :asked_at AND begun_at <= :asked_at + :waiting)
    ON CONFLICT (salt, id) DO UPDATE SET sealed = excluded.sealed, seq = excluded.seq
    WHERE rows.sealed = :before
"""
_JOURNAL = "SELECT generation, latest FROM standing"
_BEFORE_NEWEST = "SELECT seq FROM rows WHERE salt IN (?, ?) ORDER BY seq DESC LIMIT 1 OFFSET ?"
# Few rows are found by their number, many in the order of their ids: what comes out is the same.
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
_FEW_ARE = 2_000
_BEGIN_ANEW = """
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
    """What numbers are derived with for one period; its rows are all over at `ends_at` (epoch seconds)."""

    id: int
    salt: bytes = field(repr=False)
    rounds: int
    ends_at: int


class Journal(NamedTuple):
    """How far the order of rows has come. `generation` names it: another one's numbers mean nothing."""

    generation: str
    latest: int


class SealedRow(NamedTuple):
    """One row: under which salt, its id, what it says, sealed."""

    salt: int
    id: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Stretch:
    """The rows numbered after `after` and up to `upto`, without those that come before `salt`, `id`."""

    after: int
    upto: int
    salt: int = 0
    id: bytes = b""


class PackStore:
    """The file, made at first use. Thread-safe, safe to fork; every method may raise StoreError.

    `origin` is opaque text that names whose answers these are: rows of another one are never given out. A
    salt is used for a week, or for `max_age_s` where rows live longer, so that two are enough.
    """

    def __init__(self, path: Path, origin: str, max_age_s: float) -> None:
        self.path = path
        self.origin = origin
        self._max_age_s = max_age_s
        self._period_s = max(WEEK_S, math.ceil(max_age_s))
        self._connections = Connections(partial(open_file, path))

    def salt(self, now: float) -> Salt:
        """The salt of now, made where there is none yet."""
        period = int(now // self._period_s)
        with self._connections.using() as connection:
            found = connection.execute(_SALT, (self.origin, period, period)).fetchone()
            if found is None:
                ends_at = int((period + 1) * self._period_s + self._max_age_s)
                made = (self.origin, period, secrets.token_bytes(SALT_BYTES), ROUNDS, ends_at)
                connection.execute(_NEW_SALT, made)
                # Another process may have been faster: its salt is the one.
                found = connection.execute(_SALT, (self.origin, period, period)).fetchone()
            return Salt(*found)

    def salts(self, now: float) -> list[Salt]:
        """The salts of now and of the period before whose rows are not all over, the older first."""
        period = int(now // self._period_s)
        with self._connections.using() as connection:
            found = [Salt(*row) for row in connection.execute(_SALT, (self.origin, period - 1, period))]
        return [salt for salt in found if salt.ends_at > now]

    def get(self, salt: Salt, row_id: bytes) -> bytes | None:
        """The sealed body of this row."""
        with self._connections.using() as connection:
            found = connection.execute(_GET, (salt.id, row_id)).fetchone()
            return found[0] if found else None

    def put(self, row: SealedRow, before: bytes | None, asked_at: float) -> bool:
        """Keep this row in the place of `before`; False where another one is there by now.

        False too where its salt is gone, or the order began anew after it was asked for: what was erased in
        between must not come back.
        """
        values = {**row._asdict(), "before": before, "asked_at": asked_at, "waiting": WAITING_S}
        with self._connections.using() as connection:
            return connection.execute(_PUT, values).rowcount == 1

    def journal(self) -> Journal:
        """Where the order stands."""
        with self._connections.using() as connection:
            return Journal(*connection.execute(_JOURNAL).fetchone())

    def before_newest(self, count: int, salts: list[Salt]) -> int:
        """The number after which at most `count` rows come: the newest."""
        with self._connections.using() as connection:
            row = connection.execute(_BEFORE_NEWEST, (salts[0].id, salts[-1].id, count)).fetchone()
            return row[0] if row else 0

    def rows(self, stretch: Stretch, salts: list[Salt], limit: int) -> list[SealedRow]:
        """The first `limit` rows of this stretch under these one or two salts, in the order of their ids."""
        few = stretch.upto - stretch.after <= _FEW_ARE
        values = {
            "after": stretch.after,
            "upto": stretch.upto,
            "first": salts[0].id,
            "last": salts[-1].id,
            "salt": stretch.salt,
            "id": stretch.id,
            "limit": limit,
        }
        with self._connections.using() as connection:
            return [SealedRow(*row) for row in connection.execute(_FEW if few else _MANY, values)]

    def claim(self, now: float) -> int | None:
        """Drop what is of other origins and begin anew; tell how many rows, None if there was nothing."""
        with self._connections.using() as connection:
            connection.execute("BEGIN IMMEDIATE")
            salts, gone = connection.execute(_FOREIGN, {"origin": self.origin}).fetchone()
            if salts:
                connection.execute(_BEGIN_ANEW, (now,))
                for statement in _DROP_FOREIGN:
                    connection.execute(statement, (self.origin,))
            connection.execute("COMMIT")
            if salts:
                empty_wal(connection)
            return gone if salts else None

    def begin_anew(self, now: float) -> None:
        """Make all that is kept a new order: whoever follows it drops everything and starts again."""
        with self._connections.using() as connection:
            connection.execute(_BEGIN_ANEW, (now,))

    def erase(self, rows: Iterable[tuple[Salt, bytes]]) -> None:
        """Delete these rows, bytes and all."""
        with self._connections.using() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_KEEP_FLOOR)
            for salt, row_id in rows:
                connection.execute("DELETE FROM rows WHERE salt = ? AND id = ?", (salt.id, row_id))
            connection.execute("COMMIT")
            empty_wal(connection)

    def clear(self, now: float) -> None:
        """Delete every row and salt, bytes and all, and begin anew."""
        with self._connections.using() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_BEGIN_ANEW, (now,))
            connection.execute("DELETE FROM rows")
            connection.execute("DELETE FROM salts")
            connection.execute("COMMIT")
            empty_wal(connection)

    def purge(self, now: float) -> None:
        """Delete the salts whose rows are over, with their rows; and those of a clock that ran far ahead."""
        latest = now + 3 * self._period_s + self._max_age_s
        with self._connections.using() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_KEEP_FLOOR)
            for statement in _DROP_OLD:
                connection.execute(statement, {"now": now, "latest": latest})
            connection.execute("COMMIT")
            empty_wal(connection)

    def close(self) -> None:
        """Close this process's connections; later calls raise StoreError."""
        self._connections.close()
