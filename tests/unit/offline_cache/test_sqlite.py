"""SqliteStore: what is kept, who may replace it, and what is left of what was deleted."""

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
    """An entry comes back as it was, to the last digit, and nothing comes back for another card."""
    assert store.put(VALID, NOON) == VALID
    assert store.get(ANNA) == VALID
    assert store.get(BRUNO) is None
    assert store.count() == 1


def test_what_is_put_outlives_the_process(store: SqliteStore, tmp_path: Path) -> None:
    """A restart forgets nothing."""
    store.put(VALID, NOON)
    store.close()
    again = SqliteStore(tmp_path / "answers.sqlite")

    assert again.get(ANNA) == VALID
    again.close()


def test_a_newer_answer_stays(store: SqliteStore) -> None:
    """An older answer that arrives late is dropped, and the caller is told what is kept instead."""
    withdrawn = replace(VALID, valid=False, checked_at=NOON + 1, ends_at=None)
    store.put(withdrawn, NOON + 2)

    assert store.put(VALID, NOON + 2) == withdrawn
    assert store.get(ANNA) == withdrawn


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(answers, st.integers(-10, 10)), max_size=12))
def test_both_tiers_follow_the_same_rule(store: SqliteStore, arrivals: list[tuple[Entry, int]]) -> None:
    """The statement in SQL and the rule in Python agree on every answer, whatever clock it arrives by."""
    memory = MemoryTier()
    for key in (ANNA, BRUNO):
        store.forget(key)

    for entry, now in arrivals:
        assert store.put(entry, now) == memory.put(entry, now, is_stored=True)


def test_sixteen_threads_leave_the_newest(store: SqliteStore) -> None:
    """Writers at once never undo each other."""
    entries = [replace(VALID, checked_at=NOON + n * 7 % 320) for n in range(320)]
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda entry: _persist(store, entry), entries))

    kept = store.get(ANNA)
    assert kept is not None
    assert kept.checked_at == NOON + 319


def _persist(store: SqliteStore, entry: Entry) -> Entry:
    # A store may say that it is busy; who needs the entry there brings it again, as `Visit` does.
    for _ in range(50):
        try:
            return store.put(entry, NOON + 400)
        except StoreError:
            continue
    raise AssertionError("the store never came free")


def test_a_thread_has_its_own_connection_and_its_successor_takes_it_over(store: SqliteStore) -> None:
    """A server that makes a thread a request does not run out of files."""
    for _ in range(200):
        thread = threading.Thread(target=store.count)
        thread.start()
        thread.join()

    assert len(store._connections) < 20


def test_only_the_owner_may_read_the_file(store: SqliteStore, tmp_path: Path) -> None:
    """Neither the answers nor their journal can be read by other accounts of the host."""
    store.put(VALID, NOON)

    files = list(tmp_path.iterdir())
    assert {path.name for path in files} == {"answers.sqlite", "answers.sqlite-wal", "answers.sqlite-shm"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def canaries(folder: Path) -> int:
    """CacheStatus often the canary is found in the raw bytes of all files."""
    return sum(path.read_bytes().count(CANARY.encode()) for path in folder.iterdir())


def keep_canaries(store: SqliteStore) -> None:
    """Five hundred answers with canaries in them, renewed once so that old pages lie about."""
    for n in range(500):
        store.put(replace(VALID, key=str(n), body=CANARY * 9, checked_at=NOON + n), NOON)
    for n in range(0, 500, 3):
        store.put(replace(VALID, key=str(n), body=CANARY, checked_at=NOON + n + 0.5), NOON)


def test_what_is_purged_is_gone_from_the_disk(store: SqliteStore, tmp_path: Path) -> None:
    """After purge() not a byte of the deleted answers is left in the database, its log or its index."""
    keep_canaries(store)
    store.put(replace(VALID, key="keep", checked_at=NOON + 600), NOON)
    assert canaries(tmp_path) > 500

    assert store.purge(NOON + 600, NOON + 600) == 500

    assert (canaries(tmp_path), store.count()) == (0, 1)
    store.close()
    assert canaries(tmp_path) == 0


def test_purging_keeps_both_ends_of_the_span(store: SqliteStore) -> None:
    """What is too old goes, what is too far ahead goes, the rest stays."""
    for second in range(5):
        store.put(replace(VALID, key=str(second), checked_at=NOON + second), NOON)

    assert store.purge(NOON + 1, NOON + 3) == 2
    assert [store.get(str(second)) is not None for second in range(5)] == [False, True, True, True, False]


def test_what_is_forgotten_is_gone_from_the_disk(store: SqliteStore, tmp_path: Path) -> None:
    """Erasing one card leaves nothing of it, and the others whole."""
    store.put(replace(VALID, body=CANARY), NOON)
    store.put(replace(VALID, key=BRUNO), NOON)
    assert canaries(tmp_path) > 0

    store.forget(ANNA)

    assert canaries(tmp_path) == 0
    assert (store.get(ANNA), store.get(BRUNO)) == (None, replace(VALID, key=BRUNO))
