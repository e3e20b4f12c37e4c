"""Known cards shown in rotation hide no guessing: what they pay for is bounded by the day."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from scanner.payload import Payload
from tests.unit.rate_limiting.callers import FINGERPRINTS_KEY, NOON, THRESHOLDS, Walk, draws, issued
from tests.unit.rate_limiting.conftest import in_memory
from tests.unit.rate_limiting.test_guess_limiter import SARA, Managers, checked
from tests.unit.rate_limiting.test_guessing import perfect_numbers, random_uuids, sequences_counted_up
from validator.rate_limiting import state as states
from validator.rate_limiting.fingerprints import fingerprint
from validator.rate_limiting.guess_limiter import GuessLimiter
from validator.rate_limiting.rules import Answer
from validator.rate_limiting.store import DegradingStore
from validator.verdict import Reason

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

    from scanner.escn import Escn
    from validator.rate_limiting.store import Store

HOUR, DAY = 3_600.0, 86_400.0
CARDS = [1, 2, 8, 63, 64, 65, 66, 100, 250, 500]
MOST_A_DAY = 2_000
MIDNIGHT = NOON - NOON % DAY + DAY


@dataclass(frozen=True)
class Pattern:
    """`known` cards, then `guesses`, and again."""

    known: int
    guesses: int


EIGHT_EACH = Pattern(1, 8)
PATTERNS = [Pattern(1, 1), Pattern(3, 1), Pattern(1, 3), EIGHT_EACH, Pattern(50, 100), Pattern(500, 2_000)]


class Rotation:
    """Known cards in rotation and guesses between them, by one caller: when guesses were allowed."""

    def __init__(
        self, number: int, pattern: Pattern, guesser: Callable[[random.Random], Iterator[Escn]]
    ) -> None:
        draw = draws(number)
        self._cards = itertools.cycle([issued(draw) for _ in range(number)])
        self._guesses = guesser(draw)
        self._turns = itertools.cycle([True] * pattern.known + [False] * pattern.guesses)
        self.walk = Walk()
        self.at: list[float] = []
        self.alerted_after: int | None = None

    def run(self, seconds: float, gap: float) -> None:
        """Go on for so long, with a check every `gap` seconds."""
        end = self.walk.now + seconds
        while self.walk.now < end:
            if next(self._turns):
                self.walk.check(next(self._cards), Answer.KNOWN, gap)
            elif self.walk.check(next(self._guesses), Answer.UNKNOWN, gap):
                self.at.append(self.walk.now)
            if self.walk.alerts and self.alerted_after is None:
                self.alerted_after = len(self.at)

    def run_a_day(self) -> None:
        """A busy hour, and then a check every ten seconds: those find as many places free."""
        self.run(HOUR, 0.5)
        self.run(DAY - HOUR, 10)


@pytest.mark.parametrize(
    "number",
    [1, 65, 500, *(pytest.param(number, marks=pytest.mark.soak) for number in CARDS)],
)
def test_eight_guesses_for_each_known_card_reach_two_thousand_a_day(number: int) -> None:
    """Formed as a real generator does, so that nothing but their share tells; managers hear within 100."""
    rotation = Rotation(number, EIGHT_EACH, perfect_numbers)
    rotation.run_a_day()

    assert len(rotation.at) <= MOST_A_DAY
    assert rotation.alerted_after is not None
    assert rotation.alerted_after <= 100


@pytest.mark.parametrize(
    ("number", "pattern"),
    [
        (500, Pattern(500, 2_000)),
        *(pytest.param(number, pattern, marks=pytest.mark.soak) for number in CARDS for pattern in PATTERNS),
    ],
)
def test_no_pattern_gains_more(number: int, pattern: Pattern) -> None:
    """However guesses and known cards are mixed, a day has 2 000 guesses, and managers have an alert."""
    rotation = Rotation(number, pattern, perfect_numbers)
    rotation.run_a_day()

    assert len(rotation.at) <= MOST_A_DAY
    assert rotation.alerted_after is not None
    # The first pass of 1:1 is what an honest queue looks like.
    assert rotation.alerted_after <= number + 100


@pytest.mark.parametrize("guesser", [random_uuids, sequences_counted_up])
@pytest.mark.parametrize("number", [65, pytest.param(500, marks=pytest.mark.soak)])
@pytest.mark.parametrize("pattern", [Pattern(1, 1), Pattern(8, 1)])
def test_known_cards_hide_no_made_up_numbers(
    guesser: Callable[[random.Random], Iterator[Escn]], number: int, pattern: Pattern
) -> None:
    """Numbers that no generator makes, or counted through: an alert within 100, whatever is between them."""
    rotation = Rotation(number, pattern, guesser)
    rotation.run(2 * HOUR, 1)

    assert rotation.alerted_after is not None
    assert rotation.alerted_after <= 100
    assert len(rotation.at) <= MOST_A_DAY


@pytest.mark.parametrize("start", [MIDNIGHT - HOUR, pytest.param(NOON, marks=pytest.mark.soak)])
def test_no_day_has_more_wherever_it_begins(start: float) -> None:
    """The same 500 cards before and after midnight: of any 24 hours in three days none has more."""
    rotation = Rotation(500, Pattern(1, 3), perfect_numbers)
    rotation.walk.now = start
    for _ in range(3):
        rotation.run(2 * HOUR, 1)
        rotation.run(22 * HOUR, 20)

    at = rotation.at
    most = max(sum(begin <= other < begin + DAY for other in at) for begin in at[::50])
    assert 1_000 < most <= MOST_A_DAY


def test_an_account_guesses_no_more_because_another_does() -> None:
    """Two callers with the same cards: each has its own hour, and nothing of the other's."""
    managers, draw, now = Managers(), draws(6), NOON
    limits = GuessLimiter(in_memory(), THRESHOLDS, FINGERPRINTS_KEY, lambda: now, managers)
    cards, guesses = itertools.cycle(issued(draw) for _ in range(65)), perfect_numbers(draw)
    allowed: Counter[int] = Counter()
    seconds = 2_000
    for turn in range(seconds):
        now += 1
        caller, is_guess = replace(SARA, id=turn % 2), turn // 2 % 9 > 0
        payload = Payload(next(guesses if is_guess else cards))
        if checked(limits, caller, payload, Reason.UNKNOWN_CARD if is_guess else Reason.ACTIVE):
            allowed[caller.id] += is_guess

    assert (
        max(allowed.values())
        <= THRESHOLDS.hour.size + seconds * THRESHOLDS.hour.per_s + 65 * THRESHOLDS.known_pays
    )
    assert {caller.id for caller, _ in managers.heard} == {0, 1}


def test_rotation_gains_nothing_by_a_restart_or_a_second_process(store: Store) -> None:
    """The day is counted where all processes see it, and a new process continues from there."""
    now, managers, draw = NOON, Managers(), draws(4)
    thresholds = replace(THRESHOLDS, unknown_a_day=60)

    def process() -> GuessLimiter:
        return GuessLimiter(
            DegradingStore(store, lambda: now), thresholds, FINGERPRINTS_KEY, lambda: now, managers
        )

    cards, guesses, running, allowed = [issued(draw) for _ in range(10)], perfect_numbers(draw), [], 0
    for turn in range(300):
        if turn % 50 == 0:
            running = [process(), process()]
        now += 2
        known, guess = Payload(cards[turn % 10]), Payload(next(guesses))
        checked(running[1 - turn % 2], SARA, known, Reason.ACTIVE)
        allowed += checked(running[turn % 2], SARA, guess, Reason.UNKNOWN_CARD)

    assert allowed <= 60 + THRESHOLDS.day.size + 600 * THRESHOLDS.day.per_s
    assert managers.heard


@pytest.mark.parametrize("number", [1, 65, 500, 3_000, pytest.param(10_000, marks=pytest.mark.soak)])
def test_different_cards_are_counted_within_a_few_per_cent(number: int) -> None:
    """However often each comes, and by 512 bytes."""
    draw, bits, seen = draws(number), 0, 0.0
    for card in [issued(draw) for _ in range(number)] * 2:
        print_ = fingerprint(FINGERPRINTS_KEY, card, NOON).card
        after = states.with_card(bits, print_)
        seen += states.weight(bits) if after != bits else 0
        bits = after

    assert states.count(bits) == pytest.approx(number, rel=0.06)
    assert seen == pytest.approx(number, rel=0.06)


def test_a_full_sketch_still_counts() -> None:
    """More cards than it can tell apart: one more changes nothing and breaks nothing."""
    full = (1 << states.BITS) - 1

    assert states.with_card(full, "ffff") == full
    assert states.count(full) > 30_000
    assert states.weight(full) == states.weight(full >> 1) == 8
