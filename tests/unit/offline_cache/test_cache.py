"""OfflineCache: when the Router is asked, when memory answers, and what happens where asking fails."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from offline_cache import DaemonPool, Entry, Failed, Fetched, Found, How, Missing, Windows
from tests.support.remembering import ANNA, BRUNO, DAY, NOON, RENEWING, Clock, Desk, House, Later, Router

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


@pytest.fixture(name="router")
def _router(clock: Clock) -> Router:
    return Router(clock)


@pytest.fixture(name="later")
def _later() -> Later:
    return Later()


@pytest.fixture(name="house")
def _house(tmp_path: Path, clock: Clock, later: Later) -> Iterator[House]:
    house = House(tmp_path / "answers.sqlite", clock, RENEWING, later)
    yield house
    house.cache.close()


def how(answer: Found | Missing) -> How | None:
    """How it was found, None where it was not."""
    return answer.how if isinstance(answer, Found) else None


def test_a_new_card_is_asked_for(house: House, router: Router) -> None:
    """What the Router says is given as it came, and kept."""
    answer = house.cache.get_or_fetch(ANNA, router.about(ANNA))

    assert answer == Found(router.answer(ANNA), How.FETCHED)
    assert house.cache.recall(ANNA) == router.answer(ANNA)
    assert house.cache.recall(BRUNO) is None


def test_a_second_scan_asks_nobody(house: House, router: Router, clock: Clock) -> None:
    """Inside the fresh window memory answers, with the time at which it was asked for."""
    house.cache.get_or_fetch(ANNA, router.about(ANNA))
    clock.now += 59

    assert house.cache.get_or_fetch(ANNA, router.about(ANNA)) == Found(
        Entry(ANNA, valid=True, body="body", checked_at=NOON), How.FRESH
    )
    assert router.asked == 1


def test_an_answer_is_renewed_in_the_background(
    house: House, router: Router, clock: Clock, later: Later
) -> None:
    """Just past fresh, memory answers at once and the Router is asked behind it."""
    house.cache.get_or_fetch(ANNA, router.about(ANNA))
    clock.now += 100

    assert how(house.cache.get_or_fetch(ANNA, router.about(ANNA))) is How.REFRESHING
    assert router.asked == 1
    later.run()
    assert router.asked == 2
    assert how(house.cache.get_or_fetch(ANNA, router.about(ANNA))) is How.FRESH


def test_a_renewal_that_comes_late_asks_nobody(
    house: House, router: Router, clock: Clock, later: Later
) -> None:
    """Two scans make two jobs, but the second finds the answer of the first."""
    house.cache.get_or_fetch(ANNA, router.about(ANNA))
    clock.now += 100
    for _ in range(2):
        house.cache.get_or_fetch(ANNA, router.about(ANNA))
    later.run()

    assert router.asked == 2


def test_a_renewal_that_fails_takes_nothing_away(
    house: House, router: Router, clock: Clock, later: Later
) -> None:
    """The remembered answer stays, and is still there to stand in."""
    house.cache.get_or_fetch(ANNA, router.about(ANNA))
    clock.now += 100
    router.down = "unreachable"
    house.cache.get_or_fetch(ANNA, router.about(ANNA))
    later.run()
    clock.now += 1000

    assert how(house.cache.get_or_fetch(ANNA, router.about(ANNA))) is How.STOOD_IN


def test_a_remembered_answer_stands_in_with_the_reason(house: House, router: Router, clock: Clock) -> None:
    """The failure behind a stand-in is handed on as it is."""
    house.cache.get_or_fetch(ANNA, router.about(ANNA))
    remembered = router.answer(ANNA)
    clock.now += DAY
    router.down = object()

    assert house.cache.get_or_fetch(ANNA, router.about(ANNA)) == Found(remembered, How.STOOD_IN, router.down)


def test_a_failure_without_memory_is_handed_on(house: House, router: Router) -> None:
    """Nothing remembered, nothing given."""
    router.down = object()

    assert house.cache.get_or_fetch(ANNA, router.about(ANNA)) == Missing(router.down)


def test_what_is_too_old_after_waiting_does_not_stand_in(house: House, router: Router, clock: Clock) -> None:
    """The window is looked at when the failure is known, not when the question was put."""
    house.cache.get_or_fetch(ANNA, router.about(ANNA))
    clock.now += 7 * DAY - 1

    def hang() -> Failed:
        clock.now += 2
        return Failed("timeout")

    assert house.cache.get_or_fetch(ANNA, hang) == Missing("timeout")


def test_another_process_is_told_while_this_one_waits_in_vain(
    tmp_path: Path, house: House, router: Router, clock: Clock
) -> None:
    """A failure here gives way to what the Router said there a moment ago."""
    other = House(tmp_path / "answers.sqlite", clock)

    def fail() -> Failed:
        other.cache.get_or_fetch(ANNA, router.about(ANNA))
        return Failed("timeout")

    assert how(house.cache.get_or_fetch(ANNA, fail)) is How.FRESH
    other.cache.close()


def test_an_older_answer_that_arrives_late_is_not_given(
    tmp_path: Path, house: House, router: Router, clock: Clock
) -> None:
    """While this process waits, another learns that the card was withdrawn: then that is the answer."""
    other = House(tmp_path / "answers.sqlite", clock)
    router.valid = False

    def slow() -> Fetched:
        valid = replace(router.answer(ANNA), valid=True)
        clock.now += 1
        other.cache.get_or_fetch(ANNA, router.about(ANNA))
        return Fetched(valid)

    answer = house.cache.get_or_fetch(ANNA, slow)

    assert answer == Found(router.answer(ANNA), How.FRESH)
    other.cache.close()


def test_an_answer_about_another_card_is_never_kept(house: House, router: Router) -> None:
    """Whoever mixes up cards is told so, and nobody gets Bruno's answer for Anna."""
    with pytest.raises(ValueError, match="another card"):
        house.cache.get_or_fetch(ANNA, router.about(BRUNO))

    assert (house.cache.recall(ANNA), house.cache.recall(BRUNO)) == (None, None)


@pytest.mark.parametrize("works", [True, False])
def test_64_threads_make_one_call(house: House, router: Router, *, works: bool) -> None:
    """One card, one call: its answer or its failure is everybody's."""
    router.down = None if works else "unreachable"
    desk: Desk[Found | Missing] = Desk()
    house.cache._flights._under_way = desk
    outcomes: list[How | None] = []

    def fetch() -> Fetched | Failed:
        for _ in range(64):
            assert desk.looked.acquire(timeout=10)
        return router.about(ANNA)()

    def scan() -> None:
        outcomes.append(how(house.cache.get_or_fetch(ANNA, fetch)))

    threads = [threading.Thread(target=scan) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert router.asked == 1
    assert Counter(outcomes) == {How.FETCHED if works else None: 64}


def test_an_exception_reaches_the_caller_and_the_next_scan_works(house: House, router: Router) -> None:
    """A fault in the program is not dressed up as an answer, and not remembered either."""

    def broken() -> Fetched:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        house.cache.get_or_fetch(ANNA, broken)

    assert how(house.cache.get_or_fetch(ANNA, router.about(ANNA))) is How.FETCHED


def test_forgetting_takes_effect_in_all_processes(
    tmp_path: Path, house: House, router: Router, clock: Clock
) -> None:
    """Erased by a command, a card is unknown to the running server too."""
    house.cache.get_or_fetch(ANNA, router.about(ANNA))
    command = House(tmp_path / "answers.sqlite", clock)

    assert command.cache.forget(ANNA)
    assert (house.cache.recall(ANNA), len(house.memory)) == (None, 0)
    command.cache.close()


def test_purging_keeps_what_still_keeps_older_answers_out(
    tmp_path: Path, house: House, router: Router, clock: Clock
) -> None:
    """A NOT VALID that can stand in no more still guards against a VALID in another process's memory."""
    house.cache.get_or_fetch(ANNA, router.about(ANNA))
    other = House(tmp_path / "answers.sqlite", clock)
    clock.now += 700
    router.valid = False
    other.cache.get_or_fetch(ANNA, router.about(ANNA))
    clock.now += 2 * DAY
    router.down = "unreachable"

    assert other.cache.purge() == 0
    assert how(house.cache.get_or_fetch(ANNA, router.about(ANNA))) is None
    clock.now += 5 * DAY + 1
    assert other.cache.purge() == 1
    other.cache.close()


def test_a_purge_may_run_behind_a_scan(house: House, router: Router, clock: Clock, later: Later) -> None:
    """Nobody waits for a purge that is asked for in passing; it is done when the background comes to it."""
    house.cache.get_or_fetch(ANNA, router.about(ANNA))
    clock.now += 30 * DAY
    house.cache.purge_soon()
    assert house.store.count() == 1

    later.run()
    assert house.store.count() == 0


def test_a_purge_ends_what_a_clock_that_ran_ahead_left(house: House, router: Router, clock: Clock) -> None:
    """An answer from further ahead than the longest window is deleted, in memory as on disk."""
    clock.now += 30 * DAY
    house.cache.get_or_fetch(ANNA, router.about(ANNA))
    clock.now -= 30 * DAY
    house.cache.get_or_fetch(BRUNO, router.about(BRUNO))

    assert house.cache.purge() == 1
    assert (len(house.memory), house.store.count()) == (1, 1)


def test_after_the_clock_was_put_right_the_router_is_asked_and_believed(
    tmp_path: Path, house: House, router: Router, clock: Clock
) -> None:
    """An answer from the future is never given, not even as a stand-in, and gives way to the next one."""
    other = House(tmp_path / "answers.sqlite", clock)
    clock.now += DAY
    other.cache.get_or_fetch(ANNA, router.about(ANNA))
    clock.now -= DAY
    router.down = "unreachable"
    assert how(house.cache.get_or_fetch(ANNA, router.about(ANNA))) is None

    router.down, router.valid = None, False
    assert how(house.cache.get_or_fetch(ANNA, router.about(ANNA))) is How.FETCHED
    for cache in (house.cache, other.cache):
        assert cache.recall(ANNA) == router.answer(ANNA)
    other.cache.close()


def test_a_site_may_remember_nothing(tmp_path: Path, router: Router, clock: Clock) -> None:
    """With all windows at zero, every scan asks."""
    house = House(tmp_path / "other.sqlite", clock, Windows(0, 0, 0, 0))
    for _ in range(3):
        assert how(house.cache.get_or_fetch(ANNA, router.about(ANNA))) is How.FETCHED
    router.down = "unreachable"

    assert how(house.cache.get_or_fetch(ANNA, router.about(ANNA))) is None
    house.cache.close()


def test_closing_ends_the_background_work_first(tmp_path: Path, clock: Clock) -> None:
    """What runs may still use the store; after that, the store is let go."""
    later = Later()
    house = House(tmp_path / "other.sqlite", clock, RENEWING, later)
    house.cache.close()

    assert later.closed
    assert not house.cache.healthy()


def test_renewal_in_real_threads(tmp_path: Path, router: Router, clock: Clock) -> None:
    """With the pool that ships, a renewed answer is there once the pool has ended its work."""
    pool = DaemonPool()
    house = House(tmp_path / "other.sqlite", clock, RENEWING, pool)
    house.cache.get_or_fetch(ANNA, router.about(ANNA))
    clock.now += 100
    done = threading.Event()

    def fetch() -> Fetched | Failed:
        done.set()
        return router.about(ANNA)()

    house.cache.get_or_fetch(ANNA, fetch)
    assert done.wait(10)
    pool.close()

    assert house.cache.recall(ANNA) == router.answer(ANNA)
    house.cache.close()
