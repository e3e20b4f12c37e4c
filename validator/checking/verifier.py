"""verify(): the one place where a verdict is made."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from offline_cache import Failed, Fetched, Found, How
from offline_cache.policy import good_until
from validator.checking.remembered import IN_STEP, NotRemembered, from_body, reason_of, to_entry
from validator.keys import card_hash
from validator.router.answers import KnownCard, RouterFailure, UnknownCard
from validator.verdict import Card, Reason, Source, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from offline_cache import Entry, OfflineCache, Windows
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
_ASKED = frozenset({How.FETCHED, How.STOOD_IN})


class AnotherDayError(Exception):
    """An answer was kept under another day than it is now, or it is not certain which day it is."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """Asks the memory, then the proof; turns what they say into a verdict. Thread-safe if its parts are.

    `keys` gives the key of now and then the earlier ones under which something may still be remembered.
    `on_answer` is called with each answer of the proof, for the offline pack: the number is known only then.
    It must neither wait nor raise. `clock_offset` tells how far `clock` is ahead of the Router's time.
    """

    proof: Proof
    answers: OfflineCache
    windows: Windows
    keys: Callable[[], tuple[bytes, ...]]
    zone: ZoneInfo
    clock: Callable[[], datetime]
    on_answer: Callable[[Escn, KnownCard | UnknownCard, Reason, Entry], None] | None = None
    clock_offset: Callable[[], ClockOffset] = lambda: IN_STEP
    monotonic: Callable[[], float] = time.monotonic

    def verify(self, payload: Payload) -> Verdict:
        """The verdict for this card: never raises for what the Router or the network does."""
        key, *earlier = (card_hash(each, payload.escn) for each in self.keys())
        call = _Call(self, payload.escn, key)
        began = self.monotonic()
        found = self.answers.get_or_fetch(key, call, earlier)
        if isinstance(found, Found):
            if found.how in _ASKED:
                # Whoever joined the call of another waited for the Router, too.
                call.waited(began)
            try:
                return self._remembered(payload, found, call)
            except NotRemembered:
                for each in (key, *earlier):
                    self.answers.forget(each)
                return self._verify_anew(payload, call)
            except AnotherDayError:
                if found.how in _ASKED:
                    return self._failed(payload, found.failure or DAY_UNKNOWN, call)
                return self._verify_anew(payload, call)
        call.waited(began)
        return self._failed(payload, found.failure, call)

    def _verify_anew(self, payload: Payload, call: _Call) -> Verdict:
        """Ask past a memory that cannot be used."""
        answer = call()
        if isinstance(answer, Failed):
            return self._failed(payload, answer.why, call)
        try:
            return self._remembered(payload, Found(answer.entry, How.FETCHED, None), call)
        except AnotherDayError:
            return self._failed(payload, DAY_UNKNOWN, call)

    def _failed(self, payload: Payload, failure: object, call: _Call) -> Verdict:
        reason = failure.reason if isinstance(failure, RouterFailure) else Reason.ROUTER_ERROR
        return Verdict(
            reason,
            Source.ROUTER,
            Card(payload.escn.masked, payload.escn.issuer_pic),
            warnings=payload.warnings,
            router_ms=call.router_ms,
        )

    def _remembered(self, payload: Payload, found: Found, call: _Call) -> Verdict:
        answer = from_body(found.entry.body)
        now, checked_at = self.clock(), datetime.fromtimestamp(found.entry.checked_at, UTC)
        stood_in = found.how is How.STOOD_IN
        failure = found.failure if isinstance(found.failure, RouterFailure) else None
        return Verdict(
            # What the Router said just now holds for the day on which it was asked.
            reason=self._reason(answer, found.entry, checked_at if found.how is How.FETCHED else now),
            source=Source.ROUTER if found.how is How.FETCHED else Source.CACHE,
            card=_card(payload.escn, answer, call.display_name),
            checked_at=checked_at,
            age_s=max(0, int(now.timestamp() - found.entry.checked_at)),
            good_until=datetime.fromtimestamp(good_until(found.entry, self.windows), UTC),
            stands_in_for=failure.reason if failure else None,
            warnings=(*payload.warnings, STALE) if stood_in else payload.warnings,
            router_ms=call.router_ms if found.how in _ASKED else None,
        )

    def _reason(self, answer: KnownCard | UnknownCard, entry: Entry, at: datetime) -> Reason:
        """The reason on the day of `at`; AnotherDayError where it is not certain or not as kept."""
        reasons = {reason_of(answer, day) for day in self.clock_offset().possible_days(at, self.zone)}
        if len(reasons) > 1 or (Reason.ACTIVE in reasons) != entry.valid:
            raise AnotherDayError
        return reasons.pop()


class _Call:
    """One question to the proof; keeps the display name beside the entry: names are never remembered."""

    def __init__(self, verifier: Verifier, escn: Escn, key: str) -> None:
        self._verifier = verifier
        self._escn = escn
        self._key = key
        self.display_name: str | None = None
        self.router_ms: int | None = None

    def __call__(self) -> Fetched | Failed:
        # The time of asking, not of the answer: what changes while the Router thinks must not look older.
        asked_at, began = self._verifier.clock(), self._verifier.monotonic()
        answer = self._verifier.proof.status(self._escn)
        self.waited(began)
        if isinstance(answer, RouterFailure):
            return Failed(answer)
        if isinstance(answer, KnownCard):
            self.display_name = answer.display_name
        zone, ahead = self._verifier.zone, self._verifier.clock_offset()
        reasons = {reason_of(answer, day) for day in ahead.possible_days(asked_at, zone)}
        if len(reasons) > 1:
            log.warning("card_day_unknown", why=DAY_UNKNOWN.detail, hint=CLOCK_HINT)
            return Failed(DAY_UNKNOWN)
        entry = to_entry(self._key, answer, asked_at, zone, ahead)
        if self._verifier.on_answer is not None:
            self._verifier.on_answer(self._escn, answer, reasons.pop(), entry)
        return Fetched(entry)

    def waited(self, began: float) -> None:
        """Note how long the Router took, unless the call itself did."""
        if self.router_ms is None:
            self.router_ms = max(0, round(1000 * (self._verifier.monotonic() - began)))


def _card(escn: Escn, answer: KnownCard | UnknownCard, display_name: str | None) -> Card:
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
        display_name=display_name,
    )
