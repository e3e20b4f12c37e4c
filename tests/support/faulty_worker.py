"""A decode child that misbehaves on marked pictures (`raw_pictures.marked`); everything else is the real one.

Started by a pool as `python -m tests.support.faulty_worker`; loads no decoder, so it is ready at once.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import select
import struct
import sys
import time
from typing import TYPE_CHECKING, NoReturn

from scanner import worker
from scanner.errors import ImageRefused
from tests.support.raw_pictures import DOT

if TYPE_CHECKING:
    from collections.abc import Callable

STREAM = os.dup(1)  # past the frames, for answers that are none
SPIN_S = 0.3
PRINTED = "Anna's secret code"
BOUNDS = ("RLIMIT_AS", "RLIMIT_CORE", "RLIMIT_FSIZE", "RLIMIT_NOFILE")


def frame(said: bytes) -> bytes:
    """A well-formed frame around anything."""
    return struct.pack("!I", len(said)) + said


def write(said: bytes) -> list[str]:
    """Put bytes on the stream and end in the middle of everything; what was written stays readable."""
    ready = select.poll()
    ready.register(STREAM, select.POLLOUT)
    while said:
        ready.poll()
        said = said[os.write(STREAM, said) :]
    os._exit(1)


def fault() -> NoReturn:
    """Touch memory that is not there, as a fault in a C library does."""
    ctypes.string_at(0)
    raise AssertionError


def wait() -> NoReturn:
    """Never answer."""
    while True:
        select.poll().poll()


def spin() -> list[str]:
    """Use a processor for a while."""
    until = time.process_time() + SPIN_S
    while time.process_time() < until:
        pass
    return ["spun"]


def refuse() -> NoReturn:
    """Say no in the ordinary way."""
    raise ImageRefused("image_unreadable")


def fail() -> NoReturn:
    """Fail as a decoder may, with words that quote the picture."""
    raise RuntimeError(PRINTED)


def chatter() -> list[str]:
    """Print as a C library may, past Python, on both outputs."""
    for output in (1, 2):
        os.write(output, PRINTED.encode())
    return ["read all the same"]


def crowd() -> list[str]:
    """Ask for more memory than there is."""
    return [str(len(bytearray(4 * 1024**3)))]


def bounds() -> list[str]:
    """The limits that hold in here."""
    return [f"{name} {resource.getrlimit(getattr(resource, name))[0]}" for name in BOUNDS]


ODD: dict[str, Callable[[], list[str]]] = {
    "pid": lambda: [str(os.getpid())],
    "bounds": bounds,
    "environment": lambda: sorted(os.environ),
    "long": lambda: ["x" * 200_000],
    "chatter": chatter,
    "crowd": crowd,
    "refuse": refuse,
    "fail": fail,
    "hang": wait,
    "spin": spin,
    "segv": fault,
    "abort": os.abort,
    "exit": lambda: os._exit(3),
    "leave": lambda: os._exit(0),
    "endless": lambda: write(b"\xff\xff\xff\xff"),
    "half a length": lambda: write(b"\0\0"),
    "half a frame": lambda: write(b"\0\0\0\x09{}"),
    "length only": lambda: write(b"\0\0\0\x09"),
    "no json": lambda: write(frame(b"Anna")),
    "no text": lambda: write(frame(b"\xff\xfe\xff")),
    "nested": lambda: write(frame(b"[" * 500_000)),
    "numbers": lambda: write(frame(json.dumps({"texts": [1, 2]}).encode())),
    "other code": lambda: write(frame(json.dumps({"refused": PRINTED}).encode())),
    "bare list": lambda: write(frame(b"[]")),
}


def read(data: bytes) -> list[str]:
    """What the mark behind the picture asks for; a picture without one holds no symbol."""
    mark = data.removeprefix(DOT).decode("ascii", "replace")
    return ODD[mark]() if mark in ODD else []


if __name__ == "__main__":
    sys.exit(worker.main(read=read))
