"""Delivers late checks once: asks the Router, keeps its answer, and repeats it to whoever delivers again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanner import parse_payload
from scanner.errors import Refused
from validator.keys import card_hash
from validator.late.models import LateCheck
from validator.late.values import Late, Result, State, contradict, made
from validator.verdict import Card, Outcome, Reason, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from scanner import Payload
    from validator.accounts.identity import Caller
    from validator.checking.checker import Checker
    from validator.late.records import Records
    from validator.privacy.keys import CardKeys

# Nobody stands at the counter for these, but a thread is taken: what is not asked for by then is sent again.
ASKING_S = 5.0
# Of these the next card would hear the same, and a Router in trouble is asked no more than it must be.
_ENOUGH = frozenset(
    {
        Reason.ROUTER_TIMEOUT,
        Reason.ROUTER_UNREACHABLE,
        Reason.ROUTER_REFUSED,
        Reason.ROUTER_BUSY,
        Reason.TOO_MANY_CHECKS,
    }
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Takes deliveries. Thread-safe; `monotonic` gives seconds; `router` names the Router that is asked."""

    checker: Checker
    records: Records
    keys: CardKeys
    clock: Callable[[], datetime]
    monotonic: Callable[[], float]
    router: str = ""

    def deliver(self, checks: list[Late], caller: Caller) -> list[Result]:
        """What became of each, in order. No new card is asked about after ASKING_S."""
        kept = self.records.of(check.id for check in checks)
        asking = _Asking(self.checker, caller, self.monotonic)
        return [self._one(check, caller, kept, asking) for check in checks]

    def _one(self, check: Late, caller: Caller, kept: dict[UUID, LateCheck], asking: _Asking) -> Result:
        try:
            payload = parse_payload(check.input)
        except Refused:
            self.checker.limits.refused(caller)
            return Result(check.id, State.REFUSED)
        if check.id not in kept:
            now = self.clock()
            made_at = made(check.made_at, now)
            if made_at is None:
                return Result(check.id, State.EXPIRED)
            verdict = asking.about(payload)
            if verdict is None or verdict.checked_at is None:
                return Result(check.id, State.TRY_AGAIN)
            row = LateCheck(
                check_id=str(check.id),
                caller_kind=caller.kind,
                caller_id=caller.id,
                made_at=made_at,
                delivered_at=now,
                card_key=card_hash(self.keys.key(), payload.escn),
                shown_reason=check.shown,
                answer_reason=verdict.reason,
                answer_source=verdict.source,
                checked_at=verdict.checked_at,
                contradicts=contradict(check.shown, verdict.reason),
                router=self.router,
            )
            kept[check.id] = self.records.keep(row)
            if kept[check.id] is row:
                self.checker.record.keep(caller, payload, verdict, late=True)
        return self._told(check, caller, kept[check.id], payload)

    def _told(self, check: Late, caller: Caller, row: LateCheck, payload: Payload) -> Result:
        """The result from what is kept alone, so that every delivery is told the same."""
        is_theirs = (row.caller_kind, row.caller_id) == (caller.kind, caller.id)
        if not is_theirs or row.card_key not in self.keys.hashes(payload.escn):
            return Result(check.id, State.REFUSED)
        if row.router != self.router:
            # Another Router answered: the device must not remember that as this one's answer.
            return Result(check.id, State.EXPIRED)
        verdict = Verdict(
            reason=row.answer_reason,
            source=row.answer_source,
            card=Card(payload.escn.masked, payload.escn.issuer_pic),
            checked_at=row.checked_at,
            age_s=max(0, int((row.delivered_at - row.checked_at).total_seconds())),
            warnings=payload.warnings,
        )
        return Result(check.id, State.ANSWERED, verdict, row.contradicts)


class _Asking:
    """The questions of one delivery: they end with the time, or when the Router cannot be asked."""

    def __init__(self, checker: Checker, caller: Caller, monotonic: Callable[[], float]) -> None:
        self._checker = checker
        self._caller = caller
        self._monotonic = monotonic
        self._end = monotonic() + ASKING_S
        self._enough = False

    def about(self, payload: Payload) -> Verdict | None:
        """What the Router says; None where it could not be asked, or should not be any more."""
        if self._enough or self._monotonic() >= self._end:
            return None
        verdict = self._checker.ask(self._caller, payload)
        failure = verdict.reason if verdict.outcome is Outcome.COULD_NOT_CHECK else verdict.stands_in_for
        if failure is not None:
            # What stands in is what the device knew already: no answer to a late check.
            self._enough = failure in _ENOUGH
            return None
        return verdict
