"""Two tiers: where the store fails, memory answers alone and nothing is lost."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from offline_cache import Entry, StoreError
from tests.support.cache_doubles import ANNA, BRUNO, NOON, CacheProcess, FakeClock, FakeRouter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VALID = Entry(ANNA, valid=True, body="b", checked_at=NOON)
WITHDRAWN = replace(VALID, valid=False, checked_at=NOON + 1)


@pytest.fixture(name="process")
def _process(tmp_path: Path) -> Iterator[CacheProcess]:
    process = CacheProcess(tmp_path / "answers.sqlite", FakeClock(NOON + 2))
    yield process
    process.cache.close()


@pytest.fixture(name="other")
def _other(tmp_path: Path) -> Iterator[CacheProcess]:
    other = CacheProcess(tmp_path / "answers.sqlite", FakeClock(NOON + 2))
    yield other
    other.cache.close()


def test_the_newest_of_both_counts(process: CacheProcess, other: CacheProcess) -> None:
    """What another process has learnt replaces what this one remembers, and never the other way round."""
    process.cache.put(VALID)
    other.cache.put(WITHDRAWN)

    assert process.cache.get(ANNA) == WITHDRAWN
    assert process.cache.put(VALID) == WITHDRAWN


def test_memory_answers_alone_where_the_store_fails(process: CacheProcess) -> None:
    """What was seen by this process is there, store or no store."""
    process.store.reads_fail = process.store.writes_fail = True

    assert process.cache.put(VALID) == VALID
    assert process.cache.get(ANNA) == VALID
    assert process.cache.get(BRUNO) is None


def test_what_the_store_missed_is_brought_to_it(process: CacheProcess, other: CacheProcess) -> None:
    """A withdrawal seen while the disk was full reaches the other processes once there is room."""
    process.cache.put(VALID)
    process.store.writes_fail = True
    process.cache.put(WITHDRAWN)
    assert other.cache.get(ANNA) == VALID
    process.store.writes_fail = False

    assert process.cache.get(ANNA) == WITHDRAWN
    assert other.cache.get(ANNA) == WITHDRAWN


def test_what_the_store_never_had_is_brought_to_it(process: CacheProcess, other: CacheProcess) -> None:
    """A card first seen while the disk was full is kept as soon as it is scanned again."""
    process.store.writes_fail = True
    process.cache.put(VALID)
    assert process.cache.get(ANNA) == VALID
    process.store.writes_fail = False
    process.cache.get(ANNA)

    assert other.cache.get(ANNA) == VALID


def test_a_late_answer_does_not_undo_one_that_only_memory_has(process: CacheProcess) -> None:
    """The withdrawal that the store missed goes there, not the older answer that came after it."""
    process.store.writes_fail = True
    process.cache.put(WITHDRAWN)
    process.store.writes_fail = False

    assert process.cache.put(VALID) == WITHDRAWN
    assert process.store.get(ANNA) == WITHDRAWN


def test_a_failing_store_is_waited_for_once_a_scan(process: CacheProcess) -> None:
    """However many looks a scan takes, it meets a dead store once: one time-out, not four."""
    router = FakeRouter(FakeClock(NOON))
    process.store.reads_fail = True
    process.scan(ANNA, router.about(ANNA))

    assert process.store.calls == 1
    process.scan(BRUNO, router.about(BRUNO))
    assert process.store.calls == 2


def test_a_forgotten_card_may_come_back_only_if_that_was_said(process: CacheProcess) -> None:
    """Where the store fails, forget() is not pretended."""
    process.cache.put(VALID)
    process.store.writes_fail = True
    assert not process.cache.forget(ANNA)
    assert process.cache.get(ANNA) == VALID
    process.store.writes_fail = False

    assert process.cache.forget(ANNA)
    assert process.cache.get(ANNA) is None


def test_a_purge_that_fails_says_so(process: CacheProcess) -> None:
    """Who must delete is told where the disk did not."""
    process.store.writes_fail = True

    with pytest.raises(StoreError):
        process.cache.purge()


def test_health_follows_the_store(process: CacheProcess) -> None:
    """Unhealthy from the first failure until a write has succeeded again; reading alone proves nothing."""
    assert process.cache.healthy()
    process.store.reads_fail = True
    assert not process.cache.healthy()
    process.store.reads_fail, process.store.writes_fail = False, True
    process.cache.put(VALID)
    assert not process.cache.healthy()
    process.store.writes_fail = False
    assert not process.cache.healthy()
    process.cache.get(ANNA)
    assert process.cache.healthy()


def test_the_log_is_told_once(process: CacheProcess, caplog: pytest.LogCaptureFixture) -> None:
    """A disk that is full for an hour makes one line, not one for every scan."""
    process.store.writes_fail = True
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            process.cache.put(VALID)

    assert [record.getMessage() for record in caplog.records] == [
        "memory alone answers for now: broken by the test"
    ]
