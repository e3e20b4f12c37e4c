"""Honest people, guessers and the numbers they bring; one caller's way through them on its own clock."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from scanner.escn import Escn
from validator.rate_limiting.fingerprints import OFFICIAL_ORIGIN, TICKS_PER_S, TRUE_ORIGIN, fingerprint
from validator.rate_limiting.rules import (
    Alert,
    Answer,
    Decision,
    after_answer,
    after_bad_input,
    allow,
    initial,
)
from validator.rate_limiting.thresholds import Thresholds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from validator.rate_limiting.fingerprints import Fingerprints
    from validator.rate_limiting.state import GuessState

THRESHOLDS = Thresholds()
NOON = 1_795_521_600.0  # 2026-11-24 12:00 UTC
FINGERPRINTS_KEY = b"prints of a test"
PAVIA = int("001999893752", 16)


def draws(seed: int) -> random.Random:
    """Chance that is the same each time."""
    return random.Random(seed)  # noqa: S311 - no secrets here


def number(time: int, sequence: int, node: int = PAVIA) -> Escn:
    """The number of these parts."""
    high = (time >> 48) & 0x0FFF | 0x1000
    fields = (time & 0xFFFFFFFF, (time >> 32) & 0xFFFF, high, (sequence >> 8) | 0x80, sequence & 0xFF, node)
    return Escn(str(UUID(fields=fields)))


def issued(draw: random.Random, at: float | None = None, node: int = PAVIA) -> Escn:
    """A number as the official generators make it, at this time or some time in ten years."""
    made = draw.uniform(1_500_000_000, NOON - 86_400) if at is None else at
    return number(int(made * 1_000) * 10_000 + OFFICIAL_ORIGIN, draw.randrange(1 << 14), node)


def batch(draw: random.Random, size: int) -> list[Escn]:
    """The numbers of a class, made in one go, in the order in which they come to the till."""
    at = draw.uniform(1_500_000_000, NOON - 86_400)
    made = [issued(draw, at + place // 10 / 1_000) for place in range(size)]
    return draw.sample(made, size)


def true_version_1(at: float, sequence: int, node: int = PAVIA) -> Escn:
    """A number of a plain UUID generator."""
    return number(int(at * TICKS_PER_S) + TRUE_ORIGIN, sequence, node)


def issuer(draw: random.Random) -> int:
    """Some issuer's node."""
    return int(f"{draw.randrange(1_000):03d}9{draw.randrange(10**8):08d}", 16)


@dataclass
class Walk:
    """One caller on a clock of their own: which checks were allowed, and when managers had an alert."""

    now: float = NOON
    thresholds: Thresholds = THRESHOLDS
    state: GuessState | None = None
    asked: int = 0
    held: int = 0
    alerts: list[tuple[int, Alert]] = field(default_factory=list)

    def check(self, escn: Escn, answer: Answer, after: float = 0.0) -> bool:
        """Check this card `after` seconds later; returns whether it was allowed."""
        self.now += after
        return self.bring(fingerprint(FINGERPRINTS_KEY, escn, self.now), answer)

    def bring(self, card: Fingerprints, answer: Answer) -> bool:
        """Check a card with these fingerprints now; returns whether it was allowed."""
        if not self._move(allow(self._state, self.thresholds, self.now)):
            self.held += 1
            return False
        self.asked += 1
        self._move(after_answer(self._state, self.thresholds, self.now, card, answer))
        return True

    def misread(self, after: float = 0.0) -> None:
        """Send input that holds no number."""
        self.now += after
        self._move(after_bad_input(self._state, self.thresholds, self.now))

    def guess(self, numbers: Iterator[Escn], seconds: float, gap: float) -> int:
        """Try unknown numbers for `seconds`; returns how many reached the Router."""
        before, end = self.asked, self.now + seconds
        while self.now < end:
            self.check(next(numbers), Answer.UNKNOWN, gap)
        return self.asked - before

    def is_limited(self) -> bool:
        """Whether the caller is limited."""
        return self._state.limited

    @property
    def _state(self) -> GuessState:
        return self.state or initial(self.thresholds, self.now)

    def _move(self, decision: Decision) -> bool:
        self.state = decision.state
        if decision.alert:
            self.alerts.append((self.asked, decision.alert))
        return decision.allowed


def forever(make: Callable[[], Escn]) -> Iterator[Escn]:
    """One after the other."""
    while True:
        yield make()
