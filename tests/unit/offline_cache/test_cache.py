"""OfflineCache: when it fetches, when it serves a remembered answer, and what it does if fetching fails."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from offline_cache import (
    CacheStatus,
    DaemonPool,
    Entry,
    Failed,
    Fetched,
    Found,
    Lifetimes,
    Missing,
    UnreadableEntry,
)
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
    """CacheStatus it was found, None if nothing was found."""
    return answer.status if isinstance(answer, Found) else None


def test_a_new_card_is_fetched(process: CacheProcess, router: FakeRouter) -> None:
    """The Router's answer is served unchanged, and kept."""
    answer = process.scan(ANNA, router.about(ANNA))

    assert answer == Found(router.answer(ANNA), "body", CacheStatus.FETCHED)
    assert process.cache.get(ANNA) == router.answer(ANNA)
    assert process.cache.get(BRUNO) is None


def test_a_second_scan_fetches_nothing(process: CacheProcess, router: FakeRouter, clock: FakeClock) -> None:
    """While it is fresh, the remembered answer is served with its time of asking."""
    process.scan(ANNA, router.about(ANNA))
    clock.now += 59

    assert process.scan(ANNA, router.about(ANNA)) == Found(
        Entry(ANNA, valid=True, body="body", checked_at=NOON), "body", CacheStatus.FRESH
    )
    assert router.asked == 1


def test_an_answer_is_revalidated_in_the_background(
    process: CacheProcess, router: FakeRouter, clock: FakeClock, background: ManualBackground
) -> None:
    """Just after the fresh time, the remembered answer is served and a job fetches."""
    process.scan(ANNA, router.about(ANNA))
    clock.now += 100

    assert status(process.scan(ANNA, router.about(ANNA))) is CacheStatus.STALE_WHILE_REVALIDATE
    assert router.asked == 1
    background.run()
    assert router.asked == 2
    assert status(process.scan(ANNA, router.about(ANNA))) is CacheStatus.FRESH


def test_a_late_revalidation_fetches_nothing(
    process: CacheProcess, router: FakeRouter, clock: FakeClock, background: ManualBackground
) -> None:
    """Two scans queue two jobs, but the second finds the answer of the first."""
    process.scan(ANNA, router.about(ANNA))
    clock.now += 100
    for _ in range(2):
        process.scan(ANNA, router.about(ANNA))
    background.run()

    assert router.asked == 2


def test_a_failed_revalidation_loses_nothing(
    process: CacheProcess, router: FakeRouter, clock: FakeClock, background: ManualBackground
) -> None:
    """The remembered answer stays and can still be served on errors."""
    process.scan(ANNA, router.about(ANNA))
    clock.now += 100
    router.down = "unreachable"
    process.scan(ANNA, router.about(ANNA))
    background.run()
    clock.now += 1000

    assert status(process.scan(ANNA, router.about(ANNA))) is CacheStatus.STALE_ON_ERROR


def test_a_stale_answer_comes_with_the_failure(
    process: CacheProcess, router: FakeRouter, clock: FakeClock
) -> None:
    """The failure is passed on unchanged."""
    process.scan(ANNA, router.about(ANNA))
    remembered = router.answer(ANNA)
    clock.now += DAY
    router.down = object()

    assert process.scan(ANNA, router.about(ANNA)) == Found(
        remembered, "body", CacheStatus.STALE_ON_ERROR, router.down
    )


def test_a_failure_without_a_remembered_answer_is_passed_on(
    process: CacheProcess, router: FakeRouter
) -> None:
    """Without a remembered answer there is only the failure."""
    router.down = object()

    assert process.scan(ANNA, router.about(ANNA)) == Missing(router.down)


def test_an_answer_that_expires_during_the_fetch_is_not_served(
    process: CacheProcess, router: FakeRouter, clock: FakeClock
) -> None:
    """The age counts when the fetch fails, not when it starts."""
    process.scan(ANNA, router.about(ANNA))
    clock.now += 7 * DAY - 1

    def hang() -> Failed:
        clock.now += 2
        return Failed("timeout")

    assert process.scan(ANNA, hang) == Missing("timeout")


def test_another_process_fetches_while_this_one_fails(
    tmp_path: Path, process: CacheProcess, router: FakeRouter, clock: FakeClock
) -> None:
    """After a failure here, the fresh answer of the other process is served."""
    other = CacheProcess(tmp_path / "answers.sqlite", clock)

    def fail() -> Failed:
        other.scan(ANNA, router.about(ANNA))
        return Failed("timeout")

    assert status(process.scan(ANNA, fail)) is CacheStatus.FRESH
    other.cache.close()


def test_an_older_answer_that_arrives_late_is_not_served(
    tmp_path: Path, process: CacheProcess, router: FakeRouter, clock: FakeClock
) -> None:
    """While this process waits, another learns that the card was withdrawn: that answer is served."""
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
    """A fetch for the wrong card raises, and Bruno's answer is never served for Anna."""
    with pytest.raises(ValueError, match="another card"):
        process.scan(ANNA, router.about(BRUNO))

    assert (process.cache.get(ANNA), process.cache.get(BRUNO)) == (None, None)


def test_an_entry_under_an_earlier_key_moves_to_the_present_one(
    process: CacheProcess, router: FakeRouter
) -> None:
    """After the key of the card hashes changed, remembered answers are still found."""
    process.scan(BRUNO, router.about(BRUNO))

    found = process.cache.get_or_fetch(ANNA, router.about(ANNA), lambda entry: entry.body, ["none", BRUNO])

    assert found == Found(router.answer(ANNA), "body", CacheStatus.FRESH)
    assert (router.asked, process.cache.get(ANNA)) == (1, router.answer(ANNA))


def test_an_entry_that_cannot_be_decoded_is_deleted_and_fetched_again(
    process: CacheProcess, router: FakeRouter
) -> None:
    """Its earlier copies are deleted too; a value of None only skips the entry."""
    process.scan(ANNA, router.about(ANNA))
    process.scan(BRUNO, router.about(BRUNO))

    def damaged(_: Entry) -> str:
        raise UnreadableEntry

    router.down = "unreachable"
    assert process.cache.get_or_fetch(ANNA, router.about(ANNA), lambda _: None) == Missing("unreachable")
    assert process.cache.get(ANNA) is not None
    assert process.cache.get_or_fetch(ANNA, router.about(ANNA), damaged, [BRUNO]) == Missing("unreachable")
    assert (process.cache.get(ANNA), process.cache.get(BRUNO), process.cache.forget_all()) == (None, None, 0)


@pytest.mark.parametrize("works", [True, False])
def test_64_threads_make_one_call(process: CacheProcess, router: FakeRouter, *, works: bool) -> None:
    """All threads with one card share one call, its answer or its failure."""
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
    """A programming error is neither served as an answer nor remembered."""

    def broken() -> Fetched[str]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        process.scan(ANNA, broken)

    assert status(process.scan(ANNA, router.about(ANNA))) is CacheStatus.FETCHED


def test_forgetting_takes_effect_in_all_processes(
    tmp_path: Path, process: CacheProcess, router: FakeRouter, clock: FakeClock
) -> None:
    """A card erased by a command is also gone from the running server."""
    process.scan(ANNA, router.about(ANNA))
    command = CacheProcess(tmp_path / "answers.sqlite", clock)

    assert command.cache.forget(ANNA)
    assert (process.cache.get(ANNA), len(process.memory)) == (None, 0)
    command.cache.close()


def test_purging_keeps_entries_that_keep_older_answers_out(
    tmp_path: Path, process: CacheProcess, router: FakeRouter, clock: FakeClock
) -> None:
    """An expired NOT VALID still keeps out an older VALID in another process's memory."""
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


def test_a_purge_can_run_in_the_background(
    process: CacheProcess, router: FakeRouter, clock: FakeClock, background: ManualBackground
) -> None:
    """purge_soon does not block; the background job purges later."""
    process.scan(ANNA, router.about(ANNA))
    clock.now += 30 * DAY
    process.cache.purge_soon()
    assert process.store.count() == 1

    background.run()
    assert process.store.count() == 0


def test_a_purge_deletes_entries_of_a_clock_that_ran_ahead(
    process: CacheProcess, router: FakeRouter, clock: FakeClock
) -> None:
    """An answer from further in the future than the longest lifetime is deleted from both tiers."""
    clock.now += 30 * DAY
    process.scan(ANNA, router.about(ANNA))
    clock.now -= 30 * DAY
    process.scan(BRUNO, router.about(BRUNO))

    assert process.cache.purge() == 1
    assert (len(process.memory), process.store.count()) == (1, 1)


def test_after_the_clock_is_corrected_a_new_answer_counts(
    tmp_path: Path, process: CacheProcess, router: FakeRouter, clock: FakeClock
) -> None:
    """An answer from the future is never served, not even on errors, and the next answer replaces it."""
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
    """With all lifetimes at zero, every scan fetches."""
    process = CacheProcess(tmp_path / "other.sqlite", clock, Lifetimes(0, 0, 0, 0))
    for _ in range(3):
        assert status(process.scan(ANNA, router.about(ANNA))) is CacheStatus.FETCHED
    router.down = "unreachable"

    assert status(process.scan(ANNA, router.about(ANNA))) is None
    process.cache.close()


def test_closing_ends_the_background_work_first(tmp_path: Path, clock: FakeClock) -> None:
    """Running jobs may still use the store; it is closed after them."""
    background = ManualBackground()
    process = CacheProcess(tmp_path / "other.sqlite", clock, REVALIDATING, background)
    process.cache.close()

    assert background.closed
    assert not process.cache.healthy()


def test_revalidation_in_real_threads(tmp_path: Path, router: FakeRouter, clock: FakeClock) -> None:
    """With the real pool, the new answer is kept when the pool has ended its work."""
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
