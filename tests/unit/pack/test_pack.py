"""The pack as a device follows it: pages, cursors, the newest only, and beginning anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from offline_cache import SqliteStore, StoreError, Windows
from validator.pack.keys import pack_key
from validator.pack.pack import OfflinePack, Pack
from validator.pack.rows import Rules
from validator.remembered import to_entry
from validator.router.answers import CardStatus, KnownCard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BRUSSELS = ZoneInfo("Europe/Brussels")
DAY_S = 86_400
WINDOWS = Windows(fresh_s=60, stale_s=7 * DAY_S, fresh_not_valid_s=30, stale_not_valid_s=DAY_S)
ACTIVE = KnownCard(CardStatus.ACTIVE, date(2027, 9, 30))


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "answers.sqlite")
    yield store
    store.close()


@pytest.fixture(name="pack")
def _pack(store: SqliteStore) -> OfflinePack:
    """A site whose devices know three cards at most, two a page."""
    rules = Rules(WINDOWS, BRUSSELS, 7 * DAY_S)
    return OfflinePack(store, pack_key("a secret"), 3, rules, lambda: NOON, page=2)


def keep(store: SqliteStore, *cards: str, at: datetime = NOON) -> None:
    """Remember an answer for each of these cards."""
    for card in cards:
        store.put(to_entry(card, ACTIVE, at, BRUSSELS, card * 22), NOON.timestamp())


def cards(page: Pack) -> str:
    """The cards on this page, one letter each."""
    return "".join(row.hash[0] for row in page.rows)


def follow(pack: OfflinePack, cursor: str = "") -> tuple[list[str], list[bool], str]:
    """All pages from here on: their cards, their resets, and the last cursor."""
    found, resets = [], []
    while True:
        page = pack.since(cursor)
        found.append(cards(page))
        resets.append(page.reset)
        cursor = page.cursor
        if not page.more:
            return found, resets, cursor


def test_a_new_device_gets_everything_and_then_only_what_changed(
    pack: OfflinePack, store: SqliteStore
) -> None:
    """The first page begins anew; afterwards a sync costs what changed, and nothing where nothing did."""
    keep(store, "a", "b", "c")

    found, resets, cursor = follow(pack)
    assert (found, resets) == (["ab", "c"], [True, False])

    idle = pack.since(cursor)
    assert (idle.rows, idle.reset, idle.more, idle.cursor) == ([], False, False, cursor)

    keep(store, "b", at=NOON + timedelta(seconds=1))
    assert follow(pack, cursor)[:2] == (["b"], [False])


def test_an_empty_memory_gives_an_empty_pack(pack: OfflinePack, store: SqliteStore) -> None:
    """From its cursor on the first answer is found."""
    _, _, cursor = follow(pack)
    keep(store, "a")

    assert follow(pack, cursor)[:2] == (["a"], [False])


def test_only_the_newest_cards_are_given(pack: OfflinePack, store: SqliteStore) -> None:
    """Whether a device is new or was away for long: not more than it may keep."""
    keep(store, "a")
    _, _, early = follow(pack)
    keep(store, "b", "c", "d", "e")

    assert follow(pack)[0] == ["cd", "e"]
    assert follow(pack, early)[:2] == (["cd", "e"], [False, False])


def test_a_purge_takes_no_place_in_the_order(pack: OfflinePack, store: SqliteStore) -> None:
    """A device that knew the last number before a purge misses nothing after it."""
    keep(store, "a", "b", at=NOON - timedelta(days=6))
    _, _, cursor = follow(pack)
    store.purge(NOON.timestamp() - DAY_S, NOON.timestamp() + DAY_S)

    assert pack.since(cursor).reset is False
    keep(store, "c")
    assert follow(pack, cursor)[:2] == (["c"], [False])


@pytest.mark.parametrize("cursor", ["rubbish", "0123456789abcdef.1", "'; DROP TABLE answers --", "\x00"])
def test_a_cursor_that_is_not_ours_begins_anew(pack: OfflinePack, store: SqliteStore, cursor: str) -> None:
    """Malformed or foreign: the device gets everything, and is told to drop the rest."""
    keep(store, "a")

    assert follow(pack, cursor)[:2] == (["a"], [True])


def test_a_cursor_ahead_of_us_begins_anew(pack: OfflinePack, store: SqliteStore) -> None:
    """A number that was never given cannot be gone on from: a file was put back, or somebody tries."""
    keep(store, "a")
    order = follow(pack)[2].rpartition(".")[0]

    assert follow(pack, f"{order}.2")[:2] == (["a"], [True])
    assert follow(pack, f"{order}.{10**18 - 1}")[:2] == (["a"], [True])


def test_a_new_key_and_a_new_file_begin_anew(pack: OfflinePack, store: SqliteStore, tmp_path: Path) -> None:
    """Hashes under another key, or numbers of another file, mean nothing to what the device has."""
    keep(store, "a")
    first = pack.since("")
    other = SqliteStore(tmp_path / "other.sqlite")

    rekeyed = replace(pack, key=pack_key("another secret")).since(first.cursor)
    assert rekeyed.reset
    assert rekeyed.key_id != first.key_id
    assert replace(pack, changes=other).since(first.cursor).reset
    other.close()


def test_a_site_without_a_pack_tells_devices_to_drop_theirs(pack: OfflinePack, store: SqliteStore) -> None:
    """Turned off by the operator, or a store that keeps no order: empty, and no cursor to go on from."""
    keep(store, "a")
    _, _, cursor = follow(pack)

    for off in (replace(pack, max_cards=0), replace(pack, changes=None)):
        page = off.since(cursor)
        assert (page.rows, page.reset, page.more, page.cursor) == ([], True, False, "")
    assert replace(pack, max_cards=0).since("").max_cards == 0


def test_a_page_of_what_counts_no_more_still_leads_on(pack: OfflinePack, store: SqliteStore) -> None:
    """Rows that are left out take no page away from those behind them."""
    keep(store, "a", "b", at=NOON - timedelta(days=8))
    keep(store, "c")

    assert follow(pack)[0] == ["", "c"]


def test_a_memory_that_fails_is_not_an_empty_one(pack: OfflinePack, store: SqliteStore) -> None:
    """A device must keep what it has then: nothing is told, least of all to begin anew."""
    store.close()

    with pytest.raises(StoreError):
        pack.since("")
