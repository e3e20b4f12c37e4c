"""Pools of a worker that misbehaves on marked pictures, and a pool of the real worker for each module."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from scanner.errors import ImageRefused
from scanner.pool import DecodePool
from tests.support.raw_pictures import marked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    MakePool = Callable[..., DecodePool]

FAULTY_WORKER = (sys.executable, "-P", "-m", "tests.support.faulty_worker")


@pytest.fixture(name="faulty", scope="module")
def _faulty() -> Iterator[DecodePool]:
    pool = DecodePool(command=FAULTY_WORKER)
    yield pool
    pool.close()


@pytest.fixture(name="real", scope="module")
def _real() -> Iterator[DecodePool]:
    pool = DecodePool()
    yield pool
    pool.close()


@pytest.fixture(name="make")
def _make() -> Iterator[MakePool]:
    made: list[DecodePool] = []

    def make(*command: str, **limits: float) -> DecodePool:
        made.append(DecodePool(command=command or FAULTY_WORKER, **limits))  # type: ignore[arg-type] # some are int
        return made[-1]

    yield make
    for pool in made:
        pool.close()


def code_of(pool: DecodePool, picture: bytes) -> str:
    """The code of the refusal for a picture."""
    with pytest.raises(ImageRefused) as refusal:
        pool.read_image(picture)
    return refusal.value.code


def pid_of(pool: DecodePool) -> int:
    """The process id of the worker of this pool."""
    return int(pool.read_image(marked("pid"))[0])


@contextmanager
def held(pool: DecodePool, *behind: bytes) -> Iterator[None]:
    """The only worker of a pool hangs with a picture, and others are queued; at the end it is killed."""

    def read(picture: bytes) -> None:
        with pytest.raises(ImageRefused):
            pool.read_image(picture)

    worker = pid_of(pool)
    threads = [threading.Thread(target=read, args=(picture,)) for picture in (marked("hang"), *behind)]
    for count, thread in enumerate(threads, 1):
        thread.start()
        while sum(pool._semaphore.counts()) < count:
            os.sched_yield()
    yield
    os.kill(worker, signal.SIGKILL)
    for thread in threads:
        thread.join()
