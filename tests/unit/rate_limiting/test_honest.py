"""Honest work is never delayed and never causes an alert."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from scanner.escn import Escn
from tests.unit.rate_limiting.callers import NOON, Walk, batch, draws, issued, true_version_1
from validator.rate_limiting.rules import Alert, Answer

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

# Many cards are registered only on request (protocol.md §3.5): more than half may be unknown to the Router.
UNKNOWN = 0.54


@dataclass(frozen=True)
class Place:
    """Checks a minute and for how long; shares of unknown cards, mistyped numbers, other codes."""

    per_minute: float
    minutes: float
    unknown: float = UNKNOWN
    mistyped: float = 0.0
    malformed: float = 0.05

    def walk(self, draw: random.Random, make: Callable[[random.Random], Escn] = issued) -> Walk:
        """What happened to the people who work here."""
        walk = Walk()
        while walk.now < NOON + 60 * self.minutes:
            walk.now += draw.expovariate(self.per_minute / 60)
            card = make(draw)
            if draw.random() < self.malformed:
                walk.misread()
            if draw.random() < self.mistyped:
                walk.check(with_a_slip(draw, card), Answer.UNKNOWN)
            walk.check(card, Answer.UNKNOWN if draw.random() < self.unknown else Answer.KNOWN)
        return walk


def with_a_slip(draw: random.Random, card: Escn) -> Escn:
    """The number with one digit mistyped."""
    place = draw.choice([at for at, sign in enumerate(card.value) if sign != "-"])
    return Escn(card.value[:place] + draw.choice("0123456789abcdef") + card.value[place + 1 :])


def a_random_guid(draw: random.Random) -> Escn:
    """What one issuer's library makes where it cannot reach the Router."""
    return Escn(str(UUID(int=draw.getrandbits(128), version=4)))


def of_one_second(draw: random.Random) -> Escn:
    """A number of an issuer that made all its cards in half a second."""
    return issued(draw, NOON - 9e6 + draw.random() / 2)


def of_a_plain_generator(draw: random.Random) -> Escn:
    """A number of an issuer whose loop made true version 1 numbers, a microsecond each."""
    return true_version_1(NOON - 9e6 + draw.randrange(20_000) / 1e6, 99)


CANTEENS = {
    "two busy tills on one account": Place(38, 60),
    "the busiest minute of 5 000 lunches, for all of them, six tills on one account": Place(
        125, 25, malformed=0.1
    ),
    "eight tills on one account": Place(192, 15),
    "eight tills and 8 500 checks on one account": Place(19, 450),
    "a desk where every third number is mistyped at first": Place(3, 240, mistyped=0.3, malformed=0.1),
    "a library gate where most people show another card first": Place(15, 120, malformed=0.9),
    "an average place where nothing is registered": Place(5.5, 90, unknown=1.0),
}


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(1, 20))])
@pytest.mark.parametrize("place", CANTEENS.values(), ids=CANTEENS.keys())
def test_honest_work_is_never_held_back(place: Place, seed: int) -> None:
    """No delay at a counter, and no alert for managers."""
    walk = place.walk(draws(seed))

    assert walk.asked > place.per_minute * place.minutes * 0.4
    assert (walk.held, walk.alerts) == (0, [])


def test_three_unknown_cards_of_four_cause_no_delay() -> None:
    """Managers have an alert, with the possible reasons."""
    walk = Place(38, 90, unknown=0.75).walk(draws(0))

    assert (walk.held, {alert for _, alert in walk.alerts}) == (0, {Alert.MANY_UNKNOWN})


@pytest.mark.parametrize("unknown", [UNKNOWN, pytest.param(0.75, marks=pytest.mark.soak)])
def test_a_canteen_is_not_held_back_on_its_second_day_either(unknown: float) -> None:
    """3 000 known cards at lunch with the usual share of unknown ones, the same people each day."""
    draw, walk = draws(5), Walk()
    people = [(issued(draw), Answer.KNOWN) for _ in range(3_000)]
    people += [(issued(draw), Answer.UNKNOWN) for _ in range(int(3_000 * unknown / (1 - unknown)))]

    for day in range(2):
        walk.now = NOON + day * 86_400
        for card, answer in draw.sample(people, len(people)):
            walk.check(card, answer, 9_000 / len(people))

    assert (walk.asked, walk.held) == (2 * len(people), 0)
    assert Alert.GUESSING not in {alert for _, alert in walk.alerts}
    assert unknown > UNKNOWN or walk.alerts == []


def test_the_same_people_may_come_four_times_a_day() -> None:
    """A library: 500 readers in and out, whose 590 neighbours' cards are unknown each time."""
    draw, walk = draws(5), Walk()
    people = [(issued(draw), Answer.KNOWN) for _ in range(500)]
    people += [(issued(draw), Answer.UNKNOWN) for _ in range(590)]

    for _ in range(4):
        for card, answer in draw.sample(people, len(people)):
            walk.check(card, answer, 3)

    assert (walk.asked, walk.held, walk.alerts) == (4 * len(people), 0, [])


@pytest.mark.parametrize("make", [a_random_guid, of_one_second, of_a_plain_generator])
def test_an_odd_issuer_is_no_guesser(make: Callable[[random.Random], Escn]) -> None:
    """Where every student has an odd number and half of them are unknown, two busy tills go on."""
    walk = Place(38, 90).walk(draws(3), make)

    assert (walk.held, walk.alerts) == (0, [])


def test_a_class_with_cards_of_one_batch_may_queue() -> None:
    """A hundred first-years whose cards were made together and are not registered yet."""
    draw, walk = draws(5), Walk()

    for card in batch(draw, 100):
        walk.check(card, Answer.UNKNOWN, 9)

    assert (walk.asked, walk.held, walk.alerts) == (100, 0, [])


def test_batches_over_the_api_pass_whole() -> None:
    """A student office sends a hundred numbers at once, every half minute, half of them unknown."""
    draw, walk = draws(5), Walk()

    for _ in range(20):
        for _ in range(100):
            walk.check(issued(draw), draw.choice([Answer.KNOWN, Answer.UNKNOWN]))
        walk.now += 30

    assert (walk.asked, walk.held, walk.alerts) == (2_000, 0, [])


def test_an_outage_uses_nothing_up() -> None:
    """While the Router cannot be asked nothing is learnt about cards, so it costs a busy till nothing."""
    draw, walk = draws(5), Walk()

    for _ in range(2_000):
        walk.check(issued(draw), Answer.NONE, 0.5)

    assert (walk.held, walk.alerts) == (0, [])


@pytest.mark.parametrize("answer", [Answer.KNOWN, Answer.UNKNOWN])
def test_the_same_card_again_uses_nothing_up(answer: Answer) -> None:
    """A tester who scans one card all afternoon gets the same answer each time."""
    walk, card = Walk(), issued(draws(5))

    for _ in range(2_000):
        walk.check(card, answer, 0.5)

    assert (walk.held, walk.alerts) == (0, [])


def test_foreign_codes_alone_never_brake() -> None:
    """Menu cards and library cards all day cost the Router nothing and limit nobody."""
    walk = Walk()

    for _ in range(5_000):
        walk.misread(1)

    assert not walk.is_limited()
    assert walk.check(issued(draws(1)), Answer.KNOWN)


def test_unknown_cards_alone_never_brake() -> None:
    """A busy canteen where nothing is registered causes an alert and has 450 an hour, but is not limited."""
    walk = Place(20, 120, unknown=1.0, malformed=0).walk(draws(2))

    assert not walk.is_limited()
    assert {alert for _, alert in walk.alerts} == {Alert.MANY_UNKNOWN}
    assert walk.asked >= 780
