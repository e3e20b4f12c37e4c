"""The guard: guesses are few, whoever makes them and from wherever, and the owner gets in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

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
    assert rows(guard) == 0


def sprayed(guard: Guard, clock: Clock, names: int, seconds: float, hours: int = 1) -> int:
    """How many guesses are looked at: one on each of so many names in turn, from one network."""
    looked_at = 0
    for turn in range(int(3_600 * hours / seconds)):
        looked_at += isinstance(guard.admit(f"name {turn % names}", HERE, None), Turn)
        clock.shows += timedelta(seconds=seconds)
    return looked_at


@pytest.mark.parametrize("names", [10, 100])
def test_many_names_from_one_network_are_held_back_too(guard: Guard, clock: Clock, names: int) -> None:
    """Three guesses a day on each name, and ninety in the first hour for the network, sixty later."""
    assert sprayed(guard, clock, names, 6) <= 3 * names + 30 + 60
    assert sprayed(guard, clock, names, 6) <= 61

    assert isinstance(guard.admit("name 9", ELSEWHERE, None), Turn)
    assert isinstance(guard.admit("name 9", HERE, "known here"), Turn)


@pytest.mark.parametrize("names", [["maria"], ["maria", "dora", "sara"], [f"n{n}" for n in range(900)]])
def test_whoever_guesses_on_a_network_keeps_no_new_browser_of_it_out(
    guard: Guard, clock: Clock, names: list[str]
) -> None:
    """A guess every four seconds for an hour; each minute somebody signs in on a new browser, rightly."""
    told = []
    for turn in range(900):
        guard.admit(f"name {names[turn % len(names)]}", HERE, None)
        if turn % 15 == 0:
            right = guard.admit(f"name colleague {turn}", HERE, None)
            told.append(isinstance(right, Turn))
            if isinstance(right, Turn):
                guard.right(right)
        clock.shows += timedelta(seconds=4)

    assert told == [True] * 60


def test_a_colleague_who_mistypes_twice_gets_in_during_an_attack(guard: Guard, clock: Clock) -> None:
    """Wrong, wrong, right: all three are looked at, though the network has failed for an hour."""
    sprayed(guard, clock, 200, 18)
    turns = [guard.admit("name colleague", HERE, None) for _ in range(3)]

    assert all(isinstance(turn, Turn) for turn in turns)
    assert isinstance(guard.admit("name colleague", HERE, None), Wait)


def test_an_own_right_password_buys_no_guesses(guard: Guard, clock: Clock) -> None:
    """An insider signs in rightly between guesses: the network has no more of them for that."""
    sprayed(guard, clock, 30, 18)
    looked_at = 0
    for turn in range(60):
        own = guard.admit("name insider", HERE, None)
        assert isinstance(own, Turn)
        guard.right(own)
        looked_at += isinstance(guard.admit(f"name {turn % 30}", HERE, None), Turn)

    assert looked_at <= 1


def test_a_flood_is_cleaned_up_before_the_hour(guard: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table never grows far beyond its bound, however many names are invented."""
    monkeypatch.setattr(guards, "MOST_ROWS", 50)
    monkeypatch.setattr(guards, "PURGE_EVERY", 20)
    for number in range(300):
        guard.admit(f"name {number}", HERE, None)

    assert rows(guard) <= 50 + 2 * 20


def rows(guard: Guard) -> int:
    with guard._database.session() as session:
        return session.scalar(select(func.count()).select_from(TallyRow)) or 0


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
