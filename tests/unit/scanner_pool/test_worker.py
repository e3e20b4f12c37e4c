"""The functions of the decode worker, except those whose limits would apply to the tests, too."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scanner import worker
from scanner.errors import ImageRefused
from scanner.pipe import FramedPipe, PipeClosed
from scanner.worker_process import DEFAULT_COMMAND, _environment
from tests.support.raw_pictures import DOT
from tests.unit.scanner_pool.conftest import FAULTY_WORKER

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(name="ends")
def _ends() -> Iterator[tuple[FramedPipe, FramedPipe]]:
    there, back = os.pipe(), os.pipe()
    pool = FramedPipe(os.fdopen(back[0], "rb", buffering=0), os.fdopen(there[1], "wb", buffering=0))
    own = FramedPipe(os.fdopen(there[0], "rb", buffering=0), os.fdopen(back[1], "wb", buffering=0))
    yield pool, own
    pool.close()
    own.close()


@pytest.fixture(name="_processor_time")
def _processor_time() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_CPU)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    resource.setrlimit(resource.RLIMIT_CPU, before)


def _refuse(_: bytes) -> list[str]:
    raise ImageRefused("image_unreadable")


def _fail(data: bytes) -> list[str]:
    raise RuntimeError(data)


def test_an_answer_is_texts_or_a_code_and_never_a_decoders_message() -> None:
    """An error of a decoder becomes a code, because its message may quote the picture."""
    assert json.loads(worker.answer(lambda data: [data.decode()], b"Anna")) == {"texts": ["Anna"]}
    assert json.loads(worker.answer(_refuse, b"Anna")) == {"refused": "image_unreadable"}
    assert json.loads(worker.answer(_fail, b"Anna")) == {"refused": "reader_failed"}


@pytest.mark.usefixtures("_processor_time")
def test_pictures_are_answered_until_the_pipe_ends(ends: tuple[FramedPipe, FramedPipe]) -> None:
    """One answer for each picture, in order; no alarm runs between them."""
    pool, own = ends
    for word in (b"Anna", b"Bruno"):
        pool.send(word)
    pool._writes.close()

    with pytest.raises(PipeClosed):
        worker.serve(own, lambda data: [data.decode()], wall_s=5, idle_s=5)

    assert [json.loads(pool.receive(99)) for _ in range(2)] == [{"texts": ["Anna"]}, {"texts": ["Bruno"]}]
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_an_idle_worker_exits(ends: tuple[FramedPipe, FramedPipe]) -> None:
    """After the idle time, serve returns normally."""
    worker.serve(ends[1], _refuse, wall_s=5, idle_s=0.01)


LIMITED = "import signal; from scanner import worker; {before}; worker.limit_time(0.05)"


def _ended_by(program: str) -> int:
    """The signal that ends a limited process: a separate one, because the limit would end the tests."""
    return -subprocess.run([sys.executable, "-c", program], timeout=30, check=False).returncode


def test_wall_clock_time_is_limited() -> None:
    """The alarm needs no other process."""
    assert _ended_by(f"{LIMITED.format(before='pass')}; signal.pause()") == signal.SIGALRM


def test_processor_time_is_limited() -> None:
    """Also if the alarm is blocked."""
    deaf = "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])"

    assert _ended_by(f"{LIMITED.format(before=deaf)}\nwhile True: pass") == signal.SIGXCPU


def test_the_real_decoders_read_a_picture() -> None:
    """The decoders load, and find nothing in a white pixel."""
    read, has_zbar = worker.load_decoders()

    assert read(DOT) == []
    assert has_zbar in {True, False}


@pytest.mark.parametrize("command", [DEFAULT_COMMAND, FAULTY_WORKER])
def test_a_worker_whose_pool_has_ended_exits_silently(command: tuple[str, ...]) -> None:
    """If the pool cannot receive that it is ready, the worker exits without output."""
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "wb") as output:
        done = subprocess.run(
            command,
            input=b"",
            stdout=output,
            stderr=subprocess.PIPE,
            env=_environment(),
            timeout=20,
            check=False,
        )

    assert (done.returncode, done.stderr) == (0, b"")
