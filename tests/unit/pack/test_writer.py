"""Rows are written behind the answers: bounded, in order, once for what says the same; losses are counted."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from offline_cache import DaemonPool
from tests.unit.pack.conftest import ACTIVE, NOON, WINDOWS, House, number
from validator.pack import writer as module
from validator.pack.sealing import derive, seal
from validator.pack.store import PackStore, SealedRow
from validator.pack.writer import BEHIND_S, LATELY_S, LONGEST_WAIT_S, MOST_WAITING, PackWriter
from validator.router.answers import CardStatus, KnownCard, UnknownCard
from validator.verdict import Reason

if TYPE_CHECKING:
    from pathlib import Path

INACTIVE = replace(ACTIVE, status=CardStatus.INACTIVE)


def told(house: House, card: int = 1) -> list[Reason]:
    """What the rows of this card say to a new device."""
    return [said.reason for said in house.said(card, *house.follow()[0])]


def test_a_row_is_written_behind_the_answer(house: House) -> None:
    """Not while somebody waits for the answer."""
    house.learn(1)
    assert told(house) == []

    house.later.run()
    assert told(house) == [Reason.ACTIVE]
    assert house.slept == [BEHIND_S]

    house.learn(2)
    house.seconds += 2 * BEHIND_S
    house.later.run()
    assert house.slept == [BEHIND_S]


def test_the_same_answer_within_the_hour_costs_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is derived, and no device fetches anything; in the next hour the row is made anew."""
    derived: list[str] = []

    def counted(text: str, salt: bytes, rounds: int) -> object:
        derived.append(text)
        return derive(text, salt, rounds)

    monkeypatch.setattr(module, "derive", counted)
    house.keep(1)
    _, cursor = house.follow()
    for _ in range(5):
        house.now += 60
        house.keep(1)
    assert len(derived) == 1
    assert house.pack.since(cursor).sealed == {}

    house.now += 3600
    house.keep(1)
    assert len(derived) == 2
    assert len(house.said(1, house.pack.since(cursor))) == 1


@pytest.mark.parametrize(("first", "then"), [(ACTIVE, INACTIVE), (INACTIVE, ACTIVE), (UnknownCard(), ACTIVE)])
def test_the_newest_answer_counts_also_within_one_hour(
    house: House, first: KnownCard | UnknownCard, then: KnownCard | UnknownCard
) -> None:
    """This process knows which was asked for later, though the rows tell the hour only."""
    house.keep(1, answer=first)
    house.now += 60
    house.keep(1, answer=then)

    assert told(house) == [Reason.INACTIVE if then is INACTIVE else Reason.ACTIVE]


def test_an_older_answer_that_comes_later_changes_nothing(house: House) -> None:
    """Neither within the hour nor beyond it."""
    house.keep(1, answer=INACTIVE)
    house.keep(1, ago=60)
    house.keep(1, ago=7200)

    assert told(house) == [Reason.INACTIVE]


def test_not_valid_wins_where_nobody_knows_which_is_newer(house: House) -> None:
    """Of two processes within one hour: then the later hour undoes it."""
    other = House(house.path)
    house.keep(1, answer=INACTIVE)
    other.keep(1)
    assert told(house) == [Reason.INACTIVE]

    house.keep(2)
    other.keep(2, answer=INACTIVE)
    assert told(house, 2) == [Reason.INACTIVE]

    other.now += 3600
    other.keep(2)
    assert told(house, 2) == [Reason.ACTIVE]
    other.store.close()


def test_a_row_that_cannot_be_opened_is_written_anew(house: House) -> None:
    """Damaged, or sealed by a later version: the next answer takes its place."""
    salt = house.store.salt(house.now)
    row = derive(number(1), salt.salt, salt.rounds)
    for sealed in (b"damaged", seal(row, b"\x63" * 72)):
        before = house.store.get(salt, row.id)
        assert house.store.put(SealedRow(salt.id, row.id, sealed), before, house.now)
        house.now += 3600
        house.keep(1)
        assert told(house) == [Reason.ACTIVE]


def test_what_waits_too_long_is_dropped_and_counted(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number is let go of; what came in time is written."""
    lines: list[dict[str, object]] = []
    monkeypatch.setattr(module.log, "warning", lambda event, **more: lines.append({"event": event} | more))
    house.learn(1)
    house.seconds = 1.0
    house.learn(2)
    house.seconds = LONGEST_WAIT_S + 0.5
    house.later.run()

    assert (told(house, 1), told(house, 2)) == ([], [Reason.ACTIVE])
    assert (house.writer.dropped, house.writer.dropped_lately()) == (1, 1)
    assert lines == [{"event": "pack_rows_dropped", "count": 1, "why": "waited_too_long"}]
    house.seconds += LATELY_S + 1
    assert (house.writer.dropped, house.writer.dropped_lately()) == (1, 0)


def _hold(begun: threading.Event, held: threading.Event) -> None:
    """Keep the one thread busy."""
    begun.set()
    held.wait(30)


def test_a_thousand_wait_and_the_next_is_dropped(tmp_path: Path) -> None:
    """One thread and a bounded queue: nobody waits, and what finds no place is counted."""
    store = PackStore(tmp_path / "pack.sqlite", "a Router", 604_800)
    pool = DaemonPool(threads=1, queue=MOST_WAITING - 1)
    held, begun = threading.Event(), threading.Event()
    pool.submit("first", lambda: _hold(begun, held))
    assert begun.wait(30)
    house = House(tmp_path / "other.sqlite")
    house.writer = PackWriter(store, WINDOWS, lambda: NOON, lambda: 0.0, pool)

    house.learn(*range(MOST_WAITING + 4))

    assert house.writer.dropped == 5
    held.set()
    house.writer.close()
    store.close()


def test_what_a_file_does_not_take_is_counted(house: House) -> None:
    """A disk that fails costs rows and nothing else."""
    house.store.close()

    house.keep(1)

    assert house.writer.dropped == 1


def test_what_was_asked_for_before_an_erasure_is_not_written_after_it(house: House) -> None:
    """A number that waited then gives no row; what is asked for later does, in this process or another."""
    other = House(house.path)
    house.learn(1)
    house.now += 5
    other.now = house.now
    other.pack.reset()
    other.pack.erase(number(1))
    house.later.run()
    assert told(house) == []

    house.now += 1
    house.keep(1)
    assert told(house) == [Reason.ACTIVE]
    other.store.close()


def test_no_number_is_in_what_waits() -> None:
    """A log line or a traceback that shows a job shows no number."""
    house_job = module.Job(number(1), "key", None, 0.0, 0.0, 0.0)  # type: ignore[arg-type]  # only shown

    assert number(1) not in repr(house_job)
