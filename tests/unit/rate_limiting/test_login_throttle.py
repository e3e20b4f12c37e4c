"""The login throttle: few guesses are verified, wherever they come from, and the owner gets in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.unit.rate_limiting.conftest import TIMEOUT_S
from validator.rate_limiting import login_throttle
from validator.rate_limiting.login_throttle import (
    PREFIX,
    Attempt,
    LoginThrottle,
    Wait,
)
from validator.rate_limiting.store import DegradingStore, SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from validator.rate_limiting.store import Store

MARIA = "name maria"
HERE, ELSEWHERE = "4:c00002", "4:c63364"


@dataclass
class Clock:
    """Shows what it was set to."""

    shows: datetime = datetime(2026, 9, 1, 11, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.shows


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Iterator[Store]:
    store = SqliteStore(tmp_path / "limits.sqlite", TIMEOUT_S)
    yield store
    store.disconnect()


@pytest.fixture(name="throttle")
def _throttle(file: Store, clock: Clock) -> LoginThrottle:
    return process(file, clock)


def process(store: Store, clock: Clock) -> LoginThrottle:
    """One of the processes that share this store."""
    return LoginThrottle(DegradingStore(store, lambda: 0.0, TIMEOUT_S), b"k" * 32, clock)


def guesses(throttle: LoginThrottle, clock: Clock, networks: list[str | None], seconds: float) -> int:
    """How many of the guesses, one every `seconds` for an hour, are verified."""
    verified = 0
    for turn in range(int(3_600 / seconds)):
        verified += isinstance(throttle.attempt(MARIA, networks[turn % len(networks)], None), Attempt)
        clock.shows += timedelta(seconds=seconds)
    return verified


def failed(throttle: LoginThrottle, times: int, network: str | None = HERE, mark: str | None = None) -> None:
    for _ in range(times):
        assert isinstance(throttle.attempt(MARIA, network, mark), Attempt)


@pytest.mark.parametrize(
    "networks",
    [
        pytest.param([None], id="behind an undeclared proxy"),
        pytest.param([HERE], id="one network"),
        pytest.param([f"4:{number:x}" for number in range(1_000)], id="a thousand networks"),
    ],
)
def test_of_a_thousand_guesses_an_hour_twenty_at_most_are_verified(
    throttle: LoginThrottle, clock: Clock, networks: list[str | None]
) -> None:
    """However Mallory spreads them; the answer says how long to wait."""
    assert guesses(throttle, clock, networks, 3.6) <= 20

    results = throttle.attempt(MARIA, networks[0], None)
    assert isinstance(results, Wait)
    assert 0 < results.seconds <= 1_800


def test_the_owner_gets_in_elsewhere_while_mallory_goes_on(throttle: LoginThrottle, clock: Clock) -> None:
    """On a new telephone Maria waits a quarter of an hour at most, however busy Mallory is at it."""
    guesses(throttle, clock, [HERE], 3.6)
    waited = 0
    while isinstance(throttle.attempt(MARIA, ELSEWHERE, None), Wait):
        throttle.attempt(MARIA, HERE, None)
        clock.shows += timedelta(seconds=1)
        waited += 1

    assert waited <= 900


def test_a_known_browser_does_not_wait_for_what_strangers_did(throttle: LoginThrottle, clock: Clock) -> None:
    """Maria signs in at her till at once, in the middle of the attack."""
    guesses(throttle, clock, [HERE], 3.6)

    assert isinstance(throttle.attempt(MARIA, HERE, "her mark"), Attempt)
    assert isinstance(throttle.attempt(MARIA, HERE, None), Wait)


def test_a_known_browser_is_no_door_for_guessing_either(throttle: LoginThrottle) -> None:
    """A colleague at Maria's till has five tries there and five as a stranger, then waits like everybody."""
    failed(throttle, 10, mark="her mark")

    assert isinstance(throttle.attempt(MARIA, HERE, "her mark"), Wait)
    assert isinstance(throttle.attempt("name dora", HERE, None), Attempt)


def test_the_right_password_forgets_what_failed_before(throttle: LoginThrottle) -> None:
    """Four mistakes, then right: the next mistake is the first again."""
    failed(throttle, 4)
    turn = throttle.attempt(MARIA, HERE, None)
    assert isinstance(turn, Attempt)
    throttle.succeeded(turn)

    failed(throttle, 5)
    assert isinstance(throttle.attempt(MARIA, HERE, None), Wait)


def test_what_was_not_verified_does_not_count(throttle: LoginThrottle, file: Store) -> None:
    """In a rush no password is verified, which delays no later attempt."""
    for _ in range(20):
        turn = throttle.attempt(MARIA, HERE, None)
        assert isinstance(turn, Attempt)
        throttle.release(turn)
    assert file.items("") == {}


def test_a_released_attempt_takes_back_itself_alone(throttle: LoginThrottle) -> None:
    """Failures before it still count: three, one released, then two more, and the next one waits."""
    failed(throttle, 3)
    turn = throttle.attempt(MARIA, HERE, None)
    assert isinstance(turn, Attempt)
    throttle.release(turn)

    failed(throttle, 2)
    assert isinstance(throttle.attempt(MARIA, HERE, None), Wait)


def test_a_right_password_gives_back_one_place_of_its_network(throttle: LoginThrottle) -> None:
    """The network has thirty attempts a minute; 29 failed, and one was right in between."""
    for turn in range(29):
        throttle.attempt(f"name {turn % 10}", HERE, None)
    own = throttle.attempt("name insider", HERE, None)
    assert isinstance(own, Attempt)
    throttle.succeeded(own)

    assert isinstance(throttle.attempt("name 9", HERE, None), Attempt)
    assert throttle.attempt("name 0", HERE, None) == Wait(1_800)


def test_an_attempt_that_waits_uses_no_place_of_its_network(throttle: LoginThrottle) -> None:
    """Maria's account waits a second; her attempts on another network keep no person there out."""
    failed(throttle, 5)
    assert {throttle.attempt(MARIA, ELSEWHERE, None) for _ in range(40)} == {Wait(1)}

    assert all(isinstance(throttle.attempt("name dora", ELSEWHERE, None), Attempt) for _ in range(4))


def test_an_update_forgets_no_failure(throttle: LoginThrottle) -> None:
    """The keys under which failures are stored stay the same, also those of a known browser."""
    stranger = Attempt("sign-in/hxO9roRYwbyuCcL83LW5Ww", "sign-in/j9GFz0XfMfV7xmOTt5bLnA", uses_window=True)

    assert throttle.attempt(MARIA, HERE, None) == stranger
    assert throttle.attempt(MARIA, HERE, "her mark") == Attempt(
        "sign-in/SJ2hBl7ucVI5s-w-7_5FXw", is_known=True
    )


def test_a_name_that_is_no_text_is_counted_like_any_other(throttle: LoginThrottle) -> None:
    """Half of a surrogate pair, as a form may send it."""
    results = [throttle.attempt("name \ud800", HERE, None) for _ in range(6)]

    assert [isinstance(each, Attempt) for each in results] == [True] * 5 + [False]


def sprayed(throttle: LoginThrottle, clock: Clock, names: int, seconds: float, hours: int = 1) -> int:
    """How many guesses are verified: one on each of `names` in turn, from one network."""
    verified = 0
    for turn in range(int(3_600 * hours / seconds)):
        verified += isinstance(throttle.attempt(f"name {turn % names}", HERE, None), Attempt)
        clock.shows += timedelta(seconds=seconds)
    return verified


@pytest.mark.parametrize("names", [10, 100])
def test_many_names_from_one_network_are_held_back_too(
    throttle: LoginThrottle, clock: Clock, names: int
) -> None:
    """Three guesses a day on each name, and ninety in the first hour for the network, sixty later."""
    assert sprayed(throttle, clock, names, 6) <= 3 * names + 30 + 60
    assert sprayed(throttle, clock, names, 6) <= 61

    assert isinstance(throttle.attempt("name 9", ELSEWHERE, None), Attempt)
    assert isinstance(throttle.attempt("name 9", HERE, "known here"), Attempt)


@pytest.mark.parametrize("names", [["maria"], ["maria", "dora", "sara"], [f"n{n}" for n in range(900)]])
def test_a_guesser_keeps_no_new_browser_of_the_same_network_out(
    throttle: LoginThrottle, clock: Clock, names: list[str]
) -> None:
    """A guess every four seconds for an hour; each minute a colleague signs in on a new browser."""
    results = []
    for turn in range(900):
        throttle.attempt(f"name {names[turn % len(names)]}", HERE, None)
        if turn % 15 == 0:
            right = throttle.attempt(f"name colleague {turn}", HERE, None)
            results.append(isinstance(right, Attempt))
            if isinstance(right, Attempt):
                throttle.succeeded(right)
        clock.shows += timedelta(seconds=4)

    assert results == [True] * 60


def test_a_colleague_who_mistypes_twice_gets_in_during_an_attack(
    throttle: LoginThrottle, clock: Clock
) -> None:
    """Wrong, wrong, right: all three are verified, though the network has failed for an hour."""
    sprayed(throttle, clock, 200, 17)
    turns = [throttle.attempt("name colleague", HERE, None) for _ in range(3)]

    assert all(isinstance(turn, Attempt) for turn in turns)
    assert isinstance(throttle.attempt("name colleague", HERE, None), Wait)


def test_an_own_right_password_buys_no_guesses(throttle: LoginThrottle, clock: Clock) -> None:
    """An insider signs in rightly between guesses: the network has no more of them for that."""
    sprayed(throttle, clock, 30, 17)
    verified = 0
    for turn in range(60):
        own = throttle.attempt("name insider", HERE, None)
        assert isinstance(own, Attempt)
        throttle.succeeded(own)
        verified += isinstance(throttle.attempt(f"name {turn % 30}", HERE, None), Attempt)

    assert verified <= 1


def test_a_flood_is_cleaned_up_before_the_hour(
    throttle: LoginThrottle, file: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store never grows far beyond its bound, however many names are invented."""
    monkeypatch.setattr(login_throttle, "MAX_KEYS", 50)
    monkeypatch.setattr(login_throttle, "PURGE_EVERY", 20)
    for number in range(300):
        throttle.attempt(f"name {number}", HERE, None)

    assert len(file.items(PREFIX)) <= 50 + 2 * 20


def test_a_purge_comes_once_in_many_attempts(
    throttle: LoginThrottle, clock: Clock, file: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads all keys. Of twenty attempts only the last one deletes what ended the day before."""
    monkeypatch.setattr(login_throttle, "PURGE_EVERY", 20)
    throttle.attempt("name of yesterday", None, None)
    ended = set(file.items(PREFIX))
    clock.shows += timedelta(days=2)

    kept = []
    for number in range(19):
        throttle.attempt(f"name {number}", None, None)
        kept.append(ended <= set(file.items(PREFIX)))

    assert kept == [True] * 18 + [False]


def test_tries_at_the_same_moment_count_one_by_one(throttle: LoginThrottle) -> None:
    """Sixteen threads guess at once: five are verified, as if they had come one after the other."""
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda _: throttle.attempt(MARIA, HERE, None), range(16)))

    assert sum(isinstance(one, Attempt) for one in results) == 5


def test_the_store_holds_no_name_and_no_network_and_forgets(
    throttle: LoginThrottle, clock: Clock, file: Store
) -> None:
    """Keyed hashes, which are deleted a day later."""
    failed(throttle, 1)
    kept = str(file.items(PREFIX))
    assert len(file.items(PREFIX)) == 2
    assert "maria" not in kept
    assert HERE not in kept

    clock.shows += timedelta(days=1)
    throttle.purge()
    assert file.items("") == {}


def test_processes_count_together_and_a_restart_forgets_nothing(file: Store, clock: Clock) -> None:
    """Each attempt in a new process: five are verified, as in one process."""
    results = [process(file, clock).attempt(MARIA, HERE, None) for _ in range(16)]

    assert sum(isinstance(one, Attempt) for one in results) == 5


def test_a_damaged_text_delays_nobody(throttle: LoginThrottle, file: Store) -> None:
    """The account starts from the beginning, and the purge goes past it."""
    failed(throttle, 5)
    for text in ("nonsense", "[]", "7", '[1, 2, "x"]'):
        for key in file.items(PREFIX):
            file.swap(key, file.items(PREFIX)[key], text, throttle._clock())
        throttle.purge()

        assert isinstance(throttle.attempt(MARIA, HERE, None), Attempt)


def test_a_flood_of_invented_names_is_cut_down_to_what_matters(
    throttle: LoginThrottle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store stays small, and the account that is under attack stays in it."""
    monkeypatch.setattr(login_throttle, "MAX_KEYS", 3)
    failed(throttle, 5, network=None)
    for number in range(10):
        assert isinstance(throttle.attempt(f"name {number}", None, None), Attempt)
    throttle.purge()

    assert isinstance(throttle.attempt(MARIA, None, None), Wait)


def test_a_purge_deletes_damaged_texts_first(
    throttle: LoginThrottle, file: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They hold no failures. Texts of other limits do not count as sign-ins, and are kept."""
    monkeypatch.setattr(login_throttle, "MAX_KEYS", 4)
    for number in range(8):
        throttle.attempt(f"name {number}", None, None)
    keys = list(file.items(PREFIX))
    for key in keys[4:]:
        file.swap(key, file.items(PREFIX)[key], "damaged", throttle._clock())
    file.swap("person:1", None, "kept", throttle._clock())

    throttle.purge()

    assert set(file.items("")) == {*keys[:4], "person:1"}
