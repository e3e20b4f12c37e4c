"""The pack as a device follows it: pages, cursors, salts, and beginning anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from offline_cache import StoreError
from tests.unit.pack.conftest import DAY_S, NOON, House, number, rows, size
from validator.pack.cursor import Cursor, Place, read_cursor
from validator.router.answers import UnknownCard
from validator.verdict import Reason

if TYPE_CHECKING:
    from pathlib import Path

WEEK_S = 7 * DAY_S


def test_a_new_device_gets_everything_and_then_only_what_changed(house: House) -> None:
    """The first page begins anew; afterwards a sync costs what changed, and nothing where nothing did."""
    house.keep(*range(7))

    pages, cursor = house.follow()
    assert [size(page) for page in pages] == [3, 3, 1]
    assert [(page.reset, page.large) for page in pages] == [(True, True), (False, False), (False, False)]
    assert [len(house.said(card, *pages)) for card in range(8)] == [1] * 7 + [0]

    idle = house.pack.since(cursor)
    assert (idle.sealed, idle.reset, idle.more, idle.large, idle.cursor) == ({}, False, False, False, cursor)

    house.now += 3600
    house.keep(2)
    (page,), _ = house.follow(cursor)
    assert (size(page), page.reset, page.large) == (1, False, False)
    assert house.said(2, page)[0].hour == int(NOON + 3600) // 3600


def test_rows_come_in_an_order_that_says_nothing(house: House) -> None:
    """By their ids over all pages, whenever their cards were here; also where only few have changed."""
    for card in range(20):
        house.keep(card)
        house.now += 60
    salt = house.store.salt(house.now)
    _, early = house.follow()
    house.keep(*range(20, 28))

    for start, count in (("", 28), (early, 8)):
        ids = [row for page in house.follow(start)[0] for row in rows(page, salt.id)]
        assert ids == sorted(ids)
        assert len(ids) == count


def test_a_row_that_changes_during_a_sync_is_not_missed(house: House) -> None:
    """It leaves the sync that is under way and comes with the next one, once."""
    house.keep(*range(8))
    first = house.pack.since("")
    house.now += 3600
    house.keep(*range(8), answer=UnknownCard())

    rest, cursor = house.follow(first.cursor)
    after, _ = house.follow(cursor)

    assert size(*rest) == 0
    assert [house.said(card, *after)[-1].reason for card in range(8)] == [Reason.UNKNOWN_CARD] * 8


def test_a_large_change_is_a_large_sync(house: House) -> None:
    """More than one page is on the record like a new beginning; its further pages are not again."""
    house.keep(1)
    _, cursor = house.follow()
    house.keep(*range(2, 9))

    pages, _ = house.follow(cursor)
    assert [page.large for page in pages] == [True, False, False]
    assert not any(page.reset for page in pages)


def test_a_card_that_was_here_last_week_stands_under_last_weeks_salt(house: House) -> None:
    """Both salts are given until the rows of the older one are over; then it is gone, and its rows too."""
    house.keep(1)
    house.now = (NOON // WEEK_S + 1) * WEEK_S - 3600
    house.keep(2, answer=UnknownCard())
    house.now += 7200
    pages, _ = house.follow()
    assert len(pages[0].salts) == 2
    assert [len(house.said(card, *pages)) for card in (1, 2)] == [1, 1]

    house.keep(2)
    pages, _ = house.follow()
    assert [said.reason for said in house.said(2, *pages)] == [Reason.UNKNOWN_CARD, Reason.ACTIVE]

    older = pages[0].salts[0]
    house.now = older.ends_at
    pages, _ = house.follow()
    assert older not in pages[0].salts
    assert house.said(1, *pages) == []
    house.pack.purge()
    assert house.store.get(older, b"") is None
    assert len(house.store.salts(house.now - 1)) < 3


def test_a_salt_ends_with_the_last_row_that_counts_under_it(house: House) -> None:
    """Its end says nothing of any card, and no row under it counts longer."""
    salt = house.store.salt(house.now)
    beginning = salt.ends_at - 2 * WEEK_S

    assert beginning % WEEK_S == 0
    assert beginning <= NOON < beginning + WEEK_S
    assert house.store.salt(beginning + WEEK_S - 1) == salt
    assert house.store.salt(beginning + WEEK_S) != salt


def test_only_the_newest_cards_are_given(tmp_path: Path) -> None:
    """Whether a device is new or was away for long: not more than it may keep."""
    house = House(tmp_path / "pack.sqlite", most=4)
    house.keep(1)
    _, early = house.follow()
    house.keep(*range(2, 9))

    for cursor, reset in (("", True), (early, False)):
        pages, _ = house.follow(cursor)
        assert (size(*pages), pages[0].reset) == (4, reset)
        assert [len(house.said(card, *pages)) for card in (4, 5, 8)] == [0, 1, 1]
    house.store.close()


def test_a_purge_takes_no_place_in_the_order(house: House) -> None:
    """A device that knew the last number before a purge misses nothing after it."""
    house.keep(1, 2)
    _, cursor = house.follow()
    house.now += 3 * WEEK_S
    house.pack.purge()

    house.keep(3)
    (page,), _ = house.follow(cursor)
    assert (page.reset, size(page)) == (False, 1)


@pytest.mark.parametrize("cursor", ["rubbish", "0123456789abcdef.1", "; DROP TABLE rows", "\x00", "…"])
def test_a_cursor_that_is_not_ours_begins_anew(house: House, cursor: str) -> None:
    """Malformed or foreign: the device gets everything, and is told to drop the rest."""
    house.keep(1)

    assert [(page.reset, size(page)) for page in house.follow(cursor)[0]] == [(True, 1)]


def test_a_cursor_ahead_of_us_begins_anew(house: House) -> None:
    """A number that was never given cannot be gone on from: a file was put back."""
    house.keep(1)
    ours = read_cursor(house.follow()[1], b"a key")
    assert ours

    ahead = replace(ours, seq=ours.seq + 1).written(b"a key")
    assert house.pack.since(ahead).reset
    there = Cursor(ours.order, ours.seq, Place(ours.seq, 99, bytes(16))).written(b"a key")
    assert house.pack.since(there).sealed == {}


@pytest.mark.parametrize("work", ["reset", "clear"])
def test_a_new_beginning_makes_devices_drop_everything(house: House, work: str) -> None:
    """After an erasure, and after all answers were forgotten."""
    house.keep(1, 2)
    _, cursor = house.follow()

    getattr(house.pack, work)()

    (page,), _ = house.follow(cursor)
    assert (page.reset, size(page)) == (True, 2 if work == "reset" else 0)


def test_an_erased_card_has_no_row_and_no_byte(house: House, tmp_path: Path) -> None:
    """Under no salt; other cards keep theirs."""
    house.keep(1, 2)
    house.now += WEEK_S
    house.keep(1)
    pages, _ = house.follow()
    ids = [row for page in pages for salt in page.salts for row in rows(page, salt.id)]
    assert len(house.pack.say(number(1))) == 2

    assert house.pack.erase(number(1)) == 2

    pages, _ = house.follow()
    assert [len(house.said(card, *pages)) for card in (1, 2)] == [0, 1]
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert sum(each in left for each in ids) == 1
    assert house.pack.erase(number(1)) == 0


def test_a_site_without_a_pack_tells_devices_to_drop_theirs(house: House) -> None:
    """Turned off by the operator: empty, and no cursor to go on from."""
    house.keep(1)
    _, cursor = house.follow()

    page = replace(house.pack, max_cards=0).since(cursor)

    assert (page.sealed, page.salts, page.reset, page.more) == ({}, [], True, False)
    assert (page.cursor, page.max_cards, page.large) == ("", 0, False)


def test_rows_of_another_router_are_never_given(house: House, tmp_path: Path) -> None:
    """Two processes by mistake on one file: each has salts of its own. A start drops the other's rows."""
    house.keep(1)
    other = House(tmp_path / "pack.sqlite", origin="https://other.example:443")
    _, ours = house.follow()
    (page,), theirs = other.follow(ours)
    assert (page.reset, other.said(1, page)) == (True, [])
    other.keep(1, answer=UnknownCard())

    assert [said.reason for said in house.said(1, *house.follow()[0])] == [Reason.ACTIVE]
    assert [said.reason for said in other.said(1, *other.follow(theirs)[0])] == [Reason.UNKNOWN_CARD]

    assert other.store.claim(NOON) == 1
    assert other.store.claim(NOON) is None
    assert house.pack.since(ours).reset
    assert house.said(1, *house.follow()[0]) == []
    other.store.close()


def test_a_pack_that_is_given_no_more_is_not_kept(house: House) -> None:
    """At the next start nothing of it is left."""
    house.keep(1)

    replace(house.pack, max_cards=0).claim()

    assert size(*house.follow()[0]) == 0


def test_a_file_that_fails_is_not_an_empty_one(house: House) -> None:
    """A device must keep what it has then: nothing is told, least of all to begin anew."""
    house.store.close()

    with pytest.raises(StoreError):
        house.pack.since("")
