"""The pool with several callers: one picture at a time for each, and costs count for the caller."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

from scanner import pool as pools
from tests.support.faulty_worker import SPIN_S
from tests.support.raw_pictures import DOT, marked
from tests.unit.scanner_pool.conftest import held, pid_of

if TYPE_CHECKING:
    import pytest

    from tests.unit.scanner_pool.conftest import MakePool


def test_a_caller_has_one_picture_read_at_a_time(make: MakePool, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a caller's picture hangs, the next one of that caller waits; pictures of others are read."""
    monkeypatch.setattr(pools, "WAIT_S", 0.02)
    pool = make(size=3, queue=8, wall_s=30)

    with held(pool):
        worker = pid_of(pool)
        hanging = threading.Thread(target=pool.read, args=(marked("hang"), "anna"))
        hanging.start()
        while pool._semaphore.counts() != (2, 0):
            os.sched_yield()
        second = pool.read(DOT, "anna").refusal
        assert second is not None
        assert second.code == "reader_busy"
        assert pool.read(DOT, "bruno").refusal is None
        assert pool.read_image(DOT) == []
        os.kill(worker, signal.SIGKILL)
        hanging.join()


def test_a_caller_whose_picture_ended_a_worker_is_penalised(make: MakePool) -> None:
    """The pictures of one caller end worker after worker; one worker reads all pictures of another caller."""
    pool = make(size=2)
    with held(pool):
        pid_of(pool)  # by a second worker
    assert pool.read(marked("segv"), "anna").refusal is not None
    ready = pid_of(pool)

    for _ in range(3):
        assert pool.read(marked("segv"), "anna").refusal is not None
        assert pool.read(marked("pid"), "bruno").texts == (str(ready),)
    assert pool.read(marked("pid"), "anna").texts != (str(ready),)


def test_the_processor_time_of_a_picture_is_reported(make: MakePool) -> None:
    """From the kernel, for an answer and for a time-out."""
    pool = make(wall_s=10)
    hasty = make(wall_s=SPIN_S / 3)
    idle, busy = pool.read(DOT), pool.read(marked("spin"))
    ended = hasty.read(marked("spin"))

    assert (busy.texts, busy.refusal) == (("spun",), None)
    assert idle.seconds < SPIN_S / 2 <= busy.seconds < 2 * SPIN_S
    assert ended.refusal is not None
    assert 0 < ended.seconds < SPIN_S
    assert pool.read(b"no picture").seconds == 0
