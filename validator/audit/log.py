"""The audit log: every check is on record before its answer is shown, and no check waits long for it."""

from __future__ import annotations

import secrets
import sqlite3
import time
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import SQLAlchemyError

from validator.audit import entries, head_store, transactions
from validator.audit.append import GroupCommit, append_entries
from validator.audit.chain import Fault, commit_to_card, merge_adjacent
from validator.audit.entries import NewEntry
from validator.audit.head import find_faults, parse_head
from validator.audit.head_store import Continuity
from validator.audit.transactions import PurgeRange, Writer

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from scanner.escn import Escn
    from scanner.payload import Payload
    from validator.accounts.identity import Caller
    from validator.audit.chain import MacKeys
    from validator.audit.entries import NamedEntry
    from validator.audit.head import Head
    from validator.audit.head_store import Outcome
    from validator.database import Database
    from validator.verdict import Verdict

log = structlog.get_logger(__name__)
# A check waits this long for other processes, besides append.TURN_S for the writer of its own process.
WAIT_MS = 150
REPORT_EVERY_S = 60.0
# Between two batches of a purge, so that waiting checks get the lock.
PURGE_PAUSE_S = 0.01
MAX_FAULTS = 1_000
CHECK, LATE_CHECK, ALERT, PACK = "check", "late_check", "alert", "pack"
FULL_SYNC = "full_sync"


@dataclass(frozen=True, slots=True)
class Verification:
    """The head, the faults, and whether the log continues from the head that was given."""

    head: Head | None
    faults: tuple[Fault, ...]
    continuity: Continuity | None = None


class AuditLog:
    """Records checks and alerts and never raises for that. Thread-safe, safe to fork.

    `hurried` must wait for other writers WAIT_MS at most. All other methods raise what the database raises.
    """

    def __init__(  # noqa: PLR0913 - two databases, keys, clocks and the pause
        self,
        database: Database,
        hurried: Database,
        hash_card: Callable[[Escn], str],
        mac_keys: MacKeys,
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._database = database
        self._hurried = hurried
        self._hash_card = hash_card
        self._mac_keys = mac_keys
        self._clock = clock
        self._monotonic = monotonic
        self._sleep = sleep
        # The head that this process saw last: a log that does not continue from it was put back or exchanged.
        self._seen: Head | None = None
        self._commits = GroupCommit(self._write)
        self._reported_at = float("-inf")

    def keep(self, caller: Caller, payload: Payload, verdict: Verdict, *, late: bool = False) -> None:
        """Record this check. When this returns, the entry survives the end of the process."""
        salt = secrets.token_hex(16)
        card = self._hash_card(payload.escn)
        event = LATE_CHECK if late else CHECK
        answer = (str(verdict.reason), str(verdict.source))
        self._append(self._entry(caller, event, *answer, commit_to_card(salt, card), card, salt))

    def alert(self, caller: Caller, kind: str) -> None:
        """Record that this caller caused an alert of this kind (at most 32 characters)."""
        self._append(self._entry(caller, ALERT, kind))

    def pack_given(self, caller: Caller) -> None:
        """Record that this caller began to fetch the whole offline pack, or much of it."""
        self._append(self._entry(caller, PACK, FULL_SYNC))

    def healthy(self) -> bool:
        """Whether no entry waits in the backlog."""
        return not self._commits.backlog

    def intact(self) -> bool:
        """Whether no fault was ever found while writing or deleting. Reads the head only."""
        with self._hurried.session() as session:
            head = head_store.load_head(session)
        return head is not None and not head.incidents

    def purge(self, before: datetime) -> int:
        """Verify and delete entries older than `before`, oldest first; returns their number.

        Works in small batches: others write between them.
        """
        old, writer, count = PurgeRange(before, self._clock()), self._writer(), 0
        while True:
            with self._database.session() as session:
                done = transactions.purge(session, replace(writer, seen=self._seen), old)
            self._remember(done)
            count += done.count
            if done.count < transactions.PURGE_BATCH:
                return count
            self._sleep(PURGE_PAUSE_S)

    def erase(self, cards: set[str]) -> int:
        """Remove these cards from their entries, which stay; returns the number of entries."""
        with self._database.session() as session:
            done = transactions.erase(session, self._writer(), cards)
        self._remember(done)
        return done.count

    def verify(self, noted_head: str | None = None) -> Verification:
        """Verify the whole log, and whether it continues from a noted head (ValueError: it is none).

        Adjacent faults of one kind are merged; at most MAX_FAULTS are returned.
        """
        noted = None if noted_head is None else parse_head(noted_head)
        with self._hurried.snapshot() as session:
            head = head_store.load_head(session)
            stored, incidents = entries.stored_entries(session), head_store.load_incidents(session)
            found = find_faults(self._mac_keys, head, stored, incidents)
            faults = list(islice(merge_adjacent(found), MAX_FAULTS))
            if head is None or noted is None:
                return Verification(head, tuple(faults))
            continuity = head_store.continuity(session, head, noted)
            if continuity is Continuity.DIFFERS:
                faults.append(Fault(noted.seq, "not the entry that was here when this head was noted"))
            return Verification(head, tuple(faults), continuity)

    def latest(self, count: int, event: str | None = None) -> list[NamedEntry]:
        """The newest entries, the newest first."""
        with self._hurried.session() as session:
            return entries.latest_entries(session, count, event)

    def _entry(self, caller: Caller, event: str, word: str, source: str = "", *card: str) -> NewEntry:
        return NewEntry(self._now(), event, caller.kind.value, caller.id, word, source, *card)

    def _now(self) -> int:
        return int(self._clock().timestamp())

    def _writer(self) -> Writer:
        return Writer(self._mac_keys, self._now(), self._seen)

    def _remember(self, done: Outcome) -> None:
        """Keep the committed head as the last one seen, and log incidents."""
        self._seen = done.head
        for one in done.incidents:
            log.error("check_log_incident", first=one.first, last=one.last)

    def _append(self, entry: NewEntry) -> None:
        try:
            is_written = self._commits.put(entry)
        except (SQLAlchemyError, sqlite3.Error, OverflowError) as error:
            # OverflowError: the end of the log has a number that is too large for the database.
            self._report(type(error).__name__)
        else:
            if not is_written:
                self._report("busy")

    def _write(self, new_entries: list[NewEntry]) -> None:
        self._remember(append_entries(self._hurried, self._writer(), new_entries))

    def _report(self, kind: str) -> None:
        if self._monotonic() - self._reported_at >= REPORT_EVERY_S:
            self._reported_at = self._monotonic()
            log.warning(
                "checks_not_on_record", kind=kind, waiting=self._commits.backlog, lost=self._commits.lost
            )
