"""The check log: every check on the record before its answer is shown, and nobody kept waiting for it."""

from __future__ import annotations

import secrets
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import SQLAlchemyError

from validator.checks import chain, rows
from validator.checks.chain import Entry
from validator.checks.reading import latest
from validator.checks.rows import Draft
from validator.verification import card_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from scanner.payload import Payload
    from validator.accounts.caller import Caller
    from validator.checks.chain import Fault, Head, Keys
    from validator.checks.reading import Told
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
CHECK, LATE_CHECK, ALERT, PACK = "check", "late_check", "alert", "pack"
FULL_SYNC = "full_sync"


@dataclass(frozen=True, slots=True)
class Verified:
    """Where the log stands, and what is wrong with it."""

    head: Head | None
    faults: tuple[Fault, ...]


class CheckLog:
    """Keeps checks and alerts without ever raising. Thread-safe, safe to fork.

    `database` must wait for other writers WAIT_MS at most. All else raises what the database raises.
    """

    def __init__(
        self,
        database: Database,
        card_keys: CardKeys,
        chain_keys: Keys,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self._database = database
        self._card_keys = card_keys
        self._chain_keys = chain_keys
        self._clock = clock
        self._monotonic = monotonic
        self._turn = threading.Lock()
        self._line = threading.Lock()
        self._waiting: deque[Draft] = deque()
        self._lost = 0
        self._told_at = float("-inf")

    def keep(self, caller: Caller, payload: Payload, verdict: Verdict, *, late: bool = False) -> None:
        """Put this check on the record; when this returns it outlives the process."""
        salt = secrets.token_hex(16)
        card = card_key(self._card_keys.key(), payload.escn)
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

    def purge(self, before: datetime) -> int:
        """Delete the oldest entries, up to the first of after this; tell how many."""
        with self._database.session() as session:
            return rows.purge(session, self._chain_keys, before, self._clock())

    def verify(self, head: str | None = None) -> Verified:
        """Look through the whole log, and for the entry that an earlier head names."""
        with self._database.snapshot() as session:
            found = rows.head_of(session)
            faults = list(chain.faults(self._chain_keys, found, rows.kept(session)))
            if found is not None and head is not None and (fault := rows.missing(session, found, head)):
                faults.append(fault)
            return Verified(found, tuple(faults))

    def latest(self, count: int, event: str | None = None) -> list[Told]:
        """The newest entries, the newest first."""
        with self._database.session() as session:
            return latest(session, count, event)

    def _entry(self, caller: Caller, event: str, word: str, source: str, seal: str) -> Entry:
        at = int(self._clock().timestamp())
        return Entry(0, at, event, caller.kind.value, caller.id, str(word), str(source), seal)

    def _put(self, draft: Draft) -> None:
        """Write it, after what is waiting; leave it waiting where it cannot be written now."""
        self._wait_in_line(draft)
        if not self._turn.acquire(timeout=TURN_S):
            self._tell("busy")
            return
        try:
            self._write()
        except SQLAlchemyError as error:
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
                rows.append(session, self._chain_keys, list(drafts))
        except BaseException:
            with self._line:
                self._waiting.extendleft(reversed(drafts))
            raise

    def _tell(self, kind: str) -> None:
        if self._monotonic() - self._told_at >= TELL_EVERY_S:
            self._told_at = self._monotonic()
            log.warning("checks_not_on_record", kind=kind, waiting=len(self._waiting), lost=self._lost)
