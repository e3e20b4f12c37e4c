"""A decode worker as seen by its parent: start it, let it decode one picture at a time, end it."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.errors import ImageRefused
from scanner.pipe import FramedPipe, PipeBroken, PipeClosed
from scanner.sandbox import Confinement

if TYPE_CHECKING:
    from collections.abc import Sequence

log = logging.getLogger("scanner")

MAX_ANSWER_BYTES = 1024 * 1024
START_S = 10.0  # importing OpenCV takes 0.15 s, on the first start of a small machine some seconds
_PROCESSOR_CLOCK = 2  # combined with a process id, see clock_getcpuclockid(3) on Linux
EXIT_WAIT_S = 0.25  # between the end of its pipe and the end of a worker that exits by itself
DEFAULT_COMMAND = (sys.executable, "-P", "-m", "scanner.worker")
_ROOT = str(Path(__file__).resolve().parent.parent)
# The worker needs no secret, so it gets no other variable. Each library uses one thread, however many cores.
_PASSED_VARIABLES = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TZ", "VIRTUAL_ENV")
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """WorkerLimits of a worker for one picture, and its lifetime without one, in seconds and megabytes."""

    wall_s: float = 2.0
    memory_mb: int = 1024
    idle_s: float = 300.0

    def as_arguments(self) -> list[str]:
        """As command-line arguments of the worker."""
        wall, idle, memory = str(self.wall_s), str(self.idle_s), str(self.memory_mb)
        return ["--wall-s", wall, "--idle-s", idle, "--memory-mb", memory]


class WorkerEnded(Exception):
    """The worker has ended. `idle`: it exited by itself before it saw the picture, so another may be used.

    `seconds`: the processor time that the picture took.
    """

    def __init__(self, *, idle: bool, seconds: float = 0.0) -> None:
        super().__init__("idle" if idle else "died")
        self.idle = idle
        self.seconds = seconds


class WorkerProcess:
    """A worker, for one thread at a time. It starts in the background; the first picture waits for it."""

    def __init__(self, limits: WorkerLimits, command: Sequence[str] = DEFAULT_COMMAND) -> None:
        self._limits = limits
        self._is_ready = False
        self.has_zbar = False
        self.confinement = Confinement()
        self.seconds = 0.0
        """Processor time of the last picture."""
        self.owner = os.getpid()
        self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell, no input
            [*command, *limits.as_arguments()],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
        )
        self._pipe = _pipe_of(self._process)

    def read(self, data: bytes) -> list[str]:
        """The texts in one picture; raises ImageRefused if the worker refuses it, WorkerEnded if it ends."""
        try:
            self._wait_ready()
            return _texts(json.loads(self._exchange(data)))
        except PipeClosed:
            idle = self._is_ready and self._exited_by_itself()
            self.end()
            raise WorkerEnded(idle=idle, seconds=self.seconds) from None
        except (PipeBroken, ValueError, RecursionError):  # RecursionError by deeply nested JSON
            self.end()
            raise WorkerEnded(idle=False, seconds=self.seconds) from None

    def probe(self) -> None:
        """Wait until the worker is ready for pictures; raises WorkerEnded if it fails to start."""
        try:
            self._wait_ready()
        except (PipeBroken, ValueError, RecursionError):
            self.end()
            raise WorkerEnded(idle=False) from None

    @property
    def was_ready(self) -> bool:
        """Whether it was ever ready: a worker that failed to start is not restarted at once."""
        return self._is_ready

    def end(self) -> None:
        """Kill the worker and wait for its end."""
        self._pipe.close()
        self._process.kill()
        self._process.wait()

    def detach(self) -> None:
        """Close the pipes of a worker that belongs to the process that this one was forked from."""
        self._pipe.close()
        self._process.returncode = 0  # it is not a child of this process; suppress the warning of Popen

    def _wait_ready(self) -> None:
        if self._is_ready:
            return
        match json.loads(self._pipe.receive(MAX_ANSWER_BYTES, time.monotonic() + START_S)):
            case {"ready": {"zbar": bool(has_zbar), "confinement": dict(reported)}}:
                self.has_zbar, self.confinement = has_zbar, _confinement(reported)
                self._is_ready = True
            case _:
                raise ValueError
        if not has_zbar:
            log.warning("zbar is missing, steeply tilted codes are read less often: install libzbar0")

    def _exchange(self, data: bytes) -> bytes:
        until, began = time.monotonic() + self._limits.wall_s, self._processor_s()
        try:
            self._pipe.send(data, until)
            return self._pipe.receive(MAX_ANSWER_BYTES, until)
        finally:
            self.seconds = max(0.0, self._processor_s() - began)

    def _processor_s(self) -> float:
        """Processor time that the worker has used, from the kernel; 0 if not available."""
        try:
            return time.clock_gettime(~self._process.pid << 3 | _PROCESSOR_CLOCK)
        except OSError:
            return 0.0

    def _exited_by_itself(self) -> bool:
        try:
            return bool(self._process.wait(timeout=EXIT_WAIT_S) == 0)
        except subprocess.TimeoutExpired:
            return False


def _pipe_of(process: subprocess.Popen[bytes]) -> FramedPipe:
    assert process.stdout  # noqa: S101 - both are pipes by the arguments above
    assert process.stdin  # noqa: S101 - the same
    return FramedPipe(process.stdout, process.stdin)


def _texts(answer: object) -> list[str]:
    match answer:
        case {"texts": [*texts]} if all(isinstance(text, str) for text in texts):
            return texts
        case {"refused": str(code)} if code in ImageRefused.CODES:
            raise ImageRefused(code)
    raise ValueError


def _confinement(reported: dict[str, object]) -> Confinement:
    """The restrictions that the worker reported; raises ValueError if the report is malformed."""
    known = asdict(Confinement())
    if reported.keys() != known.keys() or any(
        type(reported[name]) is not type(known[name]) for name in known
    ):
        raise ValueError
    return Confinement(**reported)  # type: ignore[arg-type] # each has the type of its default


def _environment() -> dict[str, str]:
    variables = {name: os.environ[name] for name in _PASSED_VARIABLES if name in os.environ}
    path = os.pathsep.join(filter(None, (_ROOT, os.environ.get("PYTHONPATH"))))
    return {**variables, **_ONE_THREAD, "PYTHONPATH": path}
