"""MemoryTier: bounded, ordered, safe between threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from offline_cache import Entry, MemoryTier
from offline_cache.tiers import MemoryItem
from tests.support.cache_doubles import ANNA, BRUNO, NOON

VALID = Entry(ANNA, valid=True, body="b", checked_at=NOON)


def test_what_is_put_comes_back() -> None:
    """An entry comes back unchanged; another card has none."""
    memory = MemoryTier()

    assert memory.put(VALID, NOON, is_stored=False) == VALID
    assert memory.get(ANNA) == MemoryItem(VALID, is_stored=False)
    assert memory.get(BRUNO) is None


def test_the_least_recently_used_entry_is_dropped() -> None:
    """A full memory drops the card that was not used for longest."""
    memory = MemoryTier(size=2)
    memory.put(VALID, NOON, is_stored=True)
    memory.put(replace(VALID, key=BRUNO), NOON, is_stored=True)
    memory.get(ANNA)
    memory.put(replace(VALID, key="carla"), NOON, is_stored=True)

    assert memory.get(BRUNO) is None
    assert memory.get(ANNA) is not None
    assert len(memory) == 2


def test_a_newer_answer_stays() -> None:
    """An older answer that arrives late is dropped; put() returns the entry kept instead."""
    memory = MemoryTier()
    withdrawn = replace(VALID, valid=False, checked_at=NOON + 1)
    memory.put(withdrawn, NOON + 2, is_stored=True)

    assert memory.put(VALID, NOON + 2, is_stored=False) == withdrawn
    assert memory.get(ANNA) == MemoryItem(withdrawn, is_stored=True)


def test_it_records_what_the_store_has() -> None:
    """An entry counts as stored once it is put as stored, and not before."""
    memory = MemoryTier()
    memory.put(VALID, NOON, is_stored=False)
    memory.put(VALID, NOON, is_stored=True)
    memory.put(VALID, NOON, is_stored=False)

    assert memory.get(ANNA) == MemoryItem(VALID, is_stored=True)


def test_forget_can_be_limited_to_one_item() -> None:
    """forget(only=item) does not drop a later entry."""
    memory = MemoryTier()
    memory.put(VALID, NOON, is_stored=True)
    seen = memory.get(ANNA)
    memory.put(replace(VALID, checked_at=NOON + 1), NOON + 1, is_stored=False)

    memory.forget(ANNA, only=seen)
    assert memory.get(ANNA) is not None
    memory.forget(ANNA)
    memory.forget(ANNA)
    assert memory.get(ANNA) is None


def test_purging_drops_entries_outside_the_span() -> None:
    """Both ends of the span are kept; everything outside is dropped."""
    memory = MemoryTier()
    for second in range(5):
        memory.put(replace(VALID, key=str(second), checked_at=NOON + second), NOON, is_stored=True)

    assert memory.purge(NOON + 1, NOON + 3) == 2
    assert [memory.get(str(second)) is not None for second in range(5)] == [False, True, True, True, False]


def test_threads_that_put_at_once_leave_the_newest() -> None:
    """Whatever the order of arrival, the newest answer is kept in the end."""
    memory = MemoryTier(size=8)
    answers = [replace(VALID, checked_at=NOON + n % 500) for n in range(0, 4000, 7)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda entry: memory.put(entry, NOON + 500, is_stored=True), answers))

    held = memory.get(ANNA)
    assert held is not None
    assert held.entry.checked_at == max(entry.checked_at for entry in answers)
