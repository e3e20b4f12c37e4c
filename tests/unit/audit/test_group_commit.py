"""Group commit: entries that wait together are written together, and none is forgotten."""

from __future__ import annotations

import os
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from validator.audit import append as append_module
from validator.audit.append import GroupCommit
from validator.audit.entries import NewEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

WAIT_S = 20.0


def entry(number: int) -> NewEntry:
    """An entry that the test recognises by its time."""
    return NewEntry(number, "alert", "device", 1, "guessing", "")


class Writing:
    """Records each batch. The write of a number in `held` waits for `release`; of one in `failing` raises."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.held: set[int] = set()
        self.failing: set[int] = set()
        self.is_held = threading.Event()
        self.release = threading.Event()

    def __call__(self, entries: list[NewEntry]) -> None:
        """Write these entries."""
        numbers = [one.at for one in entries]
        if self.held.intersection(numbers):
            self.is_held.set()
            assert self.release.wait(WAIT_S)
        if self.failing.intersection(numbers):
            raise OSError("disk full")
        self.batches.append(numbers)


@pytest.fixture(name="threads")
def _threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads


def wait_for_waiters(commits: GroupCommit, count: int) -> None:
    """Return when so many threads wait for the writer."""
    while len(commits._waiters) < count:
        threading.Event().wait(0.001)


def test_a_single_entry_is_written_at_once() -> None:
    """Without any other thread there is no one to wait for."""
    writing = Writing()
    commits = GroupCommit(writing)

    assert [commits.put(entry(number)) for number in (1, 2)] == [True, True]
    assert writing.batches == [[1], [2]]


def test_entries_that_wait_share_one_transaction(
    threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five wait while one writes; one of them writes for all five."""
    monkeypatch.setattr(append_module, "TURN_S", WAIT_S)
    writing = Writing()
    commits = GroupCommit(writing)
    writing.held = {0}
    first = threads.submit(commits.put, entry(0))
    assert writing.is_held.wait(WAIT_S)
    others = [threads.submit(commits.put, entry(number)) for number in range(1, 6)]
    wait_for_waiters(commits, 5)
    writing.release.set()

    assert all(one.result(WAIT_S) for one in (first, *others))
    assert writing.batches[0] == [0]
    assert sorted(writing.batches[1]) == [1, 2, 3, 4, 5]


def test_a_failed_batch_is_written_with_the_next_entry(
    threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer raises, those it wrote for are answered, and the next entry is written after all of them."""
    monkeypatch.setattr(append_module, "TURN_S", WAIT_S)
    writing = Writing()
    commits = GroupCommit(writing)
    writing.held, writing.failing = {0}, {0}
    first = threads.submit(commits.put, entry(0))
    assert writing.is_held.wait(WAIT_S)
    others = [threads.submit(commits.put, entry(number)) for number in (1, 2)]
    wait_for_waiters(commits, 2)
    writing.release.set()
    with pytest.raises(OSError, match="disk full"):
        first.result(WAIT_S)
    # Whoever writes next has the failed entry in its batch too.
    assert sorted(type(one.exception(WAIT_S)) is OSError for one in others) == [False, True]
    assert commits.backlog == 3

    writing.failing.clear()
    assert commits.put(entry(3))
    assert [sorted(batch) for batch in writing.batches] == [[0, 1, 2, 3]]
    assert commits.backlog == 0


def test_an_entry_that_waits_too_long_is_written_with_the_next(
    threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its check is answered meanwhile."""
    monkeypatch.setattr(append_module, "TURN_S", 0.01)
    writing = Writing()
    commits = GroupCommit(writing)
    writing.held = {0}
    first = threads.submit(commits.put, entry(0))
    assert writing.is_held.wait(WAIT_S)

    assert not commits.put(entry(1))
    assert commits.backlog == 1
    writing.release.set()
    assert first.result(WAIT_S)
    assert commits.put(entry(2))
    assert writing.batches == [[0], [1, 2]]


def test_a_forked_process_writes_while_its_parent_does(threads: ThreadPoolExecutor) -> None:
    """The child has no other thread that could write for it. The parent's entries are not the child's."""
    writing = Writing()
    commits = GroupCommit(writing)
    writing.held = {0}
    first = threads.submit(commits.put, entry(0))
    assert writing.is_held.wait(WAIT_S)
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        child = os.fork()
    if child == 0:
        writing.held = set()
        os._exit(0 if commits.put(entry(1)) and writing.batches == [[1]] else 1)
    writing.release.set()

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert first.result(WAIT_S)
    assert writing.batches == [[0]]
