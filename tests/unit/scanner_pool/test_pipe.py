"""Messages over two pipes: complete or not at all, and within their time."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scanner.pipe import FramedPipe, PipeBroken, PipeClosed

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Pipes:
    """Both ends of a connection."""

    pool: FramedPipe
    worker: FramedPipe

    def write_raw(self, data: bytes) -> None:
        """Send bytes to the worker that are no message."""
        os.write(self.pool._writes.fileno(), data)


@pytest.fixture(name="pipes")
def _pipes() -> Iterator[Pipes]:
    there, back = os.pipe(), os.pipe()
    pool = FramedPipe(os.fdopen(back[0], "rb", buffering=0), os.fdopen(there[1], "wb", buffering=0))
    worker = FramedPipe(os.fdopen(there[0], "rb", buffering=0), os.fdopen(back[1], "wb", buffering=0))
    yield Pipes(pool, worker)
    pool.close()
    worker.close()


def soon() -> float:
    """An instant 20 ms from now."""
    return time.monotonic() + 0.02


@pytest.mark.parametrize("payload", [b"", b"x", bytes(range(256)) * 200])
def test_messages_arrive_unchanged(pipes: Pipes, payload: bytes) -> None:
    """A message arrives as it was sent, an empty one, too, and the next one after it."""
    pipes.pool.send(payload, soon())
    pipes.pool.send(b"next")

    assert pipes.worker.receive(MAX_BYTES, soon()) == payload
    assert pipes.worker.receive(MAX_BYTES) == b"next"


@pytest.mark.parametrize("until", [None, "later"])
def test_a_picture_larger_than_a_pipe_goes_through(pipes: Pipes, until: str | None) -> None:
    """Ten megabytes pass through a pipe of 64 KiB while the other side reads."""
    picture = os.urandom(1024) * 10_240
    instant = time.monotonic() + 30 if until else None
    got: list[bytes] = []
    worker = threading.Thread(target=lambda: got.append(pipes.worker.receive(MAX_BYTES, instant)))
    worker.start()

    pipes.pool.send(picture, instant)
    worker.join()

    assert got == [picture]


def test_sending_to_a_side_that_does_not_read_ends_at_the_limit(pipes: Pipes) -> None:
    """Even if the message is larger than the pipe."""
    with pytest.raises(PipeBroken) as refusal:
        pipes.pool.send(bytes(1_000_000), soon())

    assert type(refusal.value) is PipeBroken


@pytest.mark.parametrize("data", [b"", b"\0\0", b"\0\0\0\x05", b"\0\0\0\x05abc"])
def test_receiving_from_a_silent_side_ends_at_the_limit(pipes: Pipes, data: bytes) -> None:
    """At any position in the message."""
    pipes.write_raw(data)

    with pytest.raises(PipeBroken) as refusal:
        pipes.worker.receive(MAX_BYTES, soon())

    assert type(refusal.value) is PipeBroken


def test_a_limit_in_the_past_ends_at_once(pipes: Pipes) -> None:
    """It does not become an endless wait."""
    with pytest.raises(PipeBroken):
        pipes.worker.receive(MAX_BYTES, time.monotonic() - 5)


@pytest.mark.parametrize(
    ("data", "kind"), [(b"", PipeClosed), (b"\0\0", PipeBroken), (b"\0\0\0\x05", PipeBroken)]
)
def test_an_end_between_messages_differs_from_one_inside(
    pipes: Pipes, data: bytes, kind: type[PipeBroken]
) -> None:
    """PipeClosed means that nothing of the next message was received."""
    pipes.write_raw(data)
    pipes.pool.close()

    with pytest.raises(PipeBroken) as refusal:
        pipes.worker.receive(MAX_BYTES)

    assert type(refusal.value) is kind


def test_sending_to_a_closed_pipe_is_noticed(pipes: Pipes) -> None:
    """The sender notices that the other side closed its pipes."""
    pipes.worker.close()

    with pytest.raises(PipeClosed):
        pipes.pool.send(b"picture")


def test_a_message_longer_than_allowed_is_refused_unread(pipes: Pipes) -> None:
    """The length alone is enough; no memory is allocated."""
    pipes.write_raw(b"\xff\xff\xff\xff")

    with pytest.raises(PipeBroken):
        pipes.worker.receive(MAX_BYTES)


def test_wait_readable_reads_nothing(pipes: Pipes) -> None:
    """It is true for a message and for the end of the pipe, and false in silence."""
    assert not pipes.worker.wait_readable(0.001)
    pipes.pool.send(b"x")
    assert pipes.worker.wait_readable(0.001)
    assert pipes.worker.receive(MAX_BYTES) == b"x"
    pipes.pool.close()
    assert pipes.worker.wait_readable(0.001)
