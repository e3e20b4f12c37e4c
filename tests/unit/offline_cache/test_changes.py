"""The order of what is kept: numbered, and followed across threads, processes, purges and versions."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from offline_cache import Entry, OfflineCache, SqliteStore, StoreError
from tests.support.remembering import ANNA, BRUNO, NOON, WINDOWS, Clock, House

ROOT = Path(__file__).parents[3]
VALID = Entry(ANNA, valid=True, body="{}", checked_at=NOON, alias="anna elsewhere")
SHAPE_1 = """
    CREATE TABLE answers (
        key TEXT PRIMARY KEY,
        valid INTEGER NOT NULL CHECK (valid IN (0, 1)),
        body TEXT NOT NULL,
        checked_at REAL NOT NULL,
        ends_at REAL
    ) STRICT, WITHOUT ROWID;
    PRAGMA user_version = 1;
"""
WRITER = """
import sys
from pathlib import Path
from offline_cache import Entry, SqliteStore, StoreError
store = SqliteStore(Path(sys.argv[1]))
for n in range(300):
    while True:
        try:
            store.put(Entry(f"{sys.argv[2]}-{n}", True, "b", 1.0), 1.0)
            break
        except StoreError:
            pass
"""


def keep(store: SqliteStore, *keys: str, at: float = NOON) -> None:
    """Keep an answer for each of these."""
    for key in keys:
        store.put(replace(VALID, key=key, checked_at=at), at)


def keys_since(store: SqliteStore, seq: int, limit: int = 100) -> tuple[list[str], int]:
    """The keys that changed since, and where to go on."""
    entries, at = store.changed_since(seq, limit)
    return [entry.key for entry in entries], at


def test_what_changed_comes_in_order_and_a_page_at_a_time(store: SqliteStore) -> None:
    """Pages join without a gap, and after the last there is nothing, at the same place."""
    keep(store, "a", "b", "c")

    assert keys_since(store, 0, limit=2) == (["a", "b"], 2)
    assert keys_since(store, 2, limit=2) == (["c"], 3)
    assert keys_since(store, 3) == ([], 3)
    assert store.changed_since(0, 1)[0] == [replace(VALID, key="a")]


def test_a_renewed_answer_moves_to_the_end(store: SqliteStore) -> None:
    """A card asked for again is told once, with what is known now."""
    keep(store, "a", "b")
    keep(store, "a", at=NOON + 1)

    assert keys_since(store, 0) == (["b", "a"], 3)


def test_an_answer_that_is_not_kept_changes_nothing(store: SqliteStore) -> None:
    """An older answer that arrives late takes no number."""
    keep(store, "a", at=NOON + 1)
    keep(store, "a", at=NOON)

    assert store.journal().latest == 1


@pytest.mark.parametrize("away", ["purge", "forget"])
def test_numbers_never_come_back(store: SqliteStore, path: Path, away: str) -> None:
    """After the newest rows were deleted, also across a restart, the next change is still a later one."""
    keep(store, "a", "b")
    if away == "purge":
        store.purge(NOON + 1, NOON + 1)
    else:
        store.forget("a")
        store.forget("b")
    store.close()
    again = SqliteStore(path)

    assert (again.count(), again.journal().latest) == (0, 2)
    keep(again, "c")
    assert keys_since(again, 2) == (["c"], 3)
    again.close()


def test_the_newest_are_counted_from_the_end(store: SqliteStore) -> None:
    """Who wants only so many knows where to begin; who wants more than there are begins at the beginning."""
    keep(store, "a", "b", "c", "d")

    assert keys_since(store, store.before_newest(2))[0] == ["c", "d"]
    assert keys_since(store, store.before_newest(0))[0] == []
    assert keys_since(store, store.before_newest(100))[0] == ["a", "b", "c", "d"]


def test_each_file_has_an_order_of_its_own(store: SqliteStore, path: Path, tmp_path: Path) -> None:
    """A restart keeps the generation; a file made anew has another."""
    first = store.journal().generation
    other = SqliteStore(tmp_path / "other.sqlite")
    store.close()
    again = SqliteStore(path)

    assert again.journal().generation == first
    assert len(first) == 16
    assert other.journal().generation != first
    other.close()
    again.close()


def test_threads_that_write_at_once_are_followed_without_a_loss(store: SqliteStore) -> None:
    """Whoever follows while eight threads write sees every change, each number once."""
    seen: list[str] = []
    at = 0
    with ThreadPoolExecutor(8) as threads:
        writers = [threads.submit(_persist, store, f"{thread}") for thread in range(8)]
        while not all(writer.done() for writer in writers):
            keys, at = keys_since(store, at, limit=7)
            seen += keys
    keys, at = keys_since(store, at, limit=1000)

    assert sorted(seen + keys) == sorted(f"{thread}-{n}" for thread in range(8) for n in range(50))
    assert at == 400


def _persist(store: SqliteStore, name: str) -> None:
    for n in range(50):
        for _ in range(100):
            try:
                keep(store, f"{name}-{n}")
                break
            except StoreError:
                continue


def test_processes_that_write_at_once_share_the_numbers(store: SqliteStore, path: Path) -> None:
    """Two workers make the file together and never give one number twice."""
    command = [sys.executable, "-c", WRITER, str(path)]
    writers = [subprocess.Popen([*command, name], cwd=ROOT) for name in ("one", "two")]

    assert [writer.wait(30) for writer in writers] == [0, 0]
    entries, at = store.changed_since(0, 1000)
    assert (len(entries), at) == (600, 600)
    assert len({entry.key for entry in entries}) == 600


def shape_1(path: Path) -> None:
    """A file as the first version of this program left it, with Anna's answer in it."""
    old = sqlite3.connect(path)
    old.executescript(SHAPE_1)
    old.execute("INSERT INTO answers VALUES (?, 1, '{}', ?, NULL)", (ANNA, NOON))
    old.commit()
    old.close()


def test_a_file_of_the_first_shape_is_taken_over(store: SqliteStore, path: Path) -> None:
    """What was remembered stays and serves; it is told to nobody until it is asked for again."""
    shape_1(path)

    assert store.get(ANNA) == replace(VALID, alias=None)
    assert (keys_since(store, 0), store.journal().latest) == (([], 0), 0)
    keep(store, BRUNO, ANNA, at=NOON + 1)
    assert keys_since(store, 0) == ([BRUNO, ANNA], 2)
    assert store.get(ANNA) == replace(VALID, checked_at=NOON + 1)


def test_two_who_take_over_a_file_at_once_do_it_once(path: Path) -> None:
    """Workers that start together on an old file end with one order."""
    shape_1(path)
    stores = [SqliteStore(path) for _ in range(6)]
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(_generation, stores))

    assert len(set(found)) == 1
    for store in stores:
        store.close()


def _generation(store: SqliteStore) -> str:
    for _ in range(50):
        try:
            return store.journal().generation
        except StoreError:
            continue
    raise AssertionError("the file never came free")


def test_an_alias_is_kept_but_never_shown(store: SqliteStore) -> None:
    """What stands for a card elsewhere comes back from the file, and no log line can hold it."""
    keep(store, ANNA)

    kept = store.get(ANNA)
    assert kept
    assert kept.alias == "anna elsewhere"
    assert "elsewhere" not in repr(kept)


def test_a_cache_says_whether_its_store_keeps_an_order(tmp_path: Path) -> None:
    """A store without one is possible: then there is nothing to follow."""
    plugged = House(tmp_path / "answers.sqlite", Clock())
    plain = SqliteStore(tmp_path / "plain.sqlite")
    cache = OfflineCache(plugged.memory, plain, WINDOWS, Clock())

    assert plugged.cache.changes is None
    assert cache.changes == plain
    cache.close()


def test_a_failing_store_says_so_to_followers(tmp_path: Path) -> None:
    """Who follows is told of the failure rather than of nothing new."""
    store = SqliteStore(tmp_path / "missing" / "answers.sqlite")

    for ask in (store.journal, lambda: store.before_newest(1), lambda: store.changed_since(0, 1)):
        with pytest.raises(StoreError):
            ask()
