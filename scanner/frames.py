"""Length-prefixed frames between the pool and its decode child, over two pipes."""

from __future__ import annotations

import os
import select
import struct
import time
from typing import IO

_LENGTH = struct.Struct("!I")


class Broken(Exception):
    """The other side is gone, too slow, or speaks no frames."""


class Gone(Broken):
    """The other side ended between two frames: nothing of the next one was seen."""


class Stream:
    """A pipe to read from and a pipe to write to, unbuffered; neither ever blocks past a time limit."""

    def __init__(self, reads: IO[bytes], writes: IO[bytes]) -> None:
        self._reads, self._writes = reads, writes
        for pipe in (reads, writes):
            os.set_blocking(pipe.fileno(), False)

    def send(self, payload: bytes, until: float | None = None) -> None:
        """Send one frame before the monotonic instant `until`; raises Broken."""
        pipe = self._writes.fileno()
        rest = memoryview(_LENGTH.pack(len(payload)) + payload)
        while rest:
            try:
                rest = rest[os.write(pipe, rest) :]
            except BlockingIOError:  # a pipe holds 64 KiB, a picture more
                _wait(pipe, select.POLLOUT, until)
            except BrokenPipeError:
                raise Gone from None

    def receive(self, most: int, until: float | None = None) -> bytes:
        """One frame of at most `most` bytes before the monotonic instant `until`; raises Broken."""
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size, until, Gone))
        if length > most:
            raise Broken
        return self._exactly(length, until, Broken)

    def something_within(self, seconds: float) -> bool:
        """Whether a frame, or the end of them, begins to arrive within so many seconds."""
        return _ready(self._reads.fileno(), select.POLLIN, seconds)

    def close(self) -> None:
        """Let go of both pipes; the other side sees the end of the stream."""
        self._reads.close()
        self._writes.close()

    def _exactly(self, size: int, until: float | None, ended_before: type[Broken]) -> bytes:
        pipe = self._reads.fileno()
        received = bytearray(size)
        at = 0
        while at < size:
            try:
                part = os.readv(pipe, [memoryview(received)[at:]])
            except BlockingIOError:
                _wait(pipe, select.POLLIN, until)
                continue
            if not part:
                raise Broken if at else ended_before
            at += part
        return bytes(received)


def _wait(pipe: int, event: int, until: float | None) -> None:
    left = None if until is None else until - time.monotonic()
    # A side that drips is always ready: the limit holds for it too.
    if (left is not None and left <= 0) or not _ready(pipe, event, left):
        raise Broken


def _ready(pipe: int, event: int, seconds: float | None) -> bool:
    poll = select.poll()  # select() itself refuses descriptors above 1023
    poll.register(pipe, event)
    return bool(poll.poll(None if seconds is None else seconds * 1000))
