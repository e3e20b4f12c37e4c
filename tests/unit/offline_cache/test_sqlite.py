"""SqliteStore: what is kept, what replaces it, and what remains of deleted data."""

from __future__ import annotations

import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offline_cache import Entry, MemoryTier, SqliteStore, StoreError
from tests.support.cache_doubles import ANNA, BRUNO, NOON

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VALID = Entry(ANNA, valid=True, body='{"issuer_name":"Université"}', checked_at=NOON, ends_at=NOON + 0.25)
CANARY = "kanarienvogel"
answers = st.builds(
    Entry,
    st.sampled_from([ANNA, BRUNO]),
    st.booleans(),
    st.sampled_from(["one", "two"]),
    st.integers(-10, 10).map(float),
)


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "answers.sqlite")
    yield store
    store.close()


def test_what_is_put_comes_back(store: SqliteStore) -> None:
    """An entry comes back unchanged, to the last digit; another card has none."""
    assert store.put(VALID, NOON) == VALID
    assert store.get(ANNA) == VALID
    assert store.get(BRUNO) is None
    assert store.count() == 1


def test_entries_outlive_the_process(store: SqliteStore, tmp_path: Path) -> None:
    """A restart loses nothing."""
    store.put(VALID, NOON)
    store.close()
    again = SqliteStore(tmp_path / "answers.sqlite")

    assert again.get(ANNA) == VALID
    again.close()


def test_a_newer_answer_stays(store: SqliteStore) -> None:
    """An older answer that arrives late is dropped; put() returns the entry kept instead."""
    withdrawn = replace(VALID, valid=False, checked_at=NOON + 1, ends_at=None)
    store.put(withdrawn, NOON + 2)

    assert store.put(VALID, NOON + 2) == withdrawn
    assert store.get(ANNA) == withdrawn


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(answers, st.integers(-10, 10)), max_size=12))
def test_both_tiers_follow_the_same_rule(store: SqliteStore, arrivals: list[tuple[Entry, int]]) -> None:
    """The SQL statement and the Python rule agree for every answer and every clock."""
    memory = MemoryTier()
    for key in (ANNA, BRUNO):
        store.forget(key)

    for entry, now in arrivals:
        assert store.put(entry, now) == memory.put(entry, now, is_stored=True)


def test_sixteen_threads_leave_the_newest(store: SqliteStore) -> None:
    """Concurrent writers never replace a newer entry by an older one."""
    entries = [replace(VALID, checked_at=NOON + n * 7 % 320) for n in range(320)]
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda entry: _persist(store, entry), entries))

    kept = store.get(ANNA)
    assert kept is not None
    assert kept.checked_at == NOON + 319


def _persist(store: SqliteStore, entry: Entry) -> Entry:
    # A store may be busy; `RequestView` saves the entry later, this test retries.
    for _ in range(50):
        try:
            return store.put(entry, NOON + 400)
        except StoreError:
            continue
    raise AssertionError("the store never came free")


def test_connections_of_ended_threads_are_reused(store: SqliteStore) -> None:
    """A server with one thread per request does not run out of file descriptors."""
    for _ in range(200):
        thread = threading.Thread(target=store.count)
        thread.start()
        thread.join()

    assert len(store._connections) < 20


def test_only_the_owner_may_read_the_file(store: SqliteStore, tmp_path: Path) -> None:
    """Other accounts of the host can read neither the answers nor the WAL."""
    store.put(VALID, NOON)

    files = list(tmp_path.iterdir())
    assert {path.name for path in files} == {"answers.sqlite", "answers.sqlite-wal", "answers.sqlite-shm"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def canaries(folder: Path) -> int:
    """CacheStatus often the canary is found in the raw bytes of all files."""
    return sum(path.read_bytes().count(CANARY.encode()) for path in folder.iterdir())


def keep_canaries(store: SqliteStore) -> None:
    """Store five hundred answers with canaries; update some, so that old pages remain."""
    for n in range(500):
        store.put(replace(VALID, key=str(n), body=CANARY * 9, checked_at=NOON + n), NOON)
    for n in range(0, 500, 3):
        store.put(replace(VALID, key=str(n), body=CANARY, checked_at=NOON + n + 0.5), NOON)


def test_purged_entries_leave_no_bytes_on_disk(store: SqliteStore, tmp_path: Path) -> None:
    """After purge() no byte of the deleted answers is left in the database, the WAL or its index."""
    keep_canaries(store)
    store.put(replace(VALID, key="keep", checked_at=NOON + 600), NOON)
    assert canaries(tmp_path) > 500

    assert store.purge(NOON + 600, NOON + 600) == 500

    assert (canaries(tmp_path), store.count()) == (0, 1)
    store.close()
    assert canaries(tmp_path) == 0


def test_purging_keeps_both_ends_of_the_span(store: SqliteStore) -> None:
    """Entries that are too old or too far in the future are deleted, the rest stays."""
    for second in range(5):
        store.put(replace(VALID, key=str(second), checked_at=NOON + second), NOON)

    assert store.purge(NOON + 1, NOON + 3) == 2
    assert [store.get(str(second)) is not None for second in range(5)] == [False, True, True, True, False]


def test_forgotten_entries_leave_no_bytes_on_disk(store: SqliteStore, tmp_path: Path) -> None:
    """Erasing one card leaves no bytes of it, and the others unchanged."""
    store.put(replace(VALID, body=CANARY), NOON)
    store.put(replace(VALID, key=BRUNO), NOON)
    assert canaries(tmp_path) > 0

    store.forget(ANNA)

    assert canaries(tmp_path) == 0
    assert (store.get(ANNA), store.get(BRUNO)) == (None, replace(VALID, key=BRUNO))
