"""The origin of what is remembered: answers of another one, or of none, are dropped once, bytes and all."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from offline_cache import Entry, SqliteStore, StoreError
from tests.support.cache_doubles import ANNA, BRUNO, NOON, CacheProcess, FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ONE, OTHER = "https://one.example:443", "https://other.example:443"
VALID = Entry(ANNA, valid=True, body="kanarienvogel", checked_at=NOON)
SHAPE_1 = """
    CREATE TABLE answers (
        key TEXT PRIMARY KEY, valid INTEGER NOT NULL CHECK (valid IN (0, 1)), body TEXT NOT NULL,
        checked_at REAL NOT NULL, ends_at REAL
    ) STRICT, WITHOUT ROWID;
    PRAGMA journal_mode = WAL;
"""
SHAPE_2 = """
    ALTER TABLE answers ADD COLUMN alias TEXT;
    ALTER TABLE answers ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX answers_by_seq ON answers (seq);
    CREATE TABLE journal (
        one INTEGER PRIMARY KEY CHECK (one = 1), generation TEXT NOT NULL, floor INTEGER NOT NULL
    ) STRICT;
    CREATE VIEW standing AS
    SELECT generation, max(floor, coalesce((SELECT max(seq) FROM answers), 0)) AS latest FROM journal;
    INSERT INTO journal VALUES (1, lower(hex(randomblob(8))), 0);
"""


def shape_1(path: Path) -> None:
    """A file as the first version of this program left it, with Anna's answer in it."""
    with sqlite3.connect(path) as old:
        old.executescript(SHAPE_1 + "PRAGMA user_version = 1;")
        old.execute("INSERT INTO answers VALUES (?, 1, ?, ?, NULL)", (ANNA, VALID.body, NOON))
    old.close()


def shape_2(path: Path) -> None:
    """A file as the second version left it, with Anna's answer and what stood for her card on devices."""
    with sqlite3.connect(path) as old:
        old.executescript(SHAPE_1 + SHAPE_2 + "PRAGMA user_version = 2;")
        old.execute("INSERT INTO answers VALUES (?, 1, ?, ?, NULL, ?, 1)", (ANNA, VALID.body, NOON, "zeisig"))
    old.close()


def every_byte(path: Path) -> bytes:
    """All of the file and its companions."""
    return b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))


def test_a_new_file_has_nothing_to_drop(store: SqliteStore) -> None:
    """The first start notes the origin, and the next one with the same origin changes nothing."""
    assert store.origin() is None
    assert store.claim(ONE) is None
    store.put(VALID, NOON)

    assert store.claim(ONE) is None
    assert (store.origin(), store.get(ANNA)) == (ONE, VALID)


def test_another_origin_drops_every_answer_and_its_bytes(store: SqliteStore, path: Path) -> None:
    """The number of them is told once; the answers of the new origin stay."""
    store.claim(ONE)
    store.put(VALID, NOON)
    store.put(replace(VALID, key=BRUNO), NOON)

    assert store.claim(OTHER) == 2
    assert (store.count(), store.origin()) == (0, OTHER)
    assert VALID.body.encode() not in every_byte(path)
    store.put(VALID, NOON)
    assert store.claim(OTHER) is None
    assert store.claim(ONE) == 1
    assert store.claim(OTHER) == 0


@pytest.mark.parametrize("left", [shape_1, shape_2], ids=["shape 1", "shape 2"])
def test_a_file_of_before_is_emptied_once(
    store: SqliteStore, path: Path, left: Callable[[Path], None]
) -> None:
    """Nobody knows who gave its answers. Nothing of them is left, nor of what stood for cards on devices."""
    left(path)

    assert store.claim(ONE) == 1
    assert store.get(ANNA) is None
    assert store.put(VALID, NOON) == VALID
    assert store.claim(ONE) is None
    assert store.get(ANNA) == VALID
    store.forget(ANNA)
    assert not [word for word in (b"kanarienvogel", b"zeisig") if word in every_byte(path)]


@pytest.mark.parametrize("left", [shape_1, shape_2], ids=["shape 1", "shape 2"])
def test_a_file_of_before_is_taken_over_by_many_at_once(path: Path, left: Callable[[Path], None]) -> None:
    """Of processes that start together one drops what was there, and tells it."""
    left(path)
    stores = [SqliteStore(path) for _ in range(6)]
    with ThreadPoolExecutor(6) as threads:
        told = list(threads.map(claimed, stores))

    assert sorted(told, key=str) == [1, None, None, None, None, None]
    for store in stores:
        store.close()


def claimed(store: SqliteStore) -> int | None:
    """What the store says when it comes free."""
    for _ in range(100):
        try:
            return store.claim(ONE)
        except StoreError:
            continue
    raise AssertionError("the file never came free")


def test_what_the_process_holds_itself_goes_too(tmp_path: Path) -> None:
    """The memory tier has nothing left that the store could be filled from again."""
    process = CacheProcess(tmp_path / "answers.sqlite", FakeClock())
    process.cache.claim(ONE)
    process.cache.put(VALID)

    assert process.cache.claim(OTHER) == 1
    assert process.cache.get(ANNA) is None
    assert len(process.memory) == 0
    assert process.cache.origin() == OTHER
    process.cache.close()
