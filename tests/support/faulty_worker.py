"""A decode worker that misbehaves on marked pictures (`raw_pictures.marked`); the rest is the real worker.

A pool starts it as `python -m tests.support.faulty_worker`. It loads no decoder, so it is ready at once.
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

PIPE = os.dup(1)  # the pipe itself, for malformed answers
SPIN_S = 0.3
PRINTED = "Anna's secret code"
BOUNDS = ("RLIMIT_AS", "RLIMIT_CORE", "RLIMIT_FSIZE", "RLIMIT_NOFILE")


def message(content: bytes) -> bytes:
    """A well-formed message with any content."""
    return struct.pack("!I", len(content)) + content


def write(data: bytes) -> list[str]:
    """Write bytes to the pipe and exit at once; they stay readable."""
    ready = select.poll()
    ready.register(PIPE, select.POLLOUT)
    while data:
        ready.poll()
        data = data[os.write(PIPE, data) :]
    os._exit(1)


def fault() -> NoReturn:
    """Read invalid memory, as a faulty C library does."""
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
    """Refuse the picture in the ordinary way."""
    raise ImageRefused("image_unreadable")


def fail() -> NoReturn:
    """Fail as a decoder may, with a message that quotes the picture."""
    raise RuntimeError(PRINTED)


def chatter() -> list[str]:
    """Print on both outputs without Python, as a C library may."""
    for output in (1, 2):
        os.write(output, PRINTED.encode())
    return ["read all the same"]


def crowd() -> list[str]:
    """Allocate more memory than allowed."""
    return [str(len(bytearray(4 * 1024**3)))]


def bounds() -> list[str]:
    """The limits of this process."""
    return [f"{name} {resource.getrlimit(getattr(resource, name))[0]}" for name in BOUNDS]


FAULTS: dict[str, Callable[[], list[str]]] = {
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
    "no json": lambda: write(message(b"Anna")),
    "no text": lambda: write(message(b"\xff\xfe\xff")),
    "nested": lambda: write(message(b"[" * 500_000)),
    "numbers": lambda: write(message(json.dumps({"texts": [1, 2]}).encode())),
    "other code": lambda: write(message(json.dumps({"refused": PRINTED}).encode())),
    "bare list": lambda: write(message(b"[]")),
}


def read(data: bytes) -> list[str]:
    """Do what the mark after the picture names; a picture without a mark holds no symbol."""
    mark = data.removeprefix(DOT).decode("ascii", "replace")
    return FAULTS[mark]() if mark in FAULTS else []


if __name__ == "__main__":
    sys.exit(worker.main(read=read))
