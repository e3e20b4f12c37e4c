"""The guard: guesses are few, whoever makes them and from wherever, and the owner gets in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from validator.accounts import guard as guards
from validator.accounts.guard import Guard, Turn, Wait
from validator.accounts.models import TallyRow

if TYPE_CHECKING:
    from tests.unit.accounts.conftest import Clock
    from validator.database import Database

MARIA = "name maria"
HERE, ELSEWHERE = "4:c00002", "4:c63364"


@pytest.fixture(name="guard")
def _guard(database: Database, clock: Clock) -> Guard:
    return Guard(database, b"k" * 32, clock)


def guesses(guard: Guard, clock: Clock, networks: list[str | None], seconds: float) -> int:
    """How many of the guesses, one every so many seconds for an hour, are looked at."""
    looked_at = 0
    for turn in range(int(3_600 / seconds)):
        looked_at += isinstance(guard.admit(MARIA, networks[turn % len(networks)], None), Turn)
        clock.shows += timedelta(seconds=seconds)
    return looked_at


def failed(guard: Guard, times: int, network: str | None = HERE, mark: str | None = None) -> None:
    for _ in range(times):
        assert isinstance(guard.admit(MARIA, network, mark), Turn)


@pytest.mark.parametrize(
    "networks",
    [
        pytest.param([None], id="behind an undeclared proxy"),
        pytest.param([HERE], id="one network"),
        pytest.param([f"4:{number:x}" for number in range(1_000)], id="a thousand networks"),
    ],
)
def test_of_a_thousand_guesses_an_hour_twenty_at_most_are_looked_at(
    guard: Guard, clock: Clock, networks: list[str | None]
) -> None:
    """However Mallory spreads them; and he is told how long to wait."""
    assert guesses(guard, clock, networks, 3.6) <= 20

    told = guard.admit(MARIA, networks[0], None)
    assert isinstance(told, Wait)
    assert 0 < told.seconds <= 1_800


def test_the_owner_gets_in_elsewhere_while_mallory_goes_on(guard: Guard, clock: Clock) -> None:
    """On a new telephone Maria waits a quarter of an hour at most, however busy Mallory is at it."""
    guesses(guard, clock, [HERE], 3.6)
    waited = 0
    while isinstance(guard.admit(MARIA, ELSEWHERE, None), Wait):
        guard.admit(MARIA, HERE, None)
        clock.shows += timedelta(seconds=1)
        waited += 1

    assert waited <= 900


def test_a_known_browser_does_not_wait_for_what_strangers_did(guard: Guard, clock: Clock) -> None:
    """Maria signs in at her till at once, in the middle of the attack."""
    guesses(guard, clock, [HERE], 3.6)

    assert isinstance(guard.admit(MARIA, HERE, "her mark"), Turn)
    assert isinstance(guard.admit(MARIA, HERE, None), Wait)


def test_a_known_browser_is_no_door_for_guessing_either(guard: Guard) -> None:
    """A colleague at Maria's till has five tries there and five as a stranger, then waits like everybody."""
    failed(guard, 10, mark="her mark")

    assert isinstance(guard.admit(MARIA, HERE, "her mark"), Wait)
    assert isinstance(guard.admit("name dora", HERE, None), Turn)


def test_the_right_password_forgets_what_failed_before(guard: Guard) -> None:
    """Four mistakes, then right: the next mistake is the first again."""
    failed(guard, 4)
    turn = guard.admit(MARIA, HERE, None)
    assert isinstance(turn, Turn)
    guard.right(turn)

    failed(guard, 5)
    assert isinstance(guard.admit(MARIA, HERE, None), Wait)


def test_what_was_not_looked_at_does_not_count(guard: Guard) -> None:
    """In a rush nobody's password is compared, and nobody waits for it later."""
    for _ in range(20):
        turn = guard.admit(MARIA, HERE, None)
        assert isinstance(turn, Turn)
        guard.not_looked_at(turn)


def test_many_names_from_one_network_are_held_back_too(guard: Guard) -> None:
    """One password on every name: sixty tries, and then that network waits; others do not."""
    looked_at = [isinstance(guard.admit(f"name {n}", HERE, None), Turn) for n in range(100)]

    assert looked_at == [True] * 60 + [False] * 40
    assert isinstance(guard.admit("name 99", ELSEWHERE, None), Turn)
    assert isinstance(guard.admit("name 99", HERE, "known here"), Turn)


def test_tries_at_the_same_moment_count_one_by_one(guard: Guard) -> None:
    """Sixteen threads guess at once: five are looked at, as if they had come one after the other."""
    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(lambda _: guard.admit(MARIA, HERE, None), range(16)))

    assert sum(isinstance(one, Turn) for one in told) == 5


def test_tallies_hold_no_name_and_no_network_and_are_forgotten(
    guard: Guard, clock: Clock, database: Database
) -> None:
    """A keyed hash stands for them, and a day later nothing does."""
    failed(guard, 1)
    with database.session() as session:
        kept = " ".join(session.scalars(select(TallyRow.key)))
    assert kept
    assert "maria" not in kept
    assert HERE not in kept

    clock.shows += timedelta(days=1)
    guard.purge()
    with database.session() as session:
        assert session.scalars(select(TallyRow.key)).all() == []


def test_a_flood_of_invented_names_is_cut_down_to_what_matters(
    guard: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table stays small, and the account that is under attack stays in it."""
    monkeypatch.setattr(guards, "MOST_ROWS", 3)
    failed(guard, 5, network=None)
    for number in range(10):
        assert isinstance(guard.admit(f"name {number}", None, None), Turn)
    guard.purge()

    assert isinstance(guard.admit(MARIA, None, None), Wait)
