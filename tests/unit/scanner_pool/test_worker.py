"""The decode child's own functions, as far as they can run in here without binding the tests themselves."""

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
    ours = FramedPipe(os.fdopen(there[0], "rb", buffering=0), os.fdopen(back[1], "wb", buffering=0))
    yield pool, ours
    pool.close()
    ours.close()


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


def test_an_answer_is_texts_or_a_code_and_never_a_decoders_words() -> None:
    """What a decoder raises is a code, for its words may quote the picture."""
    assert json.loads(worker.answer(lambda data: [data.decode()], b"Anna")) == {"texts": ["Anna"]}
    assert json.loads(worker.answer(_refuse, b"Anna")) == {"refused": "image_unreadable"}
    assert json.loads(worker.answer(_fail, b"Anna")) == {"refused": "reader_failed"}


@pytest.mark.usefixtures("_processor_time")
def test_pictures_are_answered_until_the_stream_ends(ends: tuple[FramedPipe, FramedPipe]) -> None:
    """One answer for each picture, in order; no alarm is left running between them."""
    pool, ours = ends
    for word in (b"Anna", b"Bruno"):
        pool.send(word)
    pool._writes.close()

    with pytest.raises(PipeClosed):
        worker.serve(ours, lambda data: [data.decode()], wall_s=5, idle_s=5)

    assert [json.loads(pool.receive(99)) for _ in range(2)] == [{"texts": ["Anna"]}, {"texts": ["Bruno"]}]
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_a_child_without_pictures_leaves(ends: tuple[FramedPipe, FramedPipe]) -> None:
    """Silence for the idle time is an ordinary end."""
    worker.serve(ends[1], _refuse, wall_s=5, idle_s=0.01)


BOUND = "import signal; from scanner import worker; {before}; worker.limit_time(0.05)"


def _ended_by(program: str) -> int:
    """Which signal ends a process of its own that is bound: in here it would end the tests as well."""
    return -subprocess.run([sys.executable, "-c", program], timeout=30, check=False).returncode


def test_a_picture_that_outlasts_its_pool_is_ended_by_the_clock() -> None:
    """The alarm comes by itself, without anybody to watch."""
    assert _ended_by(f"{BOUND.format(before='pass')}; signal.pause()") == signal.SIGALRM


def test_a_picture_that_never_lets_an_alarm_through_is_ended_by_processor_time() -> None:
    """Processor time is bound beside the clock."""
    deaf = "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])"

    assert _ended_by(f"{BOUND.format(before=deaf)}\nwhile True: pass") == signal.SIGXCPU


def test_the_real_decoders_read_a_picture() -> None:
    """The child's engines load and find nothing in a white pixel."""
    read, has_zbar = worker.load_decoders()

    assert read(DOT) == []
    assert has_zbar in {True, False}


@pytest.mark.parametrize("command", [DEFAULT_COMMAND, FAULTY_WORKER])
def test_a_child_whose_pool_is_gone_leaves_without_a_word(command: tuple[str, ...]) -> None:
    """Where nobody hears any more that it is ready, the child leaves neither a trace nor a process."""
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
