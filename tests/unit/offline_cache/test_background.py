"""DaemonPool: bounded background work."""

from __future__ import annotations

import logging
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING

import pytest

from offline_cache import DaemonPool

if TYPE_CHECKING:
    from collections.abc import Iterator

TIMEOUT_S = 10


@pytest.fixture(name="pool")
def _pool() -> Iterator[DaemonPool]:
    pool = DaemonPool(threads=1, queue=2)
    yield pool
    pool.close()


@pytest.fixture(name="gate")
def _gate(pool: DaemonPool) -> Iterator[threading.Event]:
    """Occupies the only thread until the gate is set."""
    gate, busy = threading.Event(), threading.Event()

    def wait() -> None:
        busy.set()
        gate.wait(TIMEOUT_S)

    assert pool.submit("gate", wait)
    assert busy.wait(TIMEOUT_S)
    yield gate
    gate.set()


def test_work_runs_in_a_thread_of_the_pool(pool: DaemonPool) -> None:
    """The job runs in another thread."""
    done, names = threading.Event(), []

    def work() -> None:
        names.append(threading.current_thread().name)
        done.set()

    assert pool.submit("anna", work)
    assert done.wait(TIMEOUT_S)
    assert names == ["renewal"]


def test_a_key_has_one_job_at_a_time(pool: DaemonPool, gate: threading.Event) -> None:
    """Many scans of one card during its revalidation make one job; after it, a new one is accepted."""
    done = threading.Event()

    assert [pool.submit("gate", done.set), pool.submit("anna", done.set)] == [False, True]
    assert not pool.submit("anna", done.set)
    gate.set()
    assert done.wait(TIMEOUT_S)
    pool.close()
    assert not pool._keys


def test_a_full_queue_rejects_jobs(pool: DaemonPool, gate: threading.Event) -> None:
    """One runs and two wait; the next one is rejected at once, without blocking."""
    assert not gate.is_set()
    assert [pool.submit(key, lambda: None) for key in ("anna", "bruno", "carla")] == [True, True, False]


def test_a_failed_job_is_logged_by_type_only(pool: DaemonPool, caplog: pytest.LogCaptureFixture) -> None:
    """The log has the exception type and not its text; the thread continues and the key is free again."""

    def fail() -> None:
        raise RuntimeError("3e50 and more")

    done = threading.Event()
    with caplog.at_level(logging.WARNING):
        pool.submit("anna", fail)
        pool.submit("bruno", done.set)
        assert done.wait(TIMEOUT_S)

    assert "RuntimeError" in caplog.text
    assert "3e50" not in caplog.text
    assert pool.submit("anna", done.clear)


class OpensAtTheEnd(SimpleQueue[object]):
    """Sets a gate when the first thread is asked to end; queued jobs were dropped by then."""

    gate: threading.Event

    def put(self, item: object, block: bool = True, timeout: float | None = None) -> None:  # noqa: FBT001, FBT002 - the queue's own signature
        super().put(item, block, timeout)
        if item is None:
            self.gate.set()


def test_closing_drops_queued_jobs_and_waits_for_running_ones(
    pool: DaemonPool, gate: threading.Event
) -> None:
    """After close() no thread is left, queued jobs did not run, and new jobs are rejected."""
    queue = OpensAtTheEnd()
    queue.gate = gate
    pool._jobs = queue  # type: ignore[assignment]  # the same queue, with a bell
    ran: list[str] = []
    assert pool.submit("anna", lambda: ran.append("anna"))

    pool.close()

    assert not any(thread.is_alive() for thread in pool._threads)
    assert (ran, pool.submit("bruno", gate.set)) == ([], False)


def test_an_unused_pool_starts_no_thread() -> None:
    """It may be built before the process forks, and closed twice without use."""
    before = threading.active_count()
    pool = DaemonPool()

    assert threading.active_count() == before
    pool.close()
    pool.close()
