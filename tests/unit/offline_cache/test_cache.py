"""OfflineCache: when the Router is asked, when memory answers, and what happens where asking fails."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from offline_cache import CacheStatus, DaemonPool, Entry, Failed, Fetched, Found, Lifetimes, Missing
from tests.support.cache_doubles import (
    ANNA,
    BRUNO,
    DAY,
    NOON,
    REVALIDATING,
    CacheProcess,
    CountingFlights,
    FakeClock,
    FakeRouter,
    ManualBackground,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(name="clock")
def _clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(name="router")
def _router(clock: FakeClock) -> FakeRouter:
    return FakeRouter(clock)


@pytest.fixture(name="background")
def _later() -> ManualBackground:
    return ManualBackground()


@pytest.fixture(name="process")
def _process(tmp_path: Path, clock: FakeClock, background: ManualBackground) -> Iterator[CacheProcess]:
    process = CacheProcess(tmp_path / "answers.sqlite", clock, REVALIDATING, background)
    yield process
    process.cache.close()


def status(answer: Found[str] | Missing) -> CacheStatus | None:
    """CacheStatus it was found, None where it was not."""
    return answer.status if isinstance(answer, Found) else None


def test_a_new_card_is_asked_for(process: CacheProcess, router: FakeRouter) -> None:
    """What the Router says is given as it came, and kept."""
    answer = process.scan(ANNA, router.about(ANNA))

    assert answer == Found(router.answer(ANNA), "body", CacheStatus.FETCHED)
    assert process.cache.get(ANNA) == router.answer(ANNA)
    assert process.cache.get(BRUNO) is None


def test_a_second_scan_asks_nobody(process: CacheProcess, router: FakeRouter, clock: FakeClock) -> None:
    """Inside the fresh window memory answers, with the time at which it was asked for."""
    process.scan(ANNA, router.about(ANNA))
    clock.now += 59

    assert process.scan(ANNA, router.about(ANNA)) == Found(
        Entry(ANNA, valid=True, body="body", checked_at=NOON), "body", CacheStatus.FRESH
    )
    assert router.asked == 1


def test_an_answer_is_renewed_in_the_background(
    process: CacheProcess, router: FakeRouter, clock: FakeClock, background: ManualBackground
) -> None:
    """Just past fresh, memory answers at once and the Router is asked behind it."""
    process.scan(ANNA, router.about(ANNA))
    clock.now += 100

    assert status(process.scan(ANNA, router.about(ANNA))) is CacheStatus.STALE_WHILE_REVALIDATE
    assert router.asked == 1
    background.run()
    assert router.asked == 2
    assert status(process.scan(ANNA, router.about(ANNA))) is CacheStatus.FRESH


def test_a_renewal_that_comes_late_asks_nobody(
    process: CacheProcess, router: FakeRouter, clock: FakeClock, background: ManualBackground
) -> None:
    """Two scans make two jobs, but the second finds the answer of the first."""
    process.scan(ANNA, router.about(ANNA))
    clock.now += 100
    for _ in range(2):
        process.scan(ANNA, router.about(ANNA))
    background.run()

    assert router.asked == 2


def test_a_renewal_that_fails_takes_nothing_away(
    process: CacheProcess, router: FakeRouter, clock: FakeClock, background: ManualBackground
) -> None:
    """The remembered answer stays, and is still there to stand in."""
    process.scan(ANNA, router.about(ANNA))
    clock.now += 100
    router.down = "unreachable"
    process.scan(ANNA, router.about(ANNA))
    background.run()
    clock.now += 1000

    assert status(process.scan(ANNA, router.about(ANNA))) is CacheStatus.STALE_ON_ERROR


def test_a_remembered_answer_stands_in_with_the_reason(
    process: CacheProcess, router: FakeRouter, clock: FakeClock
) -> None:
    """The failure behind a stand-in is handed on as it is."""
    process.scan(ANNA, router.about(ANNA))
    remembered = router.answer(ANNA)
    clock.now += DAY
    router.down = object()

    assert process.scan(ANNA, router.about(ANNA)) == Found(
        remembered, "body", CacheStatus.STALE_ON_ERROR, router.down
    )


def test_a_failure_without_memory_is_handed_on(process: CacheProcess, router: FakeRouter) -> None:
    """Nothing remembered, nothing given."""
    router.down = object()

    assert process.scan(ANNA, router.about(ANNA)) == Missing(router.down)


def test_what_is_too_old_after_waiting_does_not_stand_in(
    process: CacheProcess, router: FakeRouter, clock: FakeClock
) -> None:
    """The window is looked at when the failure is known, not when the question was put."""
    process.scan(ANNA, router.about(ANNA))
    clock.now += 7 * DAY - 1

    def hang() -> Failed:
        clock.now += 2
        return Failed("timeout")

    assert process.scan(ANNA, hang) == Missing("timeout")


def test_another_process_is_told_while_this_one_waits_in_vain(
    tmp_path: Path, process: CacheProcess, router: FakeRouter, clock: FakeClock
) -> None:
    """A failure here gives way to what the Router said there a moment ago."""
    other = CacheProcess(tmp_path / "answers.sqlite", clock)

    def fail() -> Failed:
        other.scan(ANNA, router.about(ANNA))
        return Failed("timeout")

    assert status(process.scan(ANNA, fail)) is CacheStatus.FRESH
    other.cache.close()


def test_an_older_answer_that_arrives_late_is_not_given(
    tmp_path: Path, process: CacheProcess, router: FakeRouter, clock: FakeClock
) -> None:
    """While this process waits, another learns that the card was withdrawn: then that is the answer."""
    other = CacheProcess(tmp_path / "answers.sqlite", clock)
    router.valid = False

    def slow() -> Fetched[str]:
        valid = replace(router.answer(ANNA), valid=True)
        clock.now += 1
        other.scan(ANNA, router.about(ANNA))
        return Fetched(valid, valid.body)

    answer = process.scan(ANNA, slow)

    assert answer == Found(router.answer(ANNA), "body", CacheStatus.FRESH)
    other.cache.close()


def test_an_answer_about_another_card_is_never_kept(process: CacheProcess, router: FakeRouter) -> None:
    """Whoever mixes up cards is told so, and nobody gets Bruno's answer for Anna."""
    with pytest.raises(ValueError, match="another card"):
        process.scan(ANNA, router.about(BRUNO))

    assert (process.cache.get(ANNA), process.cache.get(BRUNO)) == (None, None)


@pytest.mark.parametrize("works", [True, False])
def test_64_threads_make_one_call(process: CacheProcess, router: FakeRouter, *, works: bool) -> None:
    """One card, one call: its answer or its failure is everybody's."""
    router.down = None if works else "unreachable"
    desk: CountingFlights[Found[str] | Missing] = CountingFlights()
    process.cache._flights._in_progress = desk
    outcomes: list[CacheStatus | None] = []

    def fetch() -> Fetched[str] | Failed:
        for _ in range(64):
            assert desk.looked_up.acquire(timeout=10)
        return router.about(ANNA)()

    def scan() -> None:
        outcomes.append(status(process.scan(ANNA, fetch)))

    threads = [threading.Thread(target=scan) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert router.asked == 1
    assert Counter(outcomes) == {CacheStatus.FETCHED if works else None: 64}


def test_an_exception_reaches_the_caller_and_the_next_scan_works(
    process: CacheProcess, router: FakeRouter
) -> None:
    """A fault in the program is not dressed up as an answer, and not remembered either."""

    def broken() -> Fetched[str]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        process.scan(ANNA, broken)

    assert status(process.scan(ANNA, router.about(ANNA))) is CacheStatus.FETCHED


def test_forgetting_takes_effect_in_all_processes(
    tmp_path: Path, process: CacheProcess, router: FakeRouter, clock: FakeClock
) -> None:
    """Erased by a command, a card is unknown to the running server too."""
    process.scan(ANNA, router.about(ANNA))
    command = CacheProcess(tmp_path / "answers.sqlite", clock)

    assert command.cache.forget(ANNA)
    assert (process.cache.get(ANNA), len(process.memory)) == (None, 0)
    command.cache.close()


def test_purging_keeps_what_still_keeps_older_answers_out(
    tmp_path: Path, process: CacheProcess, router: FakeRouter, clock: FakeClock
) -> None:
    """A NOT VALID that can stand in no more still guards against a VALID in another process's memory."""
    process.scan(ANNA, router.about(ANNA))
    other = CacheProcess(tmp_path / "answers.sqlite", clock)
    clock.now += 700
    router.valid = False
    other.scan(ANNA, router.about(ANNA))
    clock.now += 2 * DAY
    router.down = "unreachable"

    assert other.cache.purge() == 0
    assert status(process.scan(ANNA, router.about(ANNA))) is None
    clock.now += 5 * DAY + 1
    assert other.cache.purge() == 1
    other.cache.close()


def test_a_purge_may_run_behind_a_scan(
    process: CacheProcess, router: FakeRouter, clock: FakeClock, background: ManualBackground
) -> None:
    """Nobody waits for a purge that is asked for in passing; it is done when the background comes to it."""
    process.scan(ANNA, router.about(ANNA))
    clock.now += 30 * DAY
    process.cache.purge_soon()
    assert process.store.count() == 1

    background.run()
    assert process.store.count() == 0


def test_a_purge_ends_what_a_clock_that_ran_ahead_left(
    process: CacheProcess, router: FakeRouter, clock: FakeClock
) -> None:
    """An answer from further ahead than the longest window is deleted, in memory as on disk."""
    clock.now += 30 * DAY
    process.scan(ANNA, router.about(ANNA))
    clock.now -= 30 * DAY
    process.scan(BRUNO, router.about(BRUNO))

    assert process.cache.purge() == 1
    assert (len(process.memory), process.store.count()) == (1, 1)


def test_after_the_clock_was_put_right_the_router_is_asked_and_believed(
    tmp_path: Path, process: CacheProcess, router: FakeRouter, clock: FakeClock
) -> None:
    """An answer from the future is never given, not even as a stand-in, and gives way to the next one."""
    other = CacheProcess(tmp_path / "answers.sqlite", clock)
    clock.now += DAY
    other.scan(ANNA, router.about(ANNA))
    clock.now -= DAY
    router.down = "unreachable"
    assert status(process.scan(ANNA, router.about(ANNA))) is None

    router.down, router.valid = None, False
    assert status(process.scan(ANNA, router.about(ANNA))) is CacheStatus.FETCHED
    for cache in (process.cache, other.cache):
        assert cache.get(ANNA) == router.answer(ANNA)
    other.cache.close()


def test_a_site_may_remember_nothing(tmp_path: Path, router: FakeRouter, clock: FakeClock) -> None:
    """With all windows at zero, every scan asks."""
    process = CacheProcess(tmp_path / "other.sqlite", clock, Lifetimes(0, 0, 0, 0))
    for _ in range(3):
        assert status(process.scan(ANNA, router.about(ANNA))) is CacheStatus.FETCHED
    router.down = "unreachable"

    assert status(process.scan(ANNA, router.about(ANNA))) is None
    process.cache.close()


def test_closing_ends_the_background_work_first(tmp_path: Path, clock: FakeClock) -> None:
    """What runs may still use the store; after that, the store is let go."""
    background = ManualBackground()
    process = CacheProcess(tmp_path / "other.sqlite", clock, REVALIDATING, background)
    process.cache.close()

    assert background.closed
    assert not process.cache.healthy()


def test_renewal_in_real_threads(tmp_path: Path, router: FakeRouter, clock: FakeClock) -> None:
    """With the pool that ships, a renewed answer is there once the pool has ended its work."""
    pool = DaemonPool()
    process = CacheProcess(tmp_path / "other.sqlite", clock, REVALIDATING, pool)
    process.scan(ANNA, router.about(ANNA))
    clock.now += 100
    done = threading.Event()

    def fetch() -> Fetched[str] | Failed:
        done.set()
        return router.about(ANNA)()

    process.scan(ANNA, fetch)
    assert done.wait(10)
    pool.close()

    assert process.cache.get(ANNA) == router.answer(ANNA)
    process.cache.close()
