"""Callers who guess numbers are slowed within the thresholds, however they guess or hide it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from scanner.escn import Escn
from tests.unit.rate_limiting.callers import Walk, draws, forever, issued, issuer, number, true_version_1
from validator.rate_limiting.rules import Alert, Answer

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

HOUR, DAY = 3_600.0, 86_400.0


def random_uuids(draw: random.Random) -> Iterator[Escn]:
    return forever(lambda: Escn(str(UUID(int=draw.getrandbits(128), version=4))))


def random_version_1(draw: random.Random) -> Iterator[Escn]:
    return forever(lambda: Escn(str(UUID(int=draw.getrandbits(128), version=1))))


def random_times_of_one_issuer(draw: random.Random) -> Iterator[Escn]:
    return forever(lambda: number(draw.getrandbits(60), draw.getrandbits(14)))


def the_right_third_group(draw: random.Random) -> Iterator[Escn]:
    return forever(lambda: number(0x03D << 48 | draw.getrandbits(48), draw.getrandbits(14), issuer(draw)))


def sequences_counted_up(draw: random.Random) -> Iterator[Escn]:
    time = UUID(issued(draw).value).time
    return (number(time, sequence % (1 << 14)) for sequence in itertools.count(draw.randrange(1 << 14)))


def sequences_at_random(draw: random.Random) -> Iterator[Escn]:
    time = UUID(issued(draw).value).time
    return forever(lambda: number(time, draw.randrange(1 << 14)))


def times_counted_up(draw: random.Random) -> Iterator[Escn]:
    time = UUID(issued(draw).value).time
    return (number(time + step, 7) for step in itertools.count())


def milliseconds_counted_up(draw: random.Random) -> Iterator[Escn]:
    time = UUID(issued(draw).value).time
    return (number(time + 10_000 * step, 7) for step in itertools.count())


def issuers_counted_up(draw: random.Random) -> Iterator[Escn]:
    time = UUID(issued(draw).value).time
    return (number(time, 7, int(f"{1_999_893_752 + step:012d}", 16)) for step in itertools.count())


def times_of_a_plain_generator(draw: random.Random) -> Iterator[Escn]:
    time = UUID(true_version_1(draw.uniform(1.5e9, 1.7e9), 99).value).time
    return (number(time + step, 99) for step in itertools.count())


def perfect_numbers(draw: random.Random) -> Iterator[Escn]:
    return forever(lambda: issued(draw))


def perfect_numbers_of_all_issuers(draw: random.Random) -> Iterator[Escn]:
    return forever(lambda: issued(draw, node=issuer(draw)))


BY_FORM = [
    random_uuids,
    random_version_1,
    random_times_of_one_issuer,
    the_right_third_group,
    sequences_counted_up,
    times_counted_up,
    milliseconds_counted_up,
    issuers_counted_up,
    times_of_a_plain_generator,
]
BY_SHARE = [sequences_at_random, perfect_numbers, perfect_numbers_of_all_issuers]


@pytest.mark.parametrize("gap", [1.0, *(pytest.param(gap, marks=pytest.mark.soak) for gap in (0.05, 2.0))])
@pytest.mark.parametrize("guesser", BY_FORM + BY_SHARE)
def test_ten_thousand_guesses_reach_the_router_some_hundred_times(
    guesser: Callable[[random.Random], Iterator[Escn]], gap: float
) -> None:
    """At most 500 in the first hour and 2 000 in the day, and an alert within 100."""
    walk, guesses = Walk(), guesser(draws(1))

    hour = walk.guess(guesses, HOUR, gap)
    # From here on slower guesses find as many places free.
    day = hour + walk.guess(guesses, DAY - HOUR, 20)

    assert hour <= 500
    assert day <= 2_000
    assert walk.alerts[0][0] <= 100
    assert len(walk.alerts) <= 2


@pytest.mark.parametrize("guesser", BY_FORM)
def test_a_guesser_is_found_by_the_form_of_the_numbers(
    guesser: Callable[[random.Random], Iterator[Escn]],
) -> None:
    """Made up or counted through: limited before the fiftieth, then six a minute."""
    walk, guesses = Walk(), guesser(draws(4))

    walk.guess(guesses, 30, 0.5)
    assert [(asked < 50, alert) for asked, alert in walk.alerts] == [(True, Alert.GUESSING)]
    assert walk.is_limited()
    assert walk.guess(guesses, 600, 0.5) <= 60 + 3


def test_one_known_card_shown_again_and_again_hides_nothing() -> None:
    """A known card counts once a day: between guesses it neither pays nor calms."""
    draw, walk, own = draws(6), Walk(), issued(draws(7))
    guesses = random_uuids(draw)

    for _ in range(1_000):
        walk.check(own, Answer.KNOWN, 0.5)
        walk.check(next(guesses), Answer.UNKNOWN, 0.5)

    assert [alert for _, alert in walk.alerts] == [Alert.GUESSING]
    assert walk.asked < 300


def test_a_handful_of_known_cards_hides_nothing_either() -> None:
    """Forty friends' cards allow eighty guesses before the limit, not more."""
    draw, walk = draws(6), Walk()
    friends, guesses = [issued(draw) for _ in range(40)], random_uuids(draw)

    for turn in range(1_000):
        walk.check(friends[turn % 40], Answer.KNOWN, 0.5)
        walk.check(next(guesses), Answer.UNKNOWN, 0.5)
        walk.check(next(guesses), Answer.UNKNOWN, 0.5)

    assert [alert for _, alert in walk.alerts] == [Alert.GUESSING]
    assert walk.asked < 500


def test_malformed_numbers_bring_the_brake_nearer() -> None:
    """Who also types what is no number at all is limited after fewer guesses."""
    plain, clumsy = Walk(), Walk()
    for _ in range(200):
        clumsy.misread(0.1)

    for walk in (plain, clumsy):
        walk.guess(random_uuids(draws(8)), 60, 1)

    assert clumsy.alerts[0][0] < plain.alerts[0][0] - 8


def test_known_cards_end_the_limit_and_the_next_episode_has_its_own_alert() -> None:
    """Nobody has to lift it: after a dozen known cards a till works as before."""
    draw, walk = draws(9), Walk()
    walk.guess(random_uuids(draw), 120, 1)
    assert walk.is_limited()

    for _ in range(14):
        assert walk.check(issued(draw), Answer.KNOWN, 10)
    assert not walk.is_limited()
    assert all(walk.check(issued(draw), Answer.KNOWN, 1) for _ in range(60))

    walk.guess(random_uuids(draw), 120, 1)
    assert [alert for _, alert in walk.alerts] == [Alert.GUESSING, Alert.GUESSING]


def test_time_releases_the_brake_too() -> None:
    """Who stops guessing works as before four hours later."""
    draw, walk = draws(9), Walk()
    walk.guess(random_uuids(draw), 120, 1)

    walk.now += 4.1 * HOUR

    assert walk.check(issued(draw), Answer.KNOWN)
    assert not walk.is_limited()
