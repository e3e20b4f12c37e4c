"""A verifier with its own cache, a clock that the test sets, and a fake Router."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from offline_cache import Entry, Lifetimes, MemoryTier, OfflineCache, SqliteStore
from scanner import parse_payload
from tests.support.cards import ANNA
from validator.checking.verifier import Verifier
from validator.keys import Purpose, card_hash, derive
from validator.router.answers import CardStatus, KnownCard, RouterAnswer, RouterFailure
from validator.router.clock_skew import ClockOffset
from validator.verdict import Reason

if TYPE_CHECKING:
    from pathlib import Path

    from scanner.escn import Escn
    from validator.verdict import Verdict

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LIFETIMES = Lifetimes(fresh_s=60, stale_s=7 * 86_400, fresh_not_valid_s=30, stale_not_valid_s=86_400)
ACTIVE = KnownCard(
    CardStatus.ACTIVE,
    date(2027, 9, 30),
    issuer_name="Université de Saint-Valentin",
    display_name="Anna Example",
)
DOWN = RouterFailure(Reason.ROUTER_UNREACHABLE, "refused")


class Router:
    """A proof that returns the answer the test sets, and counts the calls."""

    def __init__(self) -> None:
        self.answer: RouterAnswer = ACTIVE
        self.asked = 0

    def status(self, _escn: Escn) -> RouterAnswer:
        self.asked += 1
        return self.answer


class Site:
    """One verifier with its own cache, clock and fake Router."""

    def __init__(self, folder: Path) -> None:
        self.now = NOON
        self.ahead = ClockOffset()
        self.router = Router()
        store = SqliteStore(folder / "answers.sqlite")
        self.answers = OfflineCache(MemoryTier(), store, LIFETIMES, self.time)
        self.verifier = Verifier(
            proof=self.router,
            answers=self.answers,
            lifetimes=LIFETIMES,
            keys=lambda: (derive("a secret", Purpose.CARD_HASHES),),
            zone=ZoneInfo("Europe/Brussels"),
            clock=lambda: self.now,
            clock_offset=lambda: self.ahead,
        )

    def time(self) -> float:
        return self.now.timestamp()

    def check(self, number: str = ANNA) -> Verdict:
        return self.verifier.verify(parse_payload(number))

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)

    def key(self, number: str = ANNA) -> str:
        """Under which the cache keeps this card."""
        return card_hash(self.verifier.keys()[0], parse_payload(number).escn)

    def entry(self) -> Entry:
        """What the cache keeps of Anna's card."""
        entry = self.answers.get(self.key())
        assert entry is not None
        return entry
