"""One decode child as the parent sees it: started, asked one picture at a time, ended."""

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

from scanner import frames
from scanner.confinement import Confinement
from scanner.refused import ImageRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

log = logging.getLogger("scanner")

MOST_ANSWER_BYTES = 1024 * 1024
START_S = 10.0  # importing OpenCV takes 0.15 s here and some seconds on the first start of a small machine
_PROCESSOR_CLOCK = 2  # with a process id above it: what clock_getcpuclockid(3) gives on Linux
LEAVING_S = 0.25  # between the end of its stream and the end of a child that leaves by itself
DEFAULT_COMMAND = (sys.executable, "-P", "-m", "scanner.child")
_ROOT = str(Path(__file__).resolve().parent.parent)
# Nothing else of our environment: the child needs no secret. One thread in every library, however many cores.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TZ", "VIRTUAL_ENV")
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one picture may cost a child, and how long a child lives without one; seconds and megabytes."""

    wall_s: float = 2.0
    memory_mb: int = 1024
    idle_s: float = 300.0

    def as_arguments(self) -> list[str]:
        """The same as the child's command line takes it."""
        wall, idle, memory = str(self.wall_s), str(self.idle_s), str(self.memory_mb)
        return ["--wall-s", wall, "--idle-s", idle, "--memory-mb", memory]


class Ended(Exception):
    """The child is gone; `idle` where it left by itself before it saw the picture: another may be asked.

    `seconds` of processor time went into the picture.
    """

    def __init__(self, *, idle: bool, seconds: float = 0.0) -> None:
        super().__init__("idle" if idle else "died")
        self.idle = idle
        self.seconds = seconds


class Reader:
    """A child process, for one thread at a time. Starting returns at once; the first picture waits for it."""

    def __init__(self, limits: Limits, command: Sequence[str] = DEFAULT_COMMAND) -> None:
        self._limits = limits
        self._ready = False
        self.has_zbar = False
        self.confinement = Confinement()
        self.seconds = 0.0
        """Processor time that the last picture took."""
        self.owner = os.getpid()
        self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell, nothing from outside
            [*command, *limits.as_arguments()],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
        )
        self._stream = _stream(self._process)

    def read(self, data: bytes) -> list[str]:
        """The texts in one picture; raises ImageRefused by the child's word, Ended where it is over."""
        try:
            self._wait_ready()
            return _texts(json.loads(self._asked(data)))
        except frames.Gone:
            idle = self._ready and self._left_by_itself()
            self.end()
            raise Ended(idle=idle, seconds=self.seconds) from None
        except (frames.Broken, ValueError, RecursionError):  # the last by JSON nested without end
            self.end()
            raise Ended(idle=False, seconds=self.seconds) from None

    def try_out(self) -> None:
        """Wait until the child is ready for pictures; raises Ended where it never is."""
        try:
            self._wait_ready()
        except (frames.Gone, frames.Broken, ValueError, RecursionError):
            self.end()
            raise Ended(idle=False) from None

    @property
    def was_ready(self) -> bool:
        """Whether it ever took pictures: one that did not is not worth starting again at once."""
        return self._ready

    def end(self) -> None:
        """Kill the child and wait for it; the pictures it held go with it."""
        self._stream.close()
        self._process.kill()
        self._process.wait()

    def forget(self) -> None:
        """Let go of a child that belongs to another process, the one we were forked from."""
        self._stream.close()
        self._process.returncode = 0  # not ours to wait for, and nothing to warn of

    def _wait_ready(self) -> None:
        if self._ready:
            return
        match json.loads(self._stream.receive(MOST_ANSWER_BYTES, time.monotonic() + START_S)):
            case {"ready": {"zbar": bool(has_zbar), "confinement": dict(confined)}}:
                self.has_zbar, self.confinement = has_zbar, _confinement(confined)
                self._ready = True
            case _:
                raise ValueError
        if not has_zbar:
            log.warning("zbar is missing, steeply tilted codes are read less often: install libzbar0")

    def _asked(self, data: bytes) -> bytes:
        until, began = time.monotonic() + self._limits.wall_s, self._processor_s()
        try:
            self._stream.send(data, until)
            return self._stream.receive(MOST_ANSWER_BYTES, until)
        finally:
            self.seconds = max(0.0, self._processor_s() - began)

    def _processor_s(self) -> float:
        """Processor time that the child has used, by the kernel's account; 0 where it keeps none for us."""
        try:
            return time.clock_gettime(~self._process.pid << 3 | _PROCESSOR_CLOCK)
        except OSError:
            return 0.0

    def _left_by_itself(self) -> bool:
        try:
            return bool(self._process.wait(timeout=LEAVING_S) == 0)
        except subprocess.TimeoutExpired:
            return False


def _stream(process: subprocess.Popen[bytes]) -> frames.Stream:
    assert process.stdout  # noqa: S101 - both are pipes by the arguments above
    assert process.stdin  # noqa: S101 - the same
    return frames.Stream(process.stdout, process.stdin)


def _texts(said: object) -> list[str]:
    match said:
        case {"texts": [*texts]} if all(isinstance(text, str) for text in texts):
            return texts
        case {"refused": str(code)} if code in ImageRefused.CODES:
            raise ImageRefused(code)
    raise ValueError


def _confinement(told: dict[str, object]) -> Confinement:
    """What the child says it gave up; raises ValueError where it is anything else."""
    known = asdict(Confinement())
    if told.keys() != known.keys() or any(type(told[name]) is not type(known[name]) for name in known):
        raise ValueError
    return Confinement(**told)  # type: ignore[arg-type] # each has the type of its default


def _environment() -> dict[str, str]:
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    path = os.pathsep.join(filter(None, (_ROOT, os.environ.get("PYTHONPATH"))))
    return {**passed, **_ONE_THREAD, "PYTHONPATH": path}
