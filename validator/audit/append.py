"""Append entries: group commit (checks that wait together share one transaction) and a fast path in SQL."""

from __future__ import annotations

import os
import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from weakref import WeakMethod

from validator.audit.head import head_fault, rollback_fault
from validator.audit.head_store import HEAD_TYPES, Outcome, head_from
from validator.audit.transactions import append, extend_chain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from validator.audit.chain import MacKeys, StoredEntry
    from validator.audit.entries import NewEntry
    from validator.audit.head import Head
    from validator.audit.transactions import Writer
    from validator.database import Database

# A check waits this long for the writer of this process.
TURN_S = 0.1
# Entries that could not be written wait for the next check. Beyond this number the oldest are lost.
BACKLOG = 1_000
_NAMES = ", ".join(HEAD_TYPES)
_STATE = f"""
    SELECT {_NAMES}, (SELECT max(seq) FROM check_log), (SELECT mac FROM check_log WHERE seq = ?)
    FROM check_log_head WHERE one = 1
"""  # noqa: S608 - names of our own columns
_STATE_WIDTH = len(HEAD_TYPES) + 2
_INSERT = """
    INSERT INTO check_log
    (seq, at, event, caller_kind, caller_id, word, source, card, salt, seal, mac)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_STORE_HEAD = f"UPDATE check_log_head SET ({_NAMES}) = (?, ?, ?, ?, ?, ?, ?) WHERE one = 1"  # noqa: S608 - as above


def append_entries(database: Database, writer: Writer, new_entries: Sequence[NewEntry]) -> Outcome:
    """Write these entries in one transaction: with few SQL statements where nothing is wrong with the log."""
    if database.is_sqlite and writer.seen is not None:
        done = _append_fast(database, writer, writer.seen, new_entries)
        if done is not None:
            return done
    with database.session() as session:
        return append(session, writer, new_entries)


def _append_fast(
    database: Database, writer: Writer, seen: Head, new_entries: Sequence[NewEntry]
) -> Outcome | None:
    """Append without SQLAlchemy. None, and nothing is written, where something must be repaired first."""
    with database.sqlite_write() as connection:
        *row, last, mac_at_seen = connection.execute(_STATE, (seen.seq,)).fetchone() or [None] * _STATE_WIDTH
        head = head_from(row)
        if head is None or not _is_sound(writer.keys, head, last or 0, seen, mac_at_seen):
            return None
        added, extended = extend_chain(writer.keys, head, new_entries)
        connection.executemany(_INSERT, map(_values, added))
        sealed = extended.sealed(writer.keys[0])
        connection.execute(_STORE_HEAD, [getattr(sealed, name) for name in HEAD_TYPES])
    return Outcome(sealed, count=len(added))


def _is_sound(keys: MacKeys, head: Head, last: int, seen: Head, mac_at_seen: str | None) -> bool:
    """Whether the log continues from the head that this process saw last, in today's format."""
    if head == seen:
        # This process verified or sealed exactly this head.
        return last <= head.seq
    if head_fault(keys, head, last) or head.is_first_format(keys):
        return False
    known = head.known_mac(seen.seq)
    return rollback_fault(head, seen, mac_at_seen if known is None else known) is None


def _values(stored: StoredEntry) -> tuple[object, ...]:
    one = stored.entry
    # The text that SQLAlchemy writes for this time.
    at = datetime.fromtimestamp(one.at, UTC).strftime("%Y-%m-%d %H:%M:%S.000000")
    who = (one.event, one.caller_kind, one.caller_id, one.word, one.source)
    return (one.seq, at, *who, stored.card, stored.salt, one.seal, stored.mac)


@dataclass(slots=True, eq=False)
class _Waiter:
    """A thread whose entry waits for the writer. `wake` is released when `is_leader` or `is_done` is set."""

    entry: NewEntry
    wake: threading.Lock = field(default_factory=threading.Lock)
    is_leader: bool = False
    is_done: bool = False


class GroupCommit:
    """One thread writes for all that wait; then it hands over to the first that has come since.

    Thread-safe, safe to fork. `write` must write all entries in one transaction or raise.
    """

    def __init__(self, write: Callable[[list[NewEntry]], None]) -> None:
        self._write = write
        self._reset()
        # A child process has no writer, and the parent writes what waits.
        reset = WeakMethod(self._reset)
        os.register_at_fork(after_in_child=lambda: (method := reset()) and method())

    def _reset(self) -> None:
        self._mutex = threading.Lock()
        self._has_writer = False
        self._waiters: deque[_Waiter] = deque()
        self._backlog: deque[NewEntry] = deque()
        self.lost = 0

    @property
    def backlog(self) -> int:
        """The number of entries that could not be written and wait for the next one."""
        return len(self._backlog)

    def put(self, entry: NewEntry) -> bool:
        """Write the entry, after the backlog and together with all that wait.

        Raises what `write` raises, in the thread that wrote; all entries of that batch are then in the
        backlog. False after TURN_S: the entry is then in the backlog, or is being written.
        """
        with self._mutex:
            waiter = _Waiter(entry) if self._has_writer else None
            if waiter is None:
                self._has_writer = True
            else:
                waiter.wake.acquire()
                self._waiters.append(waiter)
        if waiter is not None:
            self._wait(waiter)
            if not waiter.is_leader:
                return waiter.is_done
        self._lead(entry)
        return True

    def _wait(self, waiter: _Waiter) -> None:
        if waiter.wake.acquire(timeout=TURN_S):
            return
        with self._mutex:
            if waiter in self._waiters:
                self._waiters.remove(waiter)
                self._backlog.append(waiter.entry)
                self._trim()

    def _lead(self, entry: NewEntry) -> None:
        with self._mutex:
            followers, self._waiters = self._waiters, deque()
            batch = [*self._backlog, entry, *(one.entry for one in followers)]
            self._backlog.clear()
        try:
            self._write(batch)
        except BaseException:
            with self._mutex:
                self._backlog.extendleft(reversed(batch))
                self._trim()
            raise
        finally:
            self._hand_over(followers)

    def _hand_over(self, followers: deque[_Waiter]) -> None:
        with self._mutex:
            for one in followers:
                one.is_done = True
            leader = self._waiters.popleft() if self._waiters else None
            self._has_writer = leader is not None
            if leader is not None:
                leader.is_leader = True
                followers.appendleft(leader)
        for one in followers:
            one.wake.release()

    def _trim(self) -> None:
        while len(self._backlog) > BACKLOG:
            self._backlog.popleft()
            self.lost += 1
