"""The pack as a device follows it: pages, cursors, salts, and beginning anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from offline_cache import StoreError
from tests.unit.offline.pack_process import DAY_S, NOON, PackProcess, number, rows, size
from validator.offline.pack import Cursor, SyncPosition, parse_cursor
from validator.router.answers import UnknownCard
from validator.verdict import Reason

if TYPE_CHECKING:
    from pathlib import Path

WEEK_S = 7 * DAY_S


def test_a_new_device_gets_everything_and_then_only_what_changed(process: PackProcess) -> None:
    """The first page begins anew; afterwards a sync costs what changed, and nothing where nothing did."""
    process.write_rows(*range(7))

    pages, cursor = process.sync()
    assert [size(page) for page in pages] == [3, 3, 1]
    assert [(page.reset, page.large) for page in pages] == [(True, True), (False, False), (False, False)]
    assert [len(process.bodies_of(card, *pages)) for card in range(8)] == [1] * 7 + [0]

    idle = process.pack.changes_since(cursor)
    assert (idle.sealed, idle.reset, idle.more, idle.large, idle.cursor) == ({}, False, False, False, cursor)

    process.now += 3600
    process.write_rows(2)
    (page,), _ = process.sync(cursor)
    assert (size(page), page.reset, page.large) == (1, False, False)
    assert process.bodies_of(2, page)[0].hour == int(NOON + 3600) // 3600


def test_rows_come_in_an_order_that_says_nothing(process: PackProcess) -> None:
    """By their ids over all pages, whenever their cards were here; also where only few have changed."""
    for card in range(20):
        process.write_rows(card)
        process.now += 60
    salt = process.store.salt(process.now)
    _, early = process.sync()
    process.write_rows(*range(20, 28))

    for start, count in (("", 28), (early, 8)):
        ids = [row for page in process.sync(start)[0] for row in rows(page, salt.id)]
        assert ids == sorted(ids)
        assert len(ids) == count


def test_a_row_that_changes_during_a_sync_is_not_missed(process: PackProcess) -> None:
    """It leaves the sync that is under way and comes with the next one, once."""
    process.write_rows(*range(8))
    first = process.pack.changes_since("")
    process.now += 3600
    process.write_rows(*range(8), answer=UnknownCard())

    rest, cursor = process.sync(first.cursor)
    after, _ = process.sync(cursor)

    assert size(*rest) == 0
    assert [process.bodies_of(card, *after)[-1].reason for card in range(8)] == [Reason.UNKNOWN_CARD] * 8


def test_a_large_change_is_a_large_sync(process: PackProcess) -> None:
    """More than one page is on the record like a new beginning; its further pages are not again."""
    process.write_rows(1)
    _, cursor = process.sync()
    process.write_rows(*range(2, 9))

    pages, _ = process.sync(cursor)
    assert [page.large for page in pages] == [True, False, False]
    assert not any(page.reset for page in pages)


def test_a_card_that_was_here_last_week_stands_under_last_weeks_salt(process: PackProcess) -> None:
    """Both salts are given until the rows of the older one are over; then it is gone, and its rows too."""
    process.write_rows(1)
    process.now = (NOON // WEEK_S + 1) * WEEK_S - 3600
    process.write_rows(2, answer=UnknownCard())
    process.now += 7200
    pages, _ = process.sync()
    assert len(pages[0].salts) == 2
    assert [len(process.bodies_of(card, *pages)) for card in (1, 2)] == [1, 1]

    process.write_rows(2)
    pages, _ = process.sync()
    assert [said.reason for said in process.bodies_of(2, *pages)] == [Reason.UNKNOWN_CARD, Reason.ACTIVE]

    older = pages[0].salts[0]
    process.now = older.ends_at
    pages, _ = process.sync()
    assert older not in pages[0].salts
    assert process.bodies_of(1, *pages) == []
    process.pack.purge()
    assert process.store.get(older, b"") is None
    assert len(process.store.salts(process.now - 1)) < 3


def test_a_salt_ends_with_the_last_row_that_counts_under_it(process: PackProcess) -> None:
    """Its end says nothing of any card, and no row under it counts longer."""
    salt = process.store.salt(process.now)
    beginning = salt.ends_at - 2 * WEEK_S

    assert beginning % WEEK_S == 0
    assert beginning <= NOON < beginning + WEEK_S
    assert process.store.salt(beginning + WEEK_S - 1) == salt
    assert process.store.salt(beginning + WEEK_S) != salt


def test_only_the_newest_cards_are_given(tmp_path: Path) -> None:
    """Whether a device is new or was away for long: not more than it may keep."""
    process = PackProcess(tmp_path / "pack.sqlite", max_cards=4)
    process.write_rows(1)
    _, early = process.sync()
    process.write_rows(*range(2, 9))

    for cursor, reset in (("", True), (early, False)):
        pages, _ = process.sync(cursor)
        assert (size(*pages), pages[0].reset) == (4, reset)
        assert [len(process.bodies_of(card, *pages)) for card in (4, 5, 8)] == [0, 1, 1]
    process.store.close()


def test_a_purge_takes_no_place_in_the_order(process: PackProcess) -> None:
    """A device that knew the last number before a purge misses nothing after it."""
    process.write_rows(1, 2)
    _, cursor = process.sync()
    process.now += 3 * WEEK_S
    process.pack.purge()

    process.write_rows(3)
    (page,), _ = process.sync(cursor)
    assert (page.reset, size(page)) == (False, 1)


@pytest.mark.parametrize("cursor", ["rubbish", "0123456789abcdef.1", "; DROP TABLE rows", "\x00", "…"])
def test_a_cursor_that_is_not_ours_begins_anew(process: PackProcess, cursor: str) -> None:
    """Malformed or foreign: the device gets everything, and is told to drop the rest."""
    process.write_rows(1)

    assert [(page.reset, size(page)) for page in process.sync(cursor)[0]] == [(True, 1)]


def test_a_cursor_ahead_of_us_begins_anew(process: PackProcess) -> None:
    """A number that was never given cannot be gone on from: a file was put back."""
    process.write_rows(1)
    ours = parse_cursor(process.sync()[1], b"a key")
    assert ours

    ahead = replace(ours, seq=ours.seq + 1).sealed(b"a key")
    assert process.pack.changes_since(ahead).reset
    there = Cursor(ours.generation, ours.seq, SyncPosition(ours.seq, 99, bytes(16))).sealed(b"a key")
    assert process.pack.changes_since(there).sealed == {}


@pytest.mark.parametrize("work", ["reset", "clear"])
def test_a_new_beginning_makes_devices_drop_everything(process: PackProcess, work: str) -> None:
    """After an erasure, and after all answers were forgotten."""
    process.write_rows(1, 2)
    _, cursor = process.sync()

    getattr(process.pack, work)()

    (page,), _ = process.sync(cursor)
    assert (page.reset, size(page)) == (True, 2 if work == "reset" else 0)


def test_an_erased_card_has_no_row_and_no_byte(process: PackProcess, tmp_path: Path) -> None:
    """Under no salt; other cards keep theirs."""
    process.write_rows(1, 2)
    process.now += WEEK_S
    process.write_rows(1)
    pages, _ = process.sync()
    ids = [row for page in pages for salt in page.salts for row in rows(page, salt.id)]
    assert len(process.pack.contents_of(number(1))) == 2

    assert process.pack.erase(number(1)) == 2

    pages, _ = process.sync()
    assert [len(process.bodies_of(card, *pages)) for card in (1, 2)] == [0, 1]
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert sum(each in left for each in ids) == 1
    assert process.pack.erase(number(1)) == 0


def test_a_site_without_a_pack_tells_devices_to_drop_theirs(process: PackProcess) -> None:
    """Turned off by the operator: empty, and no cursor to go on from."""
    process.write_rows(1)
    _, cursor = process.sync()

    page = replace(process.pack, max_cards=0).changes_since(cursor)

    assert (page.sealed, page.salts, page.reset, page.more) == ({}, [], True, False)
    assert (page.cursor, page.max_cards, page.large) == ("", 0, False)


def test_rows_of_another_router_are_never_given(process: PackProcess, tmp_path: Path) -> None:
    """Two processes by mistake on one file: each has salts of its own. A start drops the other's rows."""
    process.write_rows(1)
    other = PackProcess(tmp_path / "pack.sqlite", origin="https://other.example:443")
    _, ours = process.sync()
    (page,), theirs = other.sync(ours)
    assert (page.reset, other.bodies_of(1, page)) == (True, [])
    other.write_rows(1, answer=UnknownCard())

    assert [said.reason for said in process.bodies_of(1, *process.sync()[0])] == [Reason.ACTIVE]
    assert [said.reason for said in other.bodies_of(1, *other.sync(theirs)[0])] == [Reason.UNKNOWN_CARD]

    assert other.store.claim(NOON) == 1
    assert other.store.claim(NOON) is None
    assert process.pack.changes_since(ours).reset
    assert process.bodies_of(1, *process.sync()[0]) == []
    other.store.close()


def test_a_pack_that_is_given_no_more_is_not_kept(process: PackProcess) -> None:
    """At the next start nothing of it is left."""
    process.write_rows(1)

    replace(process.pack, max_cards=0).claim()

    assert size(*process.sync()[0]) == 0


def test_a_file_that_fails_is_not_an_empty_one(process: PackProcess) -> None:
    """A device must keep what it has then: nothing is told, least of all to begin anew."""
    process.store.close()

    with pytest.raises(StoreError):
        process.pack.changes_since("")
