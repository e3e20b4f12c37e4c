"""Generated cases of what somebody may do who can write to the database and has no key."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from scanner import parse_payload
from tests.support.cards import ANNA, BRUNO, CLARA
from tests.support.in_process_site import NOON, TILL
from tests.support.verdicts import LIVE
from validator.database import Database
from validator.privacy.retention import PrivacyServices, RetentionSettings, privacy_services

if TYPE_CHECKING:
    from random import Random

    from validator.audit.chain import Fault

CARDS = tuple(map(parse_payload, (ANNA, BRUNO, CLARA)))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(slots=True)
class Processes:
    """The processes of one site, started and ended as a test wants; they share a database and a clock."""

    path: Path
    now: datetime = NOON
    secrets: tuple[str, ...] = ("a secret",)
    running: list[tuple[Database, PrivacyServices]] = field(default_factory=list)

    def start(self, *, upgrade: bool = False) -> PrivacyServices:
        """One more; the first one makes the tables."""
        upgrade = upgrade or not self.path.exists()
        database = Database(f"sqlite:///{self.path}")
        if upgrade:
            database.upgrade()
        terms = RetentionSettings(self.secrets, timedelta(days=30), 604_800)
        one = privacy_services(terms, database, None, None, lambda: self.now, lambda: 0.0)  # type: ignore[arg-type]  # no answers, no pack
        self.running.append((database, one))
        return one

    def stop(self) -> None:
        """End all."""
        for database, _ in self.running:
            database.settle()
            database.close()
        self.running.clear()

    def any(self, dice: Random) -> PrivacyServices:
        """One of those that run."""
        return dice.choice(self.running)[1]


def keep(one: PrivacyServices, count: int) -> None:
    """Check this many cards."""
    for number in range(count):
        one.audit_log.keep(TILL, CARDS[number % len(CARDS)], LIVE, late=number % 4 == 3)
    assert one.audit_log.healthy()


def history(path: Path, kind: str) -> datetime:
    """A log of five days with all that belongs into one; the time at its end.

    Each day leaves a copy beside it. `kind` is "whole", "purged", or "faulty": then it has an incident.
    """
    site = Processes(path)
    for day in range(5):
        one = site.start()
        if day == 3 and kind == "faulty":
            with closing(sqlite3.connect(path, isolation_level=None)) as database:
                database.execute("UPDATE check_log_head SET seal = ''")
        keep(one, 3)
        if day == 2:
            one.audit_log.alert(TILL, "guessing")
            one.audit_log.erase(one.record_keys.hashes(CARDS[1].escn))
        if day == 3 and kind == "purged":
            one.audit_log.purge(NOON + DAY)
        site.now += DAY
        site.stop()
        copied(path, path.parent, f"{path.stem}-{day}")
    return site.now


def copied(path: Path, folder: Path, name: str) -> Path:
    """The same database somewhere else."""
    return Path(shutil.copy(path, folder / f"{name}.sqlite"))


class State(NamedTuple):
    """All of the log, byte by byte."""

    rows: dict[int, tuple[Any, ...]]
    head: list[tuple[Any, ...]]
    incidents: list[tuple[Any, ...]]


class Done(NamedTuple):
    """What must be named: these entries, and that incidents were touched."""

    entries: set[int]
    incidents: bool


BEGINNING = State({}, [(1, 0, b"", 0, b"", b"", 0, b"")], [])


def _state(path: Path) -> State:
    with closing(sqlite3.connect(path)) as database:
        database.text_factory = bytes
        rows, head, incidents = (
            database.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - ours
            for table in ("check_log", "check_log_head", "check_log_incidents")
        )
        return State({row[0]: row for row in rows}, head, incidents)


class Intruder:
    """Writes to the database without a key. Each method does one thing, at a place that the dice choose."""

    def __init__(self, path: Path, dice: Random, older: list[Path]) -> None:
        self._path = path
        self._dice = dice
        self._older = older
        self._once = [BEGINNING, *(_state(each) for each in [path, *older])]

    def act(self) -> Done:
        """Do one to three things. Never puts all of it back to an earlier state: that cannot be found."""
        deeds = [
            self.change,
            self.redate,
            self.remove,
            self.reorder,
            self.insert,
            self.cut,
            self.blank,
            self.mark,
        ]
        deeds += [self.remove_oldest, self.move_head, self.replay_head, self.remove_head, self.forge_incident]
        deeds += [self.change_incident, self.remove_incidents]
        before = _state(self._path)
        while (after := _state(self._path)) in self._once:
            for deed in self._dice.choices(deeds, k=self._dice.randint(1, 3)):
                with closing(sqlite3.connect(self._path, isolation_level=None)) as database:
                    deed(database)
        entries = {
            seq
            for seq in before.rows.keys() | after.rows.keys()
            if before.rows.get(seq) != after.rows.get(seq)
        }
        if before.head != after.head:
            entries = {seq for seq in entries if seq <= max(after.rows, default=0)}
        return Done(entries, before.incidents != after.incidents)

    def change(self, database: sqlite3.Connection) -> None:
        """One value of one entry."""
        values: dict[str, list[Any]] = {
            "event": ["check", "late_check", "alert", b"check", b"\xff"],
            "caller_kind": ["device", "person", "kiosk"],
            "caller_id": [1, 2, 0, "x"],
            "word": ["active", "expired", "guessing", "", "é"],
            "source": ["router", "cache", ""],
            "seal": ["0" * 64, ""],
            "mac": ["0" * 64, "é", b"0"],
            "card": ["0" * 32, b"0" * 32],
            "salt": ["0" * 32],
        }
        column = self._dice.choice(list(values))
        self._set(database, column, self._dice.choice(values[column]), self._one(database))

    def redate(self, database: sqlite3.Connection) -> None:
        """Earlier, later, to what is no time, or by less than a second."""
        at = NOON + self._dice.choice([-400, -31, -5, -1, 1, 2, 6, 40, 4_000]) * DAY
        texts = [
            f"{at:%Y-%m-%d %H:%M:%S}.000000",
            f"{at:%Y-%m-%d %H:%M:%S}.500000",
            f"{at:%Y-%m-%d}",
            "soon",
            b"\xff",
            7,
        ]
        self._set(database, "at", self._dice.choice([*texts[:1] * 5, *texts]), self._one(database))

    def remove(self, database: sqlite3.Connection) -> None:
        """One or some neighbours."""
        first = self._one(database)
        last = first + self._dice.choice([0, 0, 1, 3])
        database.execute("DELETE FROM check_log WHERE seq BETWEEN ? AND ?", (first, last))

    def remove_oldest(self, database: sqlite3.Connection) -> None:
        """As a purge does, the anchor moved along."""
        last = self._one(database)
        row = database.execute("SELECT seq, mac FROM check_log WHERE seq = ?", (last,)).fetchone()
        if row is not None:
            database.execute("UPDATE check_log_head SET anchor_seq = ?, anchor_mac = ?", row)
        database.execute("DELETE FROM check_log WHERE seq <= ?", (last,))

    def reorder(self, database: sqlite3.Connection) -> None:
        """Two entries change places; the numbers stay."""
        one, two = self._one(database), self._one(database)
        for old, new in ((one, -99), (two, one), (-99, two)) if one != two else ():
            database.execute("UPDATE OR IGNORE check_log SET seq = ? WHERE seq = ?", (new, old))

    def insert(self, database: sqlite3.Connection) -> None:
        """A copy of an entry, at the end, far behind it, before the beginning, or where one was purged."""
        last = database.execute("SELECT coalesce(max(seq), 0) FROM check_log").fetchone()[0]
        place = self._dice.choice([last + 1, last + 1, last + 7, 0, -3, 1, 2])
        rows = database.execute("SELECT * FROM check_log WHERE seq = ?", (self._one(database),)).fetchall()
        for row in rows:
            marks = ", ".join("?" * len(row))
            database.execute(f"INSERT OR IGNORE INTO check_log VALUES ({marks})", (place, *row[1:]))  # noqa: S608 - ours

    def cut(self, database: sqlite3.Connection) -> None:
        """The end, with or without the head set back."""
        first = self._one(database)
        database.execute("DELETE FROM check_log WHERE seq >= ?", (first,))
        if self._dice.random() < 0.5:
            last = "(SELECT max(seq) FROM check_log)"
            database.execute(f"UPDATE check_log_head SET seq = coalesce({last}, 0)")  # noqa: S608 - ours

    def blank(self, database: sqlite3.Connection) -> None:
        """Take a card out as an erasure does, or half of it."""
        columns = self._dice.choice(["card = NULL, salt = NULL", "card = NULL", "salt = NULL"])
        database.execute(f"UPDATE check_log SET {columns} WHERE seq = ?", (self._one(database),))  # noqa: S608 - ours

    def mark(self, database: sqlite3.Connection) -> None:
        """Take a card out and put the mark of another erasure there."""
        mark = "(SELECT erased FROM check_log WHERE erased IS NOT NULL LIMIT 1)"
        blank = f"UPDATE check_log SET card = NULL, salt = NULL, erased = {mark} WHERE seq = ?"  # noqa: S608 - ours
        database.execute(blank, (self._one(database),))

    def move_head(self, database: sqlite3.Connection) -> None:
        """Another value in it."""
        column = self._dice.choice(
            ["seq", "mac", "anchor_seq", "anchor_mac", "anchor_at", "incidents", "seal"]
        )
        value = self._dice.choice([0, 2, 3, 99, "x", ""])
        database.execute(f"UPDATE OR IGNORE check_log_head SET {column} = ?", (value,))  # noqa: S608 - ours

    def replay_head(self, database: sqlite3.Connection) -> None:
        """The head of some days ago, which we sealed."""
        with closing(sqlite3.connect(self._dice.choice(self._older))) as older:
            row = older.execute("SELECT * FROM check_log_head").fetchone()
        database.execute("DELETE FROM check_log_head")
        database.execute(f"INSERT INTO check_log_head VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608 - ours

    def remove_head(self, database: sqlite3.Connection) -> None:
        """Away with it, or made as it was at the very beginning."""
        database.execute("DELETE FROM check_log_head")
        if self._dice.random() < 0.5:
            database.execute("INSERT INTO check_log_head VALUES (1, 0, '', 0, '', '', 0, '')")

    def forge_incident(self, database: sqlite3.Connection) -> None:
        """One that never was."""
        values = (self._dice.choice([1, 2, -1]), 1, 2, 3, "nothing", self._dice.choice(["", "é", "0" * 64]))
        database.execute("INSERT OR IGNORE INTO check_log_incidents VALUES (?, ?, ?, ?, ?, ?)", values)

    def change_incident(self, database: sqlite3.Connection) -> None:
        """One value of all."""
        column = self._dice.choice(["first", "last", "found_at", "what", "mac"])
        database.execute(f"UPDATE check_log_incidents SET {column} = 7")  # noqa: S608 - ours

    def remove_incidents(self, database: sqlite3.Connection) -> None:
        """As if nothing had ever been found."""
        database.execute("DELETE FROM check_log_incidents")

    def _one(self, database: sqlite3.Connection) -> int:
        numbers = [row[0] for row in database.execute("SELECT seq FROM check_log ORDER BY seq")]
        return self._dice.choice(numbers) if numbers else 1

    def _set(self, database: sqlite3.Connection, column: str, value: object, seq: int) -> None:
        database.execute(f"UPDATE check_log SET {column} = ? WHERE seq = ?", (value, seq))  # noqa: S608 - ours


def named(found: tuple[Fault, ...]) -> list[range]:
    """The numbers that faults speak of."""
    return [range(one.seq, max(one.seq, one.last or one.seq) + 1) for one in found]
