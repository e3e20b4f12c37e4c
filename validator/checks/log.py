"""The check log: every check on the record before its answer is shown, and nobody kept waiting for it."""

from __future__ import annotations

import secrets
import threading
import time
from collections import deque
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import SQLAlchemyError

from validator.checks import chain, rows, sealed, writing
from validator.checks import head as heads
from validator.checks.chain import Entry, Fault, grouped
from validator.checks.head import Since
from validator.checks.reading import latest
from validator.checks.rows import Draft
from validator.checks.writing import Writer
from validator.keys import card_hash

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from scanner.payload import Payload
    from validator.accounts.caller import Caller
    from validator.checks.chain import Keys
    from validator.checks.head import Written
    from validator.checks.reading import Told
    from validator.checks.sealed import Head
    from validator.database import Database
    from validator.privacy.keys import CardKeys
    from validator.verdict import Verdict

log = structlog.get_logger(__name__)
# Together the longest that the record keeps a person at a counter waiting: for this process's other threads,
# and for other processes.
TURN_S = 0.1
WAIT_MS = 150
# What could not be written waits here for the next check; beyond it the oldest are lost, and that is told.
BACKLOG = 1_000
TELL_EVERY_S = 60.0
# Between two batches of a purge, so that checks that wait for the lock get it.
PAUSE_S = 0.01
MOST_FAULTS = 1_000
CHECK, LATE_CHECK, ALERT, PACK = "check", "late_check", "alert", "pack"
FULL_SYNC = "full_sync"


@dataclass(frozen=True, slots=True)
class Verified:
    """Where the log stands, what is wrong with it, and whether it goes on from the head that was given."""

    head: Head | None
    faults: tuple[Fault, ...]
    since: Since | None = None


class CheckLog:
    """Keeps checks and alerts without ever raising. Thread-safe, safe to fork.

    `hurried` must wait for other writers WAIT_MS at most. All else raises what the database raises.
    """

    def __init__(  # noqa: PLR0913 - two databases, two kinds of keys, clocks and the pause
        self,
        database: Database,
        hurried: Database,
        card_keys: CardKeys,
        chain_keys: Keys,
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._patient = database
        self._database = hurried
        self._card_keys = card_keys
        self._chain_keys = chain_keys
        self._clock = clock
        self._monotonic = monotonic
        self._sleep = sleep
        # The head that this process saw last: a log that does not go on from it was put back or exchanged.
        self._seen: Head | None = None
        self._turn = threading.Lock()
        self._line = threading.Lock()
        self._waiting: deque[Draft] = deque()
        self._lost = 0
        self._told_at = float("-inf")

    def keep(self, caller: Caller, payload: Payload, verdict: Verdict, *, late: bool = False) -> None:
        """Put this check on the record; when this returns it outlives the process."""
        salt = secrets.token_hex(16)
        card = card_hash(self._card_keys.key(), payload.escn)
        event = LATE_CHECK if late else CHECK
        entry = self._entry(caller, event, verdict.reason, verdict.source, chain.seal(salt, card))
        self._put(Draft(entry, card, salt))

    def alert(self, caller: Caller, kind: str) -> None:
        """Put on the record that this caller gave cause for an alert of this kind (at most 32 characters)."""
        self._put(Draft(self._entry(caller, ALERT, kind, "", "")))

    def pack_given(self, caller: Caller) -> None:
        """Put on the record that this caller began to fetch the whole offline pack, or much of it."""
        self._put(Draft(self._entry(caller, PACK, FULL_SYNC, "", "")))

    def healthy(self) -> bool:
        """Whether all there is to keep has been written and nothing was lost since the last success."""
        return not self._waiting

    def intact(self) -> bool:
        """Whether no fault was ever found in the log while writing or deleting; looks at its head only."""
        with self._database.session() as session:
            head = heads.read(session)
        return head is not None and not head.incidents

    def purge(self, before: datetime) -> int:
        """Verify and delete the oldest entries, up to the first of after this; tell how many.

        Goes in small steps: others write between them.
        """
        ends, writer, count = writing.Ends(before, self._clock()), self._writer(), 0
        while True:
            with self._patient.session() as session:
                done = writing.purge(session, replace(writer, seen=self._seen), ends)
            self._saw(done)
            count += done.count
            if done.count < writing.BATCH:
                return count
            self._sleep(PAUSE_S)

    def erase(self, cards: set[str]) -> int:
        """Take these cards out of their entries, which stay; tell of how many."""
        with self._patient.session() as session:
            done = writing.erase(session, self._writer(), cards)
        self._saw(done)
        return done.count

    def verify(self, head: str | None = None) -> Verified:
        """Look through the whole log, and for the entry that an earlier head names (ValueError: it is none).

        Neighbouring faults of one kind are put together; MOST_FAULTS at most are given.
        """
        noted = None if head is None else heads.noted(head)
        with self._database.snapshot() as session:
            found = heads.read(session)
            everything = sealed.faults(self._chain_keys, found, rows.kept(session), heads.incidents(session))
            faults = list(islice(grouped(everything), MOST_FAULTS))
            since = None if found is None or noted is None else heads.since(session, found, noted)
            if noted is not None and since is Since.DIFFERS:
                faults.append(Fault(noted.seq, "not the entry that was here when this head was noted"))
            return Verified(found, tuple(faults), since)

    def latest(self, count: int, event: str | None = None) -> list[Told]:
        """The newest entries, the newest first."""
        with self._database.session() as session:
            return latest(session, count, event)

    def _entry(self, caller: Caller, event: str, word: str, source: str, seal: str) -> Entry:
        return Entry(0, self._now(), event, caller.kind.value, caller.id, str(word), str(source), seal)

    def _now(self) -> int:
        return int(self._clock().timestamp())

    def _writer(self) -> Writer:
        return Writer(self._chain_keys, self._now(), self._seen)

    def _saw(self, done: Written) -> None:
        """Remember where the log stands, once that is committed; incidents are for the server's log, too."""
        self._seen = done.head
        for one in done.incidents:
            log.error("check_log_incident", first=one.first, last=one.last)

    def _put(self, draft: Draft) -> None:
        """Write it, after what is waiting; leave it waiting where it cannot be written now."""
        self._wait_in_line(draft)
        if not self._turn.acquire(timeout=TURN_S):
            self._tell("busy")
            return
        try:
            self._write()
        except (SQLAlchemyError, OverflowError) as error:
            # A number too large for the database: somebody wrote one to the end of the log.
            self._tell(type(error).__name__)
        finally:
            self._turn.release()

    def _wait_in_line(self, draft: Draft) -> None:
        with self._line:
            self._waiting.append(draft)
            while len(self._waiting) > BACKLOG:
                self._waiting.popleft()
                self._lost += 1

    def _write(self) -> None:
        """Write all that waits; it may be that another thread has written it along with its own."""
        with self._line:
            drafts, self._waiting = self._waiting, deque()
        if not drafts:
            return
        try:
            with self._database.session() as session:
                done = writing.append(session, self._writer(), list(drafts))
        except BaseException:
            with self._line:
                self._waiting.extendleft(reversed(drafts))
            raise
        self._saw(done)

    def _tell(self, kind: str) -> None:
        if self._monotonic() - self._told_at >= TELL_EVERY_S:
            self._told_at = self._monotonic()
            log.warning("checks_not_on_record", kind=kind, waiting=len(self._waiting), lost=self._lost)
