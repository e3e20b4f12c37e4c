"""Reads pictures in worker processes: a picture that crashes or hangs a decoder affects itself only.

The parent imports neither OpenCV, NumPy nor a decoder: a web worker stays small, a picture reaches little.
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

from scanner.errors import ImageRefused
from scanner.fair_semaphore import Busy, FairSemaphore
from scanner.header import read_header
from scanner.worker_process import DEFAULT_COMMAND, WorkerEnded, WorkerLimits, WorkerProcess

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from scanner.sandbox import Confinement

log = logging.getLogger("scanner")

MAX_PENALISED = 16  # callers whose last picture ended its worker; more are not remembered
WAIT_S = 1.0  # in the queue; a person gets an answer within 3 s in total


class DecoderStatus(StrEnum):
    """State of picture reading. `no_zbar`: reads steeply tilted codes less often; `fails`: reads nothing."""

    WORKS = "works"
    NO_ZBAR = "no_zbar"
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Reading:
    """The result for one picture: texts, best first, or a refusal; `seconds`: its processor time."""

    texts: tuple[str, ...] = ()
    refusal: ImageRefused | None = None
    seconds: float = 0.0


class DecodePool:
    """Reads at most `size` pictures at once, one for each caller, with `queue` more waiting."""

    def __init__(  # noqa: PLR0913 - limits, each with a name
        self,
        size: int = 1,
        wall_s: float = 2.0,
        memory_mb: int = 1024,
        queue: int = 8,
        idle_s: float = 300.0,
        *,
        command: Sequence[str] = DEFAULT_COMMAND,
    ) -> None:
        self._limits = WorkerLimits(wall_s, memory_mb, idle_s)
        self._command = command
        self._semaphore = FairSemaphore(size, queue)
        self._lock = threading.Lock()
        self._idle: list[WorkerProcess] = []
        self._penalised: deque[Hashable] = deque(maxlen=MAX_PENALISED)
        self._closed = False
        self._last_status: DecoderStatus | None = None
        self._confinement: Confinement | None = None

    def read_image(self, data: bytes, caller: Hashable = None) -> list[str]:
        """The texts of all symbols, best first; [] if there is none. Raises ImageRefused."""
        reading = self.read(data, caller)
        if reading.refusal is not None:
            raise reading.refusal
        return list(reading.texts)

    def read(self, data: bytes, caller: Hashable = None) -> Reading:
        """Read one picture for this caller; a request without a caller counts as a separate caller."""
        try:
            read_header(data)
            with self._semaphore.slot(object() if caller is None else caller, WAIT_S):
                reading = self._read(data, caller)
        except ImageRefused as refusal:
            return Reading(refusal=refusal)
        except Busy:
            return Reading(refusal=ImageRefused("reader_busy"))
        self._update_penalty(caller, reading)
        return reading

    @property
    def last_status(self) -> DecoderStatus | None:
        """The status of the worker that was used last; None before the first."""
        return self._last_status

    @property
    def confinement(self) -> Confinement | None:
        """The restrictions of the last worker that was ready; None before the first."""
        return self._confinement

    def probe(self) -> DecoderStatus:
        """Wait until a worker is ready for pictures, some seconds at most, and return its status."""
        try:
            worker = self._acquire()
            worker.probe()
        except WorkerEnded:
            self._last_status = DecoderStatus.FAILS
        else:
            self._record(worker)
            self._release(worker)
        return self._last_status or DecoderStatus.FAILS

    def close(self) -> None:
        """End the idle workers; a busy one ends after its picture. Later requests are refused."""
        self._semaphore.close()
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.end()

    def _update_penalty(self, caller: Hashable, reading: Reading) -> None:
        """Penalise a caller whose picture ended its worker: the ready workers go to the other callers."""
        refusal = reading.refusal
        with self._lock:
            if caller in self._penalised:
                self._penalised.remove(caller)
            if caller is not None and refusal is not None and refusal.code == "reader_failed":
                self._penalised.append(caller)

    def _read(self, data: bytes, caller: Hashable) -> Reading:
        try:
            try:
                return self._read_with(self._acquire(caller), data)
            except WorkerEnded as ended:
                if not ended.idle:
                    raise
                return self._read_with(self._start(), data)
        except WorkerEnded as ended:
            log.warning("a picture of %d bytes ended its decode worker", len(data))
            return Reading(refusal=ImageRefused("reader_failed"), seconds=ended.seconds)

    def _read_with(self, worker: WorkerProcess, data: bytes) -> Reading:
        try:
            texts = worker.read(data)
        except ImageRefused as refused:
            reading = Reading(refusal=refused, seconds=worker.seconds)
        except WorkerEnded as ended:
            if not worker.was_ready:
                self._last_status = DecoderStatus.FAILS
            # Start a worker for the next picture, unless this one never got ready: it would only fail again.
            if worker.was_ready and not ended.idle:
                self._release(self._start())
            raise
        else:
            reading = Reading(tuple(texts), seconds=worker.seconds)
        self._record(worker)
        self._release(worker)
        return reading

    def _record(self, worker: WorkerProcess) -> None:
        self._last_status = DecoderStatus.WORKS if worker.has_zbar else DecoderStatus.NO_ZBAR
        if worker.confinement != self._confinement:
            self._confinement = worker.confinement
            if missing := worker.confinement.missing:
                log.warning("the decode worker is only partly confined, missing: %s", ", ".join(missing))
            else:
                log.info("the decode worker is confined: %s", worker.confinement)

    def _acquire(self, caller: Hashable = None) -> WorkerProcess:
        with self._lock:
            while self._idle:
                worker = self._idle.pop(0 if caller in self._penalised else -1)
                if worker.owner == os.getpid():
                    return worker
                worker.detach()  # this process was forked from its owner
        return self._start()

    def _start(self) -> WorkerProcess:
        try:
            return WorkerProcess(self._limits, self._command)
        except OSError:
            self._last_status = DecoderStatus.FAILS
            raise WorkerEnded(idle=False) from None

    def _release(self, worker: WorkerProcess) -> None:
        with self._lock:
            if not self._closed:
                # Workers are taken from the end, so one that is still starting goes to the front.
                self._idle.insert(len(self._idle) if worker.was_ready else 0, worker)
                return
        worker.end()


@cache
def _default_pool() -> DecodePool:
    pool = DecodePool()
    atexit.register(pool.close)
    return pool


def read_image(data: bytes) -> list[str]:
    """The texts of all symbols in a picture, best first; [] if there is none. Raises ImageRefused.

    Uses a pool of one worker, which starts at the first call and ends with this process.
    """
    return _default_pool().read_image(data)
