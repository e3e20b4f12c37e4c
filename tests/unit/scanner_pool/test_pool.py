"""The life of the decode workers: started on demand, shared by threads, ended when idle or closed."""

from __future__ import annotations

import atexit
import json
import logging
import os
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scanner import pool as pools
from scanner.sandbox import Confinement
from scanner.worker_process import WorkerLimits, WorkerProcess
from tests.support.raw_pictures import DOT, bomb, marked
from tests.unit.scanner_pool.conftest import FAULTY_WORKER, code_of, held, pid_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.scanner_pool.conftest import MakePool

ROOT = Path(__file__).parents[3]
TIMEOUT_S = 20
CONFINED = Confinement(
    dumpable=False, no_new_privs=True, capabilities=False, landlock_abi=7, syscall_filter=True
)
READY = json.dumps({"ready": {"zbar": True, "confinement": asdict(CONFINED)}})


def sending(ready: str, rest: str = "import signal; signal.pause()") -> tuple[str, ...]:
    """A worker that sends this text as its first message, and then runs the rest."""
    say = f"said = {ready!r}.encode(); os.write(1, len(said).to_bytes(4, 'big') + said)"
    return (sys.executable, "-c", f"import os; {say}; {rest}")


def is_over(pid: int) -> bool:
    """Whether this child process has ended and was waited for."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_one_worker_reads_picture_after_picture(make: MakePool) -> None:
    """A worker starts once, not for each picture, and none before the first."""
    pool = make()

    assert pool._idle == []
    assert pid_of(pool) == pid_of(pool)


def test_a_picture_too_large_by_its_header_starts_no_worker(make: MakePool, tmp_path: Path) -> None:
    """900 megapixels in about 100 KB are refused without a process and without decompression."""
    started = tmp_path / "started"
    pool = make(sys.executable, "-c", f"open({str(started)!r}, 'w')")
    picture = bomb()

    assert 50_000 < len(picture) < 200_000
    assert code_of(pool, picture) == "image_too_large"
    assert pool._idle == []
    assert not started.exists()


def test_many_threads_share_one_worker(make: MakePool) -> None:
    """Each thread gets the answer for its own picture, and no second worker starts."""
    pool = make(queue=20)
    got: dict[str, list[list[str]]] = {"pid": [], "long": [], "unmarked": []}

    def ask(mark: str) -> None:
        for _ in range(10):
            got[mark].append(pool.read_image(marked(mark)))

    pid_of(pool)  # so that no thread waits for the start
    threads = [threading.Thread(target=ask, args=(mark,)) for mark in got for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert got["unmarked"] == [[]] * 30
    assert got["long"] == [["x" * 200_000]] * 30
    assert got["pid"] == [[str(pid_of(pool))]] * 30


def test_a_full_queue_says_busy(make: MakePool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that finds the slots and the queue full is refused at once; the others keep their turn."""
    monkeypatch.setattr(pools, "WAIT_S", 3600)
    pool = make(size=1, queue=1, wall_s=30)
    codes: list[str] = []

    with held(pool, marked("refuse")):
        one_more = threading.Thread(target=lambda: codes.append(code_of(pool, DOT)))
        one_more.start()
        one_more.join(TIMEOUT_S)
        assert codes == ["reader_busy"]

    assert pool.read_image(DOT) == []


def test_waiting_in_the_queue_is_limited(make: MakePool, monkeypatch: pytest.MonkeyPatch) -> None:
    """If no slot becomes free in time, the picture is refused."""
    monkeypatch.setattr(pools, "WAIT_S", 0.02)
    pool = make(size=1, queue=1, wall_s=30)

    with held(pool):
        assert code_of(pool, DOT) == "reader_busy"

    assert pool.read_image(DOT) == []


def test_two_slots_are_two_workers(make: MakePool) -> None:
    """While one picture hangs, another is read."""
    pool = make(size=2, queue=0, wall_s=30)

    with held(pool):
        assert pool.read_image(DOT) == []


def test_a_worker_that_exited_when_idle_is_replaced(make: MakePool) -> None:
    """A worker exits by itself if no picture comes, and the next picture is read."""
    pool = make(idle_s=0.02)
    before = pid_of(pool)
    assert pool._idle[0]._process.wait(timeout=5) == 0

    assert pid_of(pool) != before


def test_a_worker_that_exits_with_the_picture_in_the_pipe_is_replaced_once(make: MakePool) -> None:
    """If it exits without fault before an answer, one other worker is used, and no third."""
    pool = make()
    pid_of(pool)

    assert code_of(pool, marked("leave")) == "reader_failed"
    assert pool.read_image(DOT) == []


def test_a_worker_that_closes_its_pipes_and_stays_is_killed(make: MakePool) -> None:
    """It is useless, so the pool waits no longer than the time limit."""
    deaf = "os.close(0); os.close(1); import signal; signal.pause()"
    pool = make(*sending(READY, deaf), wall_s=0.1)

    assert code_of(pool, DOT) == "reader_failed"
    pool.close()


def test_closing_ends_the_workers(make: MakePool) -> None:
    """After close() there is no worker and nothing is read; closing twice is allowed."""
    pool = make()
    pid = pid_of(pool)

    pool.close()
    pool.close()

    assert is_over(pid)
    assert code_of(pool, DOT) == "reader_busy"


def test_closing_while_a_picture_is_read_leaves_no_worker(make: MakePool) -> None:
    """Waiting requests are refused at once, and the busy worker ends after its picture."""
    pool = make(size=1, wall_s=30)
    pid = pid_of(pool)

    with held(pool, DOT):
        pool.close()

    assert is_over(pid)
    assert pool._idle == []


def test_a_busy_worker_ends_after_the_pool_closes(make: MakePool) -> None:
    """An answer after close() still reaches its thread; the worker is not kept."""
    pool = make()
    reader = pool._acquire()
    pool.close()

    assert pool._read_with(reader, DOT).texts == ()
    assert is_over(reader._process.pid)
    assert pool._idle == []


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("/no/such/program",), id="missing"),
        pytest.param((sys.executable, "-c", "raise SystemExit(1)"), id="ends at once"),
        pytest.param(sending("not ready"), id="no words"),
        pytest.param(sending('{"ready": {}}'), id="other words"),
        pytest.param(sending(READY.replace('"zbar": true', '"zbar": "yes"')), id="wrong words"),
        pytest.param(sending(READY.replace('"landlock_abi": 7', '"landlock_abi": true')), id="wrong version"),
        pytest.param(sending(READY.replace("dumpable", "dumped")), id="other means"),
        pytest.param(sending("[" * 60_000), id="words without end"),
    ],
)
def test_a_worker_that_cannot_start_is_a_refusal_each_time(make: MakePool, command: tuple[str, ...]) -> None:
    """A broken installation is a refusal for each picture, and no idle worker is left."""
    pool = make(*command)

    assert code_of(pool, DOT) == "reader_failed"
    assert pool._idle == []
    assert code_of(pool, DOT) == "reader_failed"


def test_a_worker_that_cannot_be_restarted(make: MakePool) -> None:
    """A failed restart gives the same refusal as the crash."""
    pool = make("/no/such/program")
    pool._idle.append(WorkerProcess(pool._limits, FAULTY_WORKER))
    pid_of(pool)

    assert code_of(pool, marked("segv")) == "reader_failed"
    assert pool._idle == []


def test_a_missing_zbar_is_logged_once(make: MakePool, caplog: pytest.LogCaptureFixture) -> None:
    """The log names the missing package; reading works without it."""
    answer = r"""os.write(1, b'\0\0\0\x0d{"texts": []}'); import signal; signal.pause()"""
    pool = make(*sending(READY.replace('"zbar": true', '"zbar": false'), answer))

    with caplog.at_level(logging.WARNING, "scanner"):
        assert pool.read_image(DOT) == []

    assert [record.getMessage() for record in caplog.records] == [
        "zbar is missing, steeply tilted codes are read less often: install libzbar0"
    ]


FORKING = """
import os, sys
from scanner.pool import DecodePool
from tests.support.raw_pictures import marked
pool = DecodePool(command=(sys.executable, "-P", "-m", "tests.support.faulty_worker"))
def pid(): return pool.read_image(marked("pid"))[0]
ours = pid()
if not os.fork():
    print(ours, pid(), pid(), flush=True)
    pool.close()
    os._exit(0)
os.wait()
print(ours, pid())
pool.close()
"""


def test_a_forked_process_uses_its_own_worker() -> None:
    """Two processes on one pipe would get each other's answers, so a forked one starts its own worker."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FORKING], capture_output=True, text=True, check=True, cwd=ROOT
    )
    forked, forking = (line.split() for line in done.stdout.splitlines())

    assert forked[1] == forked[2] != forked[0]
    assert forking == [forked[0], forked[0]]
    assert done.stderr == ""


def test_a_worker_of_another_process_is_detached(make: MakePool) -> None:
    """The forked process closes its copies of the pipes, and neither kills the worker nor waits for it."""
    pool = make()
    ours = pid_of(pool)
    pool._idle[0].owner = os.getppid()  # as in a process that was forked from its owner

    assert pid_of(pool) != ours
    assert os.waitpid(ours, 0) == (ours, 0)


def test_a_worker_whose_owner_has_ended_exits() -> None:
    """The end of the pipe ends the worker, so a crash of the owner leaves none behind."""
    reader = WorkerProcess(WorkerLimits(), FAULTY_WORKER)
    assert reader.read(DOT) == []

    reader._pipe.close()

    assert reader._process.wait(timeout=5) == 0


def test_there_is_one_default_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """`scanner.read_image` needs no set-up: its pool starts at the first call and is reused."""
    closing: list[Callable[[], None]] = []
    monkeypatch.setattr(atexit, "register", closing.append)
    pools._default_pool.cache_clear()
    try:
        assert pools.read_image(DOT) == []
        assert pools._default_pool() is pools._default_pool()
    finally:
        pools._default_pool().close()
        pools._default_pool.cache_clear()

    assert len(closing) == 1


def test_an_answer_is_not_waited_for_beyond_the_limit(make: MakePool) -> None:
    """The limit includes sending: a worker that never reads a large picture does not block its thread."""
    pool = make(*sending(READY), wall_s=0.1)

    assert code_of(pool, DOT + bytes(1_000_000)) == "reader_failed"
