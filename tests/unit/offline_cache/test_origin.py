"""The origin of the answers: those of another or unknown origin are deleted once, bytes included."""

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
SCHEMA_1 = """
    CREATE TABLE answers (
        key TEXT PRIMARY KEY, valid INTEGER NOT NULL CHECK (valid IN (0, 1)), body TEXT NOT NULL,
        checked_at REAL NOT NULL, ends_at REAL
    ) STRICT, WITHOUT ROWID;
    PRAGMA journal_mode = WAL;
"""
SCHEMA_2 = """
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


def schema_1(path: Path) -> None:
    """A file of schema version 1, with Anna's answer."""
    with sqlite3.connect(path) as old:
        old.executescript(SCHEMA_1 + "PRAGMA user_version = 1;")
        old.execute("INSERT INTO answers VALUES (?, 1, ?, ?, NULL)", (ANNA, VALID.body, NOON))
    old.close()


def schema_2(path: Path) -> None:
    """A file of schema version 2, with Anna's answer and the alias of her card on devices."""
    with sqlite3.connect(path) as old:
        old.executescript(SCHEMA_1 + SCHEMA_2 + "PRAGMA user_version = 2;")
        old.execute("INSERT INTO answers VALUES (?, 1, ?, ?, NULL, ?, 1)", (ANNA, VALID.body, NOON, "zeisig"))
    old.close()


def every_byte(path: Path) -> bytes:
    """The bytes of the file, its WAL and its index."""
    return b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))


def test_a_new_file_has_nothing_to_delete(store: SqliteStore) -> None:
    """The first start stores the origin; the next start with the same origin changes nothing."""
    assert store.origin() is None
    assert store.claim(ONE) is None
    store.put(VALID, NOON)

    assert store.claim(ONE) is None
    assert (store.origin(), store.get(ANNA)) == (ONE, VALID)


def test_another_origin_deletes_every_answer_and_its_bytes(store: SqliteStore, path: Path) -> None:
    """Their number is returned once; the answers of the new origin stay."""
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


@pytest.mark.parametrize("left", [schema_1, schema_2], ids=["schema 1", "schema 2"])
def test_an_older_file_is_emptied_once(store: SqliteStore, path: Path, left: Callable[[Path], None]) -> None:
    """The origin of its answers is unknown. Neither they nor the aliases of cards remain."""
    left(path)

    assert store.claim(ONE) == 1
    assert store.get(ANNA) is None
    assert store.put(VALID, NOON) == VALID
    assert store.claim(ONE) is None
    assert store.get(ANNA) == VALID
    store.forget(ANNA)
    assert not [word for word in (b"kanarienvogel", b"zeisig") if word in every_byte(path)]


@pytest.mark.parametrize("left", [schema_1, schema_2], ids=["schema 1", "schema 2"])
def test_an_older_file_is_migrated_by_concurrent_processes(path: Path, left: Callable[[Path], None]) -> None:
    """Of processes that start together, one deletes the old answers and returns their number."""
    left(path)
    stores = [SqliteStore(path) for _ in range(6)]
    with ThreadPoolExecutor(6) as threads:
        counts = list(threads.map(claimed, stores))

    assert sorted(counts, key=str) == [1, None, None, None, None, None]
    for store in stores:
        store.close()


def claimed(store: SqliteStore) -> int | None:
    """The result of claim(), repeated while the file is locked."""
    for _ in range(100):
        try:
            return store.claim(ONE)
        except StoreError:
            continue
    raise AssertionError("the file never came free")


def test_the_memory_tier_is_emptied_too(tmp_path: Path) -> None:
    """No entry is left in memory from which the store could be filled again."""
    process = CacheProcess(tmp_path / "answers.sqlite", FakeClock())
    process.cache.claim(ONE)
    process.cache.put(VALID)

    assert process.cache.claim(OTHER) == 1
    assert process.cache.get(ANNA) is None
    assert len(process.memory) == 0
    assert process.cache.origin() == OTHER
    process.cache.close()
