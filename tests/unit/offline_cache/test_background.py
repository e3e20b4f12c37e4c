"""DaemonPool: bounded work that nobody waits for."""

from __future__ import annotations

import logging
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING

import pytest

from offline_cache import DaemonPool

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE_S = 10


@pytest.fixture(name="pool")
def _pool() -> Iterator[DaemonPool]:
    pool = DaemonPool(threads=1, queue=2)
    yield pool
    pool.close()


@pytest.fixture(name="gate")
def _gate(pool: DaemonPool) -> Iterator[threading.Event]:
    """Occupies the only thread until it is opened."""
    gate, busy = threading.Event(), threading.Event()

    def wait() -> None:
        busy.set()
        gate.wait(PATIENCE_S)

    assert pool.submit("gate", wait)
    assert busy.wait(PATIENCE_S)
    yield gate
    gate.set()


def test_work_is_done_elsewhere(pool: DaemonPool) -> None:
    """The work runs in a thread of the pool, soon."""
    done, names = threading.Event(), []

    def work() -> None:
        names.append(threading.current_thread().name)
        done.set()

    assert pool.submit("anna", work)
    assert done.wait(PATIENCE_S)
    assert names == ["renewal"]


def test_a_key_has_one_job_at_a_time(pool: DaemonPool, gate: threading.Event) -> None:
    """A hundred scans of one card while it is renewed make one job; when that is done, another may come."""
    done = threading.Event()

    assert [pool.submit("gate", done.set), pool.submit("anna", done.set)] == [False, True]
    assert not pool.submit("anna", done.set)
    gate.set()
    assert done.wait(PATIENCE_S)
    pool.close()
    assert not pool._keys


def test_work_that_finds_no_room_is_dropped(pool: DaemonPool, gate: threading.Event) -> None:
    """One runs and two wait; the fourth is refused at once, and nothing blocks."""
    assert not gate.is_set()
    assert [pool.submit(key, lambda: None) for key in ("anna", "bruno", "carla")] == [True, True, False]


def test_work_that_fails_is_told_by_its_kind_and_harms_nothing(
    pool: DaemonPool, caplog: pytest.LogCaptureFixture
) -> None:
    """The log names the kind of fault and not its text; the thread lives on and the key is free again."""

    def fail() -> None:
        raise RuntimeError("3e50 and more")

    done = threading.Event()
    with caplog.at_level(logging.WARNING):
        pool.submit("anna", fail)
        pool.submit("bruno", done.set)
        assert done.wait(PATIENCE_S)

    assert "RuntimeError" in caplog.text
    assert "3e50" not in caplog.text
    assert pool.submit("anna", done.clear)


class OpensAtTheEnd(SimpleQueue[object]):
    """A queue that opens a gate when the first thread is told to end: by then, what waited was dropped."""

    gate: threading.Event

    def put(self, item: object, block: bool = True, timeout: float | None = None) -> None:  # noqa: FBT001, FBT002 - the queue's own signature
        super().put(item, block, timeout)
        if item is None:
            self.gate.set()


def test_closing_drops_what_waits_and_ends_what_runs(pool: DaemonPool, gate: threading.Event) -> None:
    """After close() no thread is left, what waited was not done, and nothing more is taken."""
    queue = OpensAtTheEnd()
    queue.gate = gate
    pool._jobs = queue  # type: ignore[assignment]  # the same queue, with a bell
    ran: list[str] = []
    assert pool.submit("anna", lambda: ran.append("anna"))

    pool.close()

    assert not any(thread.is_alive() for thread in pool._threads)
    assert (ran, pool.submit("bruno", gate.set)) == ([], False)


def test_a_pool_that_was_never_used_starts_nothing() -> None:
    """It may be built before the process forks, and closed unused, twice."""
    before = threading.active_count()
    pool = DaemonPool()

    assert threading.active_count() == before
    pool.close()
    pool.close()
