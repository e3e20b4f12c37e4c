"""Two tiers: if the store fails, memory serves alone and nothing is lost."""

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
    """A newer answer of another process replaces this one's, and never the reverse."""
    process.cache.put(VALID)
    other.cache.put(WITHDRAWN)

    assert process.cache.get(ANNA) == WITHDRAWN
    assert process.cache.put(VALID) == WITHDRAWN


def test_memory_serves_alone_if_the_store_fails(process: CacheProcess) -> None:
    """Answers seen by this process are served without the store."""
    process.store.reads_fail = process.store.writes_fail = True

    assert process.cache.put(VALID) == VALID
    assert process.cache.get(ANNA) == VALID
    assert process.cache.get(BRUNO) is None


def test_a_missed_write_is_made_up_for(process: CacheProcess, other: CacheProcess) -> None:
    """A withdrawal seen while the disk was full reaches the other processes when there is space again."""
    process.cache.put(VALID)
    process.store.writes_fail = True
    process.cache.put(WITHDRAWN)
    assert other.cache.get(ANNA) == VALID
    process.store.writes_fail = False

    assert process.cache.get(ANNA) == WITHDRAWN
    assert other.cache.get(ANNA) == WITHDRAWN


def test_a_missed_new_card_is_stored_later(process: CacheProcess, other: CacheProcess) -> None:
    """A card first seen while the disk was full is stored at its next scan."""
    process.store.writes_fail = True
    process.cache.put(VALID)
    assert process.cache.get(ANNA) == VALID
    process.store.writes_fail = False
    process.cache.get(ANNA)

    assert other.cache.get(ANNA) == VALID


def test_a_late_answer_does_not_replace_a_newer_one_in_memory(process: CacheProcess) -> None:
    """The store receives the withdrawal that it missed, not the older answer that arrived later."""
    process.store.writes_fail = True
    process.cache.put(WITHDRAWN)
    process.store.writes_fail = False

    assert process.cache.put(VALID) == WITHDRAWN
    assert process.store.get(ANNA) == WITHDRAWN


def test_a_request_waits_for_a_failing_store_once(process: CacheProcess) -> None:
    """However many look-ups a scan needs, it calls a failing store once: one time-out, not four."""
    router = FakeRouter(FakeClock(NOON))
    process.store.reads_fail = True
    process.scan(ANNA, router.about(ANNA))

    assert process.store.calls == 1
    process.scan(BRUNO, router.about(BRUNO))
    assert process.store.calls == 2


def test_forget_reports_a_failing_store(process: CacheProcess) -> None:
    """If the store fails, forget() returns False and the card may come back."""
    process.cache.put(VALID)
    process.store.writes_fail = True
    assert not process.cache.forget(ANNA)
    assert process.cache.get(ANNA) == VALID
    process.store.writes_fail = False

    assert process.cache.forget(ANNA)
    assert process.cache.get(ANNA) is None


def test_a_failed_purge_raises(process: CacheProcess) -> None:
    """The caller must know that the data was not deleted."""
    process.store.writes_fail = True

    with pytest.raises(StoreError):
        process.cache.purge()


def test_health_follows_the_store(process: CacheProcess) -> None:
    """Unhealthy from the first failure until a write succeeds; a read is not enough."""
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


def test_a_failing_store_is_logged_once(process: CacheProcess, caplog: pytest.LogCaptureFixture) -> None:
    """A disk that is full for an hour gives one line, not one per scan."""
    process.store.writes_fail = True
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            process.cache.put(VALID)

    assert [record.getMessage() for record in caplog.records] == [
        "memory alone answers for now: broken by the test"
    ]
