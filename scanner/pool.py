"""Reads pictures in child processes: one that kills or hangs a decoder costs itself and nothing else.

The parent never imports OpenCV, NumPy or a decoder: a web worker stays small, and a picture can reach little.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from scanner.header import read_header
from scanner.places import Busy, Places
from scanner.reader import DEFAULT_COMMAND, Ended, Limits, Reader
from scanner.refused import ImageRefused

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from scanner.confinement import Confinement

log = logging.getLogger("scanner")

DEAR_CALLERS = 16  # whose last picture ended its child; more are not remembered
WAIT_S = 1.0  # in the queue; a person at the gate is answered within 3 s in all


class Fitness(StrEnum):
    """How reading pictures fares: `no_zbar` reads steeply tilted codes less often, `fails` reads nothing."""

    WORKS = "works"
    NO_ZBAR = "no_zbar"
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one picture: texts, best first, or a refusal; `seconds` of processor time it took."""

    texts: tuple[str, ...] = ()
    refusal: ImageRefused | None = None
    seconds: float = 0.0


class DecodePool:
    """At most `size` pictures at once, one for each caller, and `queue` waiting; starts the children."""

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
        self._places = Places(size, queue)
        self._lock = threading.Lock()
        self._resting: list[Reader] = []
        self._dear: deque[Hashable] = deque(maxlen=DEAR_CALLERS)
        self._closed = False
        self._last_seen: Fitness | None = None
        self._confinement: Confinement | None = None

    def read_image(self, data: bytes, caller: Hashable = None) -> list[str]:
        """The texts of all symbols, best first, [] where there is none; raises ImageRefused."""
        reading = self.read(data, caller)
        if reading.refusal is not None:
            raise reading.refusal
        return list(reading.texts)

    def read(self, data: bytes, caller: Hashable = None) -> Reading:
        """Read one picture for this caller; each request that names none is a caller of its own."""
        try:
            read_header(data)
            with self._places.hold(object() if caller is None else caller, WAIT_S):
                reading = self._read(data, caller)
        except ImageRefused as refusal:
            return Reading(refusal=refusal)
        except Busy:
            return Reading(refusal=ImageRefused("reader_busy"))
        self._remember(caller, reading)
        return reading

    @property
    def last_seen(self) -> Fitness | None:
        """How the last child fared that was started or asked; None before the first."""
        return self._last_seen

    @property
    def confinement(self) -> Confinement | None:
        """What the last child that was ready gave up; None before the first."""
        return self._confinement

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
        self._places.close()
        with self._lock:
            self._closed = True
            resting, self._resting = self._resting, []
        for reader in resting:
            reader.end()

    def _remember(self, caller: Hashable, reading: Reading) -> None:
        """Whose last picture ended its child waits for the next one to start: others get the ready ones."""
        is_dear = (
            caller is not None and reading.refusal is not None and reading.refusal.code == "reader_failed"
        )
        with self._lock:
            if caller in self._dear:
                self._dear.remove(caller)
            if is_dear:
                self._dear.append(caller)

    def _read(self, data: bytes, caller: Hashable) -> Reading:
        try:
            try:
                return self._ask(self._take(caller), data)
            except Ended as ended:
                if not ended.idle:
                    raise
                return self._ask(self._start(), data)
        except Ended as ended:
            log.warning("a picture of %d bytes ended its decode child", len(data))
            return Reading(refusal=ImageRefused("reader_failed"), seconds=ended.seconds)

    def _ask(self, reader: Reader, data: bytes) -> Reading:
        try:
            texts = reader.read(data)
        except ImageRefused as refused:
            reading = Reading(refusal=refused, seconds=reader.seconds)
        except Ended as ended:
            if not reader.was_ready:
                self._last_seen = Fitness.FAILS
            # The next picture should find a child that is ready; one that never was would only fail again.
            if reader.was_ready and not ended.idle:
                self._give_back(self._start())
            raise
        else:
            reading = Reading(tuple(texts), seconds=reader.seconds)
        self._note(reader)
        self._give_back(reader)
        return reading

    def _note(self, reader: Reader) -> None:
        self._last_seen = Fitness.WORKS if reader.has_zbar else Fitness.NO_ZBAR
        if reader.confinement != self._confinement:
            self._confinement = reader.confinement
            if missing := reader.confinement.missing:
                log.warning("the decode child is only partly confined, missing: %s", ", ".join(missing))
            else:
                log.info("the decode child is confined: %s", reader.confinement)

    def _take(self, caller: Hashable = None) -> Reader:
        with self._lock:
            while self._resting:
                reader = self._resting.pop(0 if caller in self._dear else -1)
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
        with self._lock:
            if not self._closed:
                # The last is taken first: one that has still to start stands before those that are ready.
                self._resting.insert(len(self._resting) if reader.was_ready else 0, reader)
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
