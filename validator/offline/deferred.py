"""Deferred checks: a device made them without a network and delivers them later.

Each is answered once by the Router. The answer is kept, and every later delivery of the same check gets it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from scanner import parse_payload
from scanner.errors import Refused
from validator.keys import Purpose, base64url, derive
from validator.offline.deferred_records import DeferredCheckRow
from validator.verdict import Card, Outcome, Reason, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from scanner import Payload
    from scanner.escn import Escn
    from validator.accounts.identity import Caller
    from validator.checking.checker import Checker
    from validator.offline.deferred_records import DeferredRecords

# An older check is not asked about: the answer says nothing about what was shown so long ago.
MAX_AGE = timedelta(days=1)
# A delivery occupies a thread for this long at most; the device sends the remaining checks again.
TIME_LIMIT_S = 5.0
# After these the next card would get the same answer, and a Router in trouble must not get more calls.
_ENDS_DELIVERY = frozenset(
    {
        Reason.ROUTER_TIMEOUT,
        Reason.ROUTER_UNREACHABLE,
        Reason.ROUTER_REFUSED,
        Reason.ROUTER_BUSY,
        Reason.TOO_MANY_CHECKS,
    }
)
_KEY_ID_BYTES = 12


class DeferredState(StrEnum):
    """The state of a deferred check after its delivery. All but TRY_AGAIN are final."""

    ANSWERED = "answered"  # the Router's answer is kept
    EXPIRED = "expired"  # older than MAX_AGE, or answered by another Router than the one asked now
    TRY_AGAIN = "try_again"  # the Router could not be asked now; nothing is kept
    REFUSED = "refused"  # no card number, or the id belongs to another check


@dataclass(frozen=True, slots=True)
class DeferredCheck:
    """A check made without a network. The device chose `id` once; `shown` is the reason it displayed."""

    id: UUID
    input: str
    made_at: datetime
    shown: Reason


@dataclass(frozen=True, slots=True)
class DeferredResult:
    """The result of one check; `contradicts` where the answer is the opposite of what was shown."""

    id: UUID
    state: DeferredState
    verdict: Verdict | None = None
    contradicts: bool = False


@dataclass(frozen=True, slots=True)
class QueueKey:
    """32 bytes for AES-256-GCM. `id` identifies the key and reveals neither the key nor the account."""

    id: str
    key: bytes = field(repr=False)


class CardHashes(Protocol):
    """Keyed hashes of card numbers."""

    def hash(self, escn: Escn) -> str:
        """The hash under the current key."""
        ...

    def hashes(self, escn: Escn) -> set[str]:
        """The hashes under all keys that are still kept."""
        ...


def queue_key(secret: str, caller: Caller) -> QueueKey:
    """The key under which the browsers of this account encrypt the checks that wait there.

    A kiosk has the key of the person who locked it. A browser deletes the key at the end of a session and
    gets it again when the same person signs in.
    """
    key = derive(secret, Purpose.DEFERRED_CHECKS, caller.account)
    return QueueKey(base64url(hashlib.sha256(b"name of " + key).digest()[:_KEY_ID_BYTES]), key)


def contradicts(shown: Reason, answered: Reason) -> bool:
    """Whether a VALID became a NOT VALID or the reverse. COULD NOT CHECK contradicts nothing."""
    return {shown.outcome, answered.outcome} == {Outcome.VALID, Outcome.NOT_VALID}


def clamp_to_server_time(made_at: datetime, now: datetime) -> datetime | None:
    """The time of the check, not later than `now`; None where it is older than MAX_AGE.

    A device whose clock is ahead loses the exact time, not the check.
    """
    return None if now - made_at > MAX_AGE else min(made_at, now)


@dataclass(frozen=True, slots=True)
class DeferredChecks:
    """Accepts deliveries. Thread-safe; `monotonic` gives seconds; `router` identifies the Router in use."""

    checker: Checker
    records: DeferredRecords
    card_hashes: CardHashes
    clock: Callable[[], datetime]
    monotonic: Callable[[], float]
    router: str = ""

    def deliver(self, checks: list[DeferredCheck], caller: Caller) -> list[DeferredResult]:
        """The result of each check, in order. No new card is asked about after TIME_LIMIT_S."""
        known = self.records.find(check.id for check in checks)
        delivery = _Delivery(self.checker, caller, self.monotonic)
        return [self._deliver_one(check, known, delivery) for check in checks]

    def _deliver_one(
        self, check: DeferredCheck, known: dict[UUID, DeferredCheckRow], delivery: _Delivery
    ) -> DeferredResult:
        try:
            payload = parse_payload(check.input)
        except Refused:
            self.checker.limits.after_bad_input(delivery.caller)
            return DeferredResult(check.id, DeferredState.REFUSED)
        if check.id not in known:
            now = self.clock()
            made_at = clamp_to_server_time(check.made_at, now)
            if made_at is None:
                return DeferredResult(check.id, DeferredState.EXPIRED)
            verdict = delivery.ask(payload)
            if verdict is None or verdict.checked_at is None:
                return DeferredResult(check.id, DeferredState.TRY_AGAIN)
            row = DeferredCheckRow(
                check_id=str(check.id),
                caller_kind=delivery.caller.kind,
                caller_id=delivery.caller.id,
                made_at=made_at,
                delivered_at=now,
                card_key=self.card_hashes.hash(payload.escn),
                shown_reason=check.shown,
                answer_reason=verdict.reason,
                answer_source=verdict.source,
                checked_at=verdict.checked_at,
                contradicts=contradicts(check.shown, verdict.reason),
                router=self.router,
            )
            known[check.id] = self.records.add(row)
            if known[check.id] is row:
                self.checker.record.keep(delivery.caller, payload, verdict, late=True)
        return self._result(check, delivery.caller, known[check.id], payload)

    def _result(
        self, check: DeferredCheck, caller: Caller, row: DeferredCheckRow, payload: Payload
    ) -> DeferredResult:
        """The result from the stored row alone, so that every delivery gets the same one."""
        is_theirs = (row.caller_kind, row.caller_id) == (caller.kind, caller.id)
        if not is_theirs or row.card_key not in self.card_hashes.hashes(payload.escn):
            return DeferredResult(check.id, DeferredState.REFUSED)
        if row.router != self.router:
            # The device must not store another Router's answer as an answer of this one.
            return DeferredResult(check.id, DeferredState.EXPIRED)
        verdict = Verdict(
            reason=row.answer_reason,
            source=row.answer_source,
            card=Card(payload.escn.masked, payload.escn.issuer_pic),
            checked_at=row.checked_at,
            age_s=max(0, int((row.delivered_at - row.checked_at).total_seconds())),
            warnings=payload.warnings,
        )
        return DeferredResult(check.id, DeferredState.ANSWERED, verdict, row.contradicts)


class _Delivery:
    """The Router calls of one delivery. They end after TIME_LIMIT_S, or when the Router cannot be asked."""

    def __init__(self, checker: Checker, caller: Caller, monotonic: Callable[[], float]) -> None:
        self.caller = caller
        self._checker = checker
        self._monotonic = monotonic
        self._end = monotonic() + TIME_LIMIT_S
        self._has_ended = False

    def ask(self, payload: Payload) -> Verdict | None:
        """The Router's answer; None where it could not be asked, or must not be asked any more."""
        if self._has_ended or self._monotonic() >= self._end:
            return None
        verdict = self._checker.ask(self.caller, payload)
        failure = verdict.reason if verdict.outcome is Outcome.COULD_NOT_CHECK else verdict.stands_in_for
        if failure is not None:
            # A remembered answer after a failure is what the device knew already: no answer to its check.
            self._has_ended = failure in _ENDS_DELIVERY
            return None
        return verdict
