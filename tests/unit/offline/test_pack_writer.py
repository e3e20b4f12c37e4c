"""Rows are written behind the answers: bounded, in order, once for what says the same; losses are counted."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from offline_cache import DaemonPool
from tests.unit.offline.pack_process import ACTIVE, NOON, WINDOWS, PackProcess, number
from validator.offline import pack_writer as module
from validator.offline.pack_rows import derive_row_key, seal
from validator.offline.pack_store import PackStore, SealedRow
from validator.offline.pack_writer import DELAY_S, MAX_PENDING, MAX_WAIT_S, RECENT_S, PackWriter
from validator.router.answers import CardStatus, KnownCard, UnknownCard
from validator.verdict import Reason

if TYPE_CHECKING:
    from pathlib import Path

INACTIVE = replace(ACTIVE, status=CardStatus.INACTIVE)


def told(process: PackProcess, card: int = 1) -> list[Reason]:
    """What the rows of this card say to a new device."""
    return [said.reason for said in process.bodies_of(card, *process.sync()[0])]


def test_a_row_is_written_behind_the_answer(process: PackProcess) -> None:
    """Not while somebody waits for the answer."""
    process.add_answers(1)
    assert told(process) == []

    process.later.run()
    assert told(process) == [Reason.ACTIVE]
    assert process.slept == [DELAY_S]

    process.add_answers(2)
    process.seconds += 2 * DELAY_S
    process.later.run()
    assert process.slept == [DELAY_S]


def test_the_same_answer_within_the_hour_costs_nothing(
    process: PackProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is derived, and no device fetches anything; in the next hour the row is made anew."""
    derived: list[str] = []

    def counted(text: str, salt: bytes, rounds: int) -> object:
        derived.append(text)
        return derive_row_key(text, salt, rounds)

    monkeypatch.setattr(module, "derive_row_key", counted)
    process.write_rows(1)
    _, cursor = process.sync()
    for _ in range(5):
        process.now += 60
        process.write_rows(1)
    assert len(derived) == 1
    assert process.pack.changes_since(cursor).sealed == {}

    process.now += 3600
    process.write_rows(1)
    assert len(derived) == 2
    assert len(process.bodies_of(1, process.pack.changes_since(cursor))) == 1


@pytest.mark.parametrize(("first", "then"), [(ACTIVE, INACTIVE), (INACTIVE, ACTIVE), (UnknownCard(), ACTIVE)])
def test_the_newest_answer_counts_also_within_one_hour(
    process: PackProcess, first: KnownCard | UnknownCard, then: KnownCard | UnknownCard
) -> None:
    """This process knows which was asked for later, though the rows tell the hour only."""
    process.write_rows(1, answer=first)
    process.now += 60
    process.write_rows(1, answer=then)

    assert told(process) == [Reason.INACTIVE if then is INACTIVE else Reason.ACTIVE]


def test_an_older_answer_that_comes_later_changes_nothing(process: PackProcess) -> None:
    """Neither within the hour nor beyond it."""
    process.write_rows(1, answer=INACTIVE)
    process.write_rows(1, ago=60)
    process.write_rows(1, ago=7200)

    assert told(process) == [Reason.INACTIVE]


def test_not_valid_wins_where_nobody_knows_which_is_newer(process: PackProcess) -> None:
    """Of two processes within one hour: then the later hour undoes it."""
    other = PackProcess(process.path)
    process.write_rows(1, answer=INACTIVE)
    other.write_rows(1)
    assert told(process) == [Reason.INACTIVE]

    process.write_rows(2)
    other.write_rows(2, answer=INACTIVE)
    assert told(process, 2) == [Reason.INACTIVE]

    other.now += 3600
    other.write_rows(2)
    assert told(process, 2) == [Reason.ACTIVE]
    other.store.close()


def test_a_row_that_cannot_be_opened_is_written_anew(process: PackProcess) -> None:
    """Damaged, or sealed by a later version: the next answer takes its place."""
    salt = process.store.salt(process.now)
    row = derive_row_key(number(1), salt.salt, salt.rounds)
    for sealed in (b"damaged", seal(row, b"\x63" * 72)):
        before = process.store.get(salt, row.id)
        assert process.store.put(SealedRow(salt.id, row.id, sealed), before, process.now)
        process.now += 3600
        process.write_rows(1)
        assert told(process) == [Reason.ACTIVE]


def test_what_waits_too_long_is_dropped_and_counted(
    process: PackProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number is let go of; what came in time is written."""
    lines: list[dict[str, object]] = []
    monkeypatch.setattr(module.log, "warning", lambda event, **more: lines.append({"event": event} | more))
    process.add_answers(1)
    process.seconds = 1.0
    process.add_answers(2)
    process.seconds = MAX_WAIT_S + 0.5
    process.later.run()

    assert (told(process, 1), told(process, 2)) == ([], [Reason.ACTIVE])
    assert (process.writer.dropped, process.writer.recently_dropped()) == (1, 1)
    assert lines == [{"event": "pack_rows_dropped", "count": 1, "why": "waited_too_long"}]
    process.seconds += RECENT_S + 1
    assert (process.writer.dropped, process.writer.recently_dropped()) == (1, 0)


def _hold(begun: threading.Event, held: threading.Event) -> None:
    """Keep the one thread busy."""
    begun.set()
    held.wait(30)


def test_a_thousand_wait_and_the_next_is_dropped(tmp_path: Path) -> None:
    """One thread and a bounded queue: nobody waits, and what finds no place is counted."""
    store = PackStore(tmp_path / "pack.sqlite", "a Router", 604_800)
    pool = DaemonPool(threads=1, queue=MAX_PENDING - 1)
    held, begun = threading.Event(), threading.Event()
    pool.submit("first", lambda: _hold(begun, held))
    assert begun.wait(30)
    process = PackProcess(tmp_path / "other.sqlite")
    process.writer = PackWriter(store, WINDOWS, lambda: NOON, lambda: 0.0, pool)

    process.add_answers(*range(MAX_PENDING + 4))

    assert process.writer.dropped == 5
    held.set()
    process.writer.close()
    store.close()


def test_what_a_file_does_not_take_is_counted(process: PackProcess) -> None:
    """A disk that fails costs rows and nothing else."""
    process.store.close()

    process.write_rows(1)

    assert process.writer.dropped == 1


def test_what_was_asked_for_before_an_erasure_is_not_written_after_it(process: PackProcess) -> None:
    """A number that waited then gives no row; what is asked for later does, in this process or another."""
    other = PackProcess(process.path)
    process.add_answers(1)
    process.now += 5
    other.now = process.now
    other.pack.reset()
    other.pack.erase(number(1))
    process.later.run()
    assert told(process) == []

    process.now += 1
    process.write_rows(1)
    assert told(process) == [Reason.ACTIVE]
    other.store.close()


def test_no_number_is_in_what_waits() -> None:
    """A log line or a traceback that shows a pending row shows no number."""
    pending = module.PendingRow(number(1), "key", None, 0.0, 0.0, 0.0)  # type: ignore[arg-type]  # only shown

    assert number(1) not in repr(pending)
