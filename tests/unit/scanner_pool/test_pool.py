"""The life of the decode children: started when needed, shared by threads, ended when idle or closed."""

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

HOUSE = Path(__file__).parents[3]
PATIENCE_S = 20
CONFINED = Confinement(
    dumpable=False, no_new_privs=True, capabilities=False, landlock_abi=7, syscall_filter=True
)
READY = json.dumps({"ready": {"zbar": True, "confinement": asdict(CONFINED)}})


def saying(ready: str, rest: str = "import signal; signal.pause()") -> tuple[str, ...]:
    """A child that says it is ready in these words, as one frame, and then does the rest."""
    say = f"said = {ready!r}.encode(); os.write(1, len(said).to_bytes(4, 'big') + said)"
    return (sys.executable, "-c", f"import os; {say}; {rest}")


def is_over(pid: int) -> bool:
    """Whether a child of ours has ended and was waited for."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_one_child_serves_picture_after_picture(make: MakePool) -> None:
    """A child is started once, not for each picture, and none before the first."""
    pool = make()

    assert pool._idle == []
    assert pid_of(pool) == pid_of(pool)


def test_a_picture_too_large_by_its_header_starts_no_child(make: MakePool, tmp_path: Path) -> None:
    """900 megapixels in some 100 KB are refused without a process, and without anything being unpacked."""
    started = tmp_path / "started"
    pool = make(sys.executable, "-c", f"open({str(started)!r}, 'w')")
    picture = bomb()

    assert 50_000 < len(picture) < 200_000
    assert code_of(pool, picture) == "image_too_large"
    assert pool._idle == []
    assert not started.exists()


def test_many_threads_share_one_child(make: MakePool) -> None:
    """Each thread gets the answer to its own picture, and no second child is started."""
    pool = make(queue=20)
    got: dict[str, list[list[str]]] = {"pid": [], "long": [], "unmarked": []}

    def ask(mark: str) -> None:
        for _ in range(10):
            got[mark].append(pool.read_image(marked(mark)))

    pid_of(pool)  # its start is not part of anybody's wait
    threads = [threading.Thread(target=ask, args=(mark,)) for mark in got for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert got["unmarked"] == [[]] * 30
    assert got["long"] == [["x" * 200_000]] * 30
    assert got["pid"] == [[str(pid_of(pool))]] * 30


def test_a_full_queue_says_busy(make: MakePool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes when the places and the queue are full is told at once; the others keep their turn."""
    monkeypatch.setattr(pools, "WAIT_S", 3600)
    pool = make(size=1, queue=1, wall_s=30)
    told: list[str] = []

    with held(pool, marked("refuse")):
        one_more = threading.Thread(target=lambda: told.append(code_of(pool, DOT)))
        one_more.start()
        one_more.join(PATIENCE_S)
        assert told == ["reader_busy"]

    assert pool.read_image(DOT) == []


def test_nobody_waits_in_the_queue_for_ever(make: MakePool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place that does not come free in time is a refusal."""
    monkeypatch.setattr(pools, "WAIT_S", 0.02)
    pool = make(size=1, queue=1, wall_s=30)

    with held(pool):
        assert code_of(pool, DOT) == "reader_busy"

    assert pool.read_image(DOT) == []


def test_two_places_are_two_children(make: MakePool) -> None:
    """While one picture hangs, another is read beside it."""
    pool = make(size=2, queue=0, wall_s=30)

    with held(pool):
        assert pool.read_image(DOT) == []


def test_a_child_that_left_when_idle_is_replaced(make: MakePool) -> None:
    """A child ends by itself when no picture comes; the next picture does not notice."""
    pool = make(idle_s=0.02)
    before = pid_of(pool)
    assert pool._idle[0]._process.wait(timeout=5) == 0

    assert pid_of(pool) != before


def test_a_child_that_leaves_with_the_picture_in_the_pipe_is_replaced_once(make: MakePool) -> None:
    """Where it ends without fault before an answer, one other child is asked, and no third."""
    pool = make()
    pid_of(pool)

    assert code_of(pool, marked("leave")) == "reader_failed"
    assert pool.read_image(DOT) == []


def test_a_child_that_closes_its_pipes_and_stays_is_ended(make: MakePool) -> None:
    """It cannot be asked any more, so it is not waited for beyond the wall limit."""
    deaf = "os.close(0); os.close(1); import signal; signal.pause()"
    pool = make(*saying(READY, deaf), wall_s=0.1)

    assert code_of(pool, DOT) == "reader_failed"
    pool.close()


def test_closing_ends_the_children(make: MakePool) -> None:
    """After close() no child is left and nothing is read; closing twice is no fault."""
    pool = make()
    pid = pid_of(pool)

    pool.close()
    pool.close()

    assert is_over(pid)
    assert code_of(pool, DOT) == "reader_busy"


def test_closing_while_a_picture_is_read_leaves_no_child(make: MakePool) -> None:
    """Who waits is told at once, and the child at work ends with its picture."""
    pool = make(size=1, wall_s=30)
    pid = pid_of(pool)

    with held(pool, DOT):
        pool.close()

    assert is_over(pid)
    assert pool._idle == []


def test_a_child_at_work_when_the_pool_closes_is_ended_afterwards(make: MakePool) -> None:
    """An answer that comes after close() still goes to its thread; its child is not kept."""
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
        pytest.param(saying("not ready"), id="no words"),
        pytest.param(saying('{"ready": {}}'), id="other words"),
        pytest.param(saying(READY.replace('"zbar": true', '"zbar": "yes"')), id="wrong words"),
        pytest.param(saying(READY.replace('"landlock_abi": 7', '"landlock_abi": true')), id="wrong version"),
        pytest.param(saying(READY.replace("dumpable", "dumped")), id="other means"),
        pytest.param(saying("[" * 60_000), id="words without end"),
    ],
)
def test_a_child_that_cannot_start_is_a_refusal_each_time(make: MakePool, command: tuple[str, ...]) -> None:
    """A broken installation is told picture by picture, and no child is started for nobody."""
    pool = make(*command)

    assert code_of(pool, DOT) == "reader_failed"
    assert pool._idle == []
    assert code_of(pool, DOT) == "reader_failed"


def test_a_child_that_cannot_be_started_again(make: MakePool) -> None:
    """A restart that fails is the same refusal as the crash before it."""
    pool = make("/no/such/program")
    pool._idle.append(WorkerProcess(pool._limits, FAULTY_WORKER))
    pid_of(pool)

    assert code_of(pool, marked("segv")) == "reader_failed"
    assert pool._idle == []


def test_a_missing_zbar_is_said_once(make: MakePool, caplog: pytest.LogCaptureFixture) -> None:
    """The operator learns what to install; reading goes on without it."""
    answer = r"""os.write(1, b'\0\0\0\x0d{"texts": []}'); import signal; signal.pause()"""
    pool = make(*saying(READY.replace('"zbar": true', '"zbar": false'), answer))

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


def test_a_forked_process_does_not_speak_to_our_child() -> None:
    """Two processes on one stream would get each other's answers: the forked one starts its own child."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FORKING], capture_output=True, text=True, check=True, cwd=HOUSE
    )
    forked, forking = (line.split() for line in done.stdout.splitlines())

    assert forked[1] == forked[2] != forked[0]
    assert forking == [forked[0], forked[0]]
    assert done.stderr == ""


def test_a_child_of_another_process_is_let_go(make: MakePool) -> None:
    """The forked process closes its copies of the pipes, and neither kills nor awaits what is not its own."""
    pool = make()
    ours = pid_of(pool)
    pool._idle[0].owner = os.getppid()  # as it looks to a process that was forked from its owner

    assert pid_of(pool) != ours
    assert os.waitpid(ours, 0) == (ours, 0)


def test_a_child_whose_owner_is_gone_ends() -> None:
    """The end of the stream is the end of the child: nobody has to clean up after a crash of ours."""
    reader = WorkerProcess(WorkerLimits(), FAULTY_WORKER)
    assert reader.read(DOT) == []

    reader._pipe.close()

    assert reader._process.wait(timeout=5) == 0


def test_the_default_pool_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """`scanner.read_image` needs no set-up: its pool is started at the first call and used again."""
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
    """The limit covers sending too: a child that never reads a large picture does not hold its thread."""
    pool = make(*saying(READY), wall_s=0.1)

    assert code_of(pool, DOT + bytes(1_000_000)) == "reader_failed"
