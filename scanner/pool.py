"""Reads pictures in child processes: one that kills or hangs a decoder costs itself and nothing else.

The parent never imports OpenCV, NumPy or a decoder: a web worker stays small, and a picture can reach little.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from scanner.header import read_header
from scanner.reader import DEFAULT_COMMAND, Ended, Limits, Reader
from scanner.refused import ImageRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

log = logging.getLogger("scanner")

WAIT_S = 1.0  # in the queue; a person at the gate is answered within 3 s in all


class Fitness(StrEnum):
    """How reading pictures fares: `no_zbar` reads steeply tilted codes less often, `fails` reads nothing."""

    WORKS = "works"
    NO_ZBAR = "no_zbar"
    FAILS = "fails"


class DecodePool:
    """At most `size` pictures at once and `queue` waiting, for any number of threads; starts children."""

    def __init__(  # noqa: PLR0913 - each a limit with a name
        self,
        size: int = 1,
        wall_s: float = 2.0,
        memory_mb: int = 1024,
        queue: int = 8,
        idle_s: float = 300.0,
        *,
        command: Sequence[str] = DEFAULT_COMMAND,
    ) -> None:
        self._limits = Limits(wall_s, memory_mb, idle_s)
        self._command = command
        self._size, self._queue = size, queue
        self._changed = threading.Condition()
        self._resting: list[Reader] = []
        self._busy = self._waiting = 0
        self._closed = False
        self._last_seen: Fitness | None = None

    def read_image(self, data: bytes) -> list[str]:
        """The texts of all symbols, best first, [] where there is none; raises ImageRefused."""
        read_header(data)
        with self._place():
            try:
                return self._read(data)
            except Ended:
                log.warning("a picture of %d bytes ended its decode child", len(data))
                raise ImageRefused("reader_failed") from None

    @property
    def last_seen(self) -> Fitness | None:
        """How the last child fared that was started or asked; None before the first."""
        return self._last_seen

    def try_out(self) -> Fitness:
        """Wait until a child is ready for pictures, some seconds at most, and tell how it fares."""
        try:
            reader = self._take()
            reader.try_out()
        except Ended:
            self._last_seen = Fitness.FAILS
        else:
            self._note(reader)
            self._give_back(reader)
        return self._last_seen or Fitness.FAILS

    def close(self) -> None:
        """End the children that rest; one at work ends with its picture. Nothing is read afterwards."""
        with self._changed:
            self._closed = True
            resting, self._resting = self._resting, []
            self._changed.notify_all()
        for reader in resting:
            reader.end()

    @contextmanager
    def _place(self) -> Iterator[None]:
        """Wait for one of the places; raises ImageRefused where too many wait already, or for too long."""
        with self._changed:
            if self._busy >= self._size and self._waiting >= self._queue:
                raise ImageRefused("reader_busy")
            self._waiting += 1
            free = self._changed.wait_for(lambda: self._closed or self._busy < self._size, WAIT_S)
            self._waiting -= 1
            if self._closed or not free:
                raise ImageRefused("reader_busy")
            self._busy += 1
        try:
            yield
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify()

    def _read(self, data: bytes) -> list[str]:
        try:
            return self._ask(self._take(), data)
        except Ended as ended:
            if not ended.idle:
                raise
        return self._ask(self._start(), data)

    def _ask(self, reader: Reader, data: bytes) -> list[str]:
        try:
            texts = reader.read(data)
        except ImageRefused:
            self._note(reader)
            self._give_back(reader)
            raise
        except Ended as ended:
            if not reader.was_ready:
                self._last_seen = Fitness.FAILS
            # The next picture should find a child that is ready; one that never was would only fail again.
            if reader.was_ready and not ended.idle:
                self._give_back(self._start())
            raise
        self._note(reader)
        self._give_back(reader)
        return texts

    def _note(self, reader: Reader) -> None:
        self._last_seen = Fitness.WORKS if reader.has_zbar else Fitness.NO_ZBAR

    def _take(self) -> Reader:
        with self._changed:
            while self._resting:
                reader = self._resting.pop()
                if reader.owner == os.getpid():
                    return reader
                reader.forget()  # this process was forked from the one that started it
        return self._start()

    def _start(self) -> Reader:
        try:
            return Reader(self._limits, self._command)
        except OSError:
            self._last_seen = Fitness.FAILS
            raise Ended(idle=False) from None

    def _give_back(self, reader: Reader) -> None:
        with self._changed:
            if not self._closed:
                self._resting.append(reader)
                return
        reader.end()


@cache
def _default_pool() -> DecodePool:
    pool = DecodePool()
    atexit.register(pool.close)
    return pool


def read_image(data: bytes) -> list[str]:
    """Read one picture with a pool of one child that is started at the first call and ends with this process.

    The texts of all symbols, best first, [] where there is none; raises ImageRefused.
    """
    return _default_pool().read_image(data)
