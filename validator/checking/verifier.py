"""Verifier: the one place where verdicts about cards are made."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import structlog

from offline_cache import CacheStatus, Failed, Fetched, Missing
from offline_cache.policy import good_until
from validator.checking.remembered import IN_STEP, from_body, reason_of, to_entry
from validator.keys import card_hash
from validator.router.answers import KnownCard, RouterFailure, UnknownCard
from validator.verdict import Card, Reason, Source, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from offline_cache import Entry, Found, Lifetimes, OfflineCache
    from scanner.escn import Escn
    from scanner.payload import Payload
    from validator.router.answers import Proof
    from validator.router.clock_skew import ClockOffset

log = structlog.get_logger(__name__)

STALE = "stale"
CLOCK_HINT = "set this server's clock by NTP"
DAY_UNKNOWN = RouterFailure(
    Reason.ROUTER_ANSWER_UNUSABLE, "our clock and the Router’s do not agree whether the last day is over"
)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What is known of a card. `router_ms` is set if the Router was asked for it now."""

    content: KnownCard | UnknownCard
    reason: Reason
    router_ms: int | None = None


@dataclass(frozen=True, slots=True)
class _NoAnswer:
    """Why the Router gave no answer, and how long it took."""

    failure: RouterFailure
    router_ms: int


@dataclass(frozen=True, slots=True)
class Verifier:
    """Asks the cache, then the proof, and makes the verdict. Thread-safe if its parts are.

    `keys` returns the current key of the card hashes, then earlier ones under which entries may still exist.
    `on_answer` is called with each answer of the proof, for the offline pack: the number is known only then.
    It must neither block nor raise. `clock_offset` is how far `clock` is ahead of the Router's time.
    """

    proof: Proof
    answers: OfflineCache
    lifetimes: Lifetimes
    keys: Callable[[], tuple[bytes, ...]]
    zone: ZoneInfo
    clock: Callable[[], datetime]
    on_answer: Callable[[Escn, KnownCard | UnknownCard, Reason, Entry], None] | None = None
    clock_offset: Callable[[], ClockOffset] = lambda: IN_STEP
    monotonic: Callable[[], float] = time.monotonic

    def verify(self, payload: Payload) -> Verdict:
        """The verdict for this card; never raises for what the Router or the network does."""
        key, *earlier = (card_hash(each, payload.escn) for each in self.keys())
        ask = partial(self._ask, payload.escn, key)
        found = self.answers.get_or_fetch(key, ask, self._decode, earlier)
        return self._failed(payload, found) if isinstance(found, Missing) else self._verdict(payload, found)

    def _ask(self, escn: Escn, key: str) -> Fetched[_Answer] | Failed:
        # The time of the request, not of the answer: a change during the request must not look older.
        asked_at, began = self.clock(), self.monotonic()
        answer = self.proof.status(escn)
        router_ms = max(0, round(1000 * (self.monotonic() - began)))
        if isinstance(answer, RouterFailure):
            return Failed(_NoAnswer(answer, router_ms))
        offset = self.clock_offset()
        reasons = {reason_of(answer, day) for day in offset.possible_days(asked_at, self.zone)}
        if len(reasons) > 1:
            log.warning("card_day_unknown", why=DAY_UNKNOWN.detail, hint=CLOCK_HINT)
            return Failed(_NoAnswer(DAY_UNKNOWN, router_ms))
        reason = reasons.pop()
        entry = to_entry(key, answer, asked_at, self.zone, offset)
        if self.on_answer is not None:
            self.on_answer(escn, answer, reason, entry)
        return Fetched(entry, _Answer(answer, reason, router_ms))

    def _decode(self, entry: Entry) -> _Answer | None:
        """The remembered answer; None if today's reason is uncertain or contradicts the entry's validity."""
        content = from_body(entry.body)
        days = self.clock_offset().possible_days(self.clock(), self.zone)
        reasons = {reason_of(content, day) for day in days}
        if len(reasons) > 1 or (Reason.ACTIVE in reasons) != entry.valid:
            return None
        return _Answer(content, reasons.pop())

    def _verdict(self, payload: Payload, found: Found[_Answer]) -> Verdict:
        is_live = found.status is CacheStatus.FETCHED
        no_answer = found.failure if isinstance(found.failure, _NoAnswer) else None
        checked_at = found.entry.checked_at
        return Verdict(
            reason=found.value.reason,
            source=Source.ROUTER if is_live else Source.CACHE,
            card=_card(payload.escn, found.value.content),
            checked_at=datetime.fromtimestamp(checked_at, UTC),
            age_s=max(0, int(self.clock().timestamp() - checked_at)),
            good_until=datetime.fromtimestamp(good_until(found.entry, self.lifetimes), UTC),
            stands_in_for=no_answer.failure.reason if no_answer else None,
            warnings=(*payload.warnings, STALE) if no_answer else payload.warnings,
            router_ms=no_answer.router_ms if no_answer else found.value.router_ms,
        )

    def _failed(self, payload: Payload, missing: Missing) -> Verdict:
        assert isinstance(missing.failure, _NoAnswer)  # noqa: S101 - `_ask` gives no other
        return Verdict(
            missing.failure.failure.reason,
            Source.ROUTER,
            Card(payload.escn.masked, payload.escn.issuer_pic),
            warnings=payload.warnings,
            router_ms=missing.failure.router_ms,
        )


def _card(escn: Escn, answer: KnownCard | UnknownCard) -> Card:
    if isinstance(answer, UnknownCard):
        return Card(escn.masked, escn.issuer_pic)
    return Card(
        number=escn.masked,
        issuer_pic=answer.issuer_pic or escn.issuer_pic,
        issuer_name=answer.issuer_name,
        issued_at=answer.issued_at,
        expires_at=answer.expires_at,
        academic_level=answer.academic_level,
        card_type=answer.card_type,
        display_name=answer.display_name,
    )
