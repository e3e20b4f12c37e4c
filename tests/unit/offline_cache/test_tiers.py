"""Two tiers: where the store fails, memory answers alone and nothing is lost."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from offline_cache import Entry, StoreError
from tests.support.remembering import ANNA, BRUNO, NOON, Clock, House, Router

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VALID = Entry(ANNA, valid=True, body="b", checked_at=NOON)
WITHDRAWN = replace(VALID, valid=False, checked_at=NOON + 1)


@pytest.fixture(name="house")
def _house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "answers.sqlite", Clock(NOON + 2))
    yield house
    house.cache.close()


@pytest.fixture(name="other")
def _other(tmp_path: Path) -> Iterator[House]:
    other = House(tmp_path / "answers.sqlite", Clock(NOON + 2))
    yield other
    other.cache.close()


def test_the_newest_of_both_counts(house: House, other: House) -> None:
    """What another process has learnt replaces what this one remembers, and never the other way round."""
    house.cache.remember(VALID)
    other.cache.remember(WITHDRAWN)

    assert house.cache.recall(ANNA) == WITHDRAWN
    assert house.cache.remember(VALID) == WITHDRAWN


def test_memory_answers_alone_where_the_store_fails(house: House) -> None:
    """What was seen by this process is there, store or no store."""
    house.store.reads_fail = house.store.writes_fail = True

    assert house.cache.remember(VALID) == VALID
    assert house.cache.recall(ANNA) == VALID
    assert house.cache.recall(BRUNO) is None


def test_what_the_store_missed_is_brought_to_it(house: House, other: House) -> None:
    """A withdrawal seen while the disk was full reaches the other processes once there is room."""
    house.cache.remember(VALID)
    house.store.writes_fail = True
    house.cache.remember(WITHDRAWN)
    assert other.cache.recall(ANNA) == VALID
    house.store.writes_fail = False

    assert house.cache.recall(ANNA) == WITHDRAWN
    assert other.cache.recall(ANNA) == WITHDRAWN


def test_what_the_store_never_had_is_brought_to_it(house: House, other: House) -> None:
    """A card first seen while the disk was full is kept as soon as it is scanned again."""
    house.store.writes_fail = True
    house.cache.remember(VALID)
    assert house.cache.recall(ANNA) == VALID
    house.store.writes_fail = False
    house.cache.recall(ANNA)

    assert other.cache.recall(ANNA) == VALID


def test_a_late_answer_does_not_undo_one_that_only_memory_has(house: House) -> None:
    """The withdrawal that the store missed goes there, not the older answer that came after it."""
    house.store.writes_fail = True
    house.cache.remember(WITHDRAWN)
    house.store.writes_fail = False

    assert house.cache.remember(VALID) == WITHDRAWN
    assert house.store.get(ANNA) == WITHDRAWN


def test_a_failing_store_is_waited_for_once_a_scan(house: House) -> None:
    """However many looks a scan takes, it meets a dead store once: one time-out, not four."""
    router = Router(Clock(NOON))
    house.store.reads_fail = True
    house.cache.get_or_fetch(ANNA, router.about(ANNA))

    assert house.store.calls == 1
    house.cache.get_or_fetch(BRUNO, router.about(BRUNO))
    assert house.store.calls == 2


def test_a_forgotten_card_may_come_back_only_if_that_was_said(house: House) -> None:
    """Where the store fails, forget() is not pretended."""
    house.cache.remember(VALID)
    house.store.writes_fail = True
    assert not house.cache.forget(ANNA)
    assert house.cache.recall(ANNA) == VALID
    house.store.writes_fail = False

    assert house.cache.forget(ANNA)
    assert house.cache.recall(ANNA) is None


def test_a_purge_that_fails_says_so(house: House) -> None:
    """Who must delete is told where the disk did not."""
    house.store.writes_fail = True

    with pytest.raises(StoreError):
        house.cache.purge()


def test_health_follows_the_store(house: House) -> None:
    """Unhealthy from the first failure until a write has succeeded again; reading alone proves nothing."""
    assert house.cache.healthy()
    house.store.reads_fail = True
    assert not house.cache.healthy()
    house.store.reads_fail, house.store.writes_fail = False, True
    house.cache.remember(VALID)
    assert not house.cache.healthy()
    house.store.writes_fail = False
    assert not house.cache.healthy()
    house.cache.recall(ANNA)
    assert house.cache.healthy()


def test_the_log_is_told_once(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """A disk that is full for an hour makes one line, not one for every scan."""
    house.store.writes_fail = True
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            house.cache.remember(VALID)

    assert [record.getMessage() for record in caplog.records] == ["memory alone answers for now: pulled"]
