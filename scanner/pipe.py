"""Length-prefixed messages between the pool and a decode worker, over two pipes."""

from __future__ import annotations

import os
import select
import struct
import time
from typing import IO

_LENGTH = struct.Struct("!I")


class PipeBroken(Exception):
    """The other side has ended, is too slow, or sends something else than messages."""


class PipeClosed(PipeBroken):
    """The other side ended between two messages: nothing of the next one was received."""


class FramedPipe:
    """One pipe to read and one to write messages, unbuffered. Neither blocks past a time limit."""

    def __init__(self, reads: IO[bytes], writes: IO[bytes]) -> None:
        self._reads, self._writes = reads, writes
        for pipe in (reads, writes):
            os.set_blocking(pipe.fileno(), False)

    def send(self, payload: bytes, until: float | None = None) -> None:
        """Send one message before the monotonic instant `until`; raises PipeBroken."""
        pipe = self._writes.fileno()
        rest = memoryview(_LENGTH.pack(len(payload)) + payload)
        while rest:
            try:
                rest = rest[os.write(pipe, rest) :]
            except BlockingIOError:  # a pipe holds 64 KiB, a picture more
                _wait(pipe, select.POLLOUT, until)
            except BrokenPipeError:
                raise PipeClosed from None

    def receive(self, max_bytes: int, until: float | None = None) -> bytes:
        """Receive one message of at most `max_bytes` before the instant `until`; raises PipeBroken."""
        (length,) = _LENGTH.unpack(self._read_exactly(_LENGTH.size, until, PipeClosed))
        if length > max_bytes:
            raise PipeBroken
        return self._read_exactly(length, until, PipeBroken)

    def wait_readable(self, seconds: float) -> bool:
        """Whether a message, or the end of the pipe, arrives within `seconds`."""
        return _poll(self._reads.fileno(), select.POLLIN, seconds)

    def close(self) -> None:
        """Close both pipes, which the other side sees as their end."""
        self._reads.close()
        self._writes.close()

    def _read_exactly(self, size: int, until: float | None, error_at_start: type[PipeBroken]) -> bytes:
        pipe = self._reads.fileno()
        received = bytearray(size)
        at = 0
        while at < size:
            try:
                count = os.readv(pipe, [memoryview(received)[at:]])
            except BlockingIOError:
                _wait(pipe, select.POLLIN, until)
                continue
            if not count:
                raise PipeBroken if at else error_at_start
            at += count
        return bytes(received)


def _wait(pipe: int, event: int, until: float | None) -> None:
    left = None if until is None else until - time.monotonic()
    # A side that sends byte by byte is always ready, so the limit is checked first.
    if (left is not None and left <= 0) or not _poll(pipe, event, left):
        raise PipeBroken


def _poll(pipe: int, event: int, seconds: float | None) -> bool:
    poll = select.poll()  # select() rejects descriptors above 1023
    poll.register(pipe, event)
    return bool(poll.poll(None if seconds is None else seconds * 1000))
