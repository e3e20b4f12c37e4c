"""Frames over two pipes: whole or not at all, and inside their time."""

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

MOST = 16 * 1024 * 1024


@dataclass(frozen=True)
class Line:
    """Both ends of one conversation."""

    pool: FramedPipe
    child: FramedPipe

    def type_raw(self, said: bytes) -> None:
        """Put bytes that are no frame on the way to the child."""
        os.write(self.pool._writes.fileno(), said)


@pytest.fixture(name="line")
def _line() -> Iterator[Line]:
    there, back = os.pipe(), os.pipe()
    pool = FramedPipe(os.fdopen(back[0], "rb", buffering=0), os.fdopen(there[1], "wb", buffering=0))
    child = FramedPipe(os.fdopen(there[0], "rb", buffering=0), os.fdopen(back[1], "wb", buffering=0))
    yield Line(pool, child)
    pool.close()
    child.close()


def soon() -> float:
    """An instant that passes while a test looks on."""
    return time.monotonic() + 0.02


@pytest.mark.parametrize("payload", [b"", b"x", bytes(range(256)) * 200])
def test_what_goes_in_comes_out(line: Line, payload: bytes) -> None:
    """A frame arrives as it was sent, the empty one too, and the next one after it."""
    line.pool.send(payload, soon())
    line.pool.send(b"next")

    assert line.child.receive(MOST, soon()) == payload
    assert line.child.receive(MOST) == b"next"


@pytest.mark.parametrize("until", [None, "later"])
def test_a_picture_larger_than_a_pipe_goes_through(line: Line, until: str | None) -> None:
    """Ten megabytes pass through 64 KiB at a time, while the other side reads."""
    picture = os.urandom(1024) * 10_240
    instant = time.monotonic() + 30 if until else None
    got: list[bytes] = []
    child = threading.Thread(target=lambda: got.append(line.child.receive(MOST, instant)))
    child.start()

    line.pool.send(picture, instant)
    child.join()

    assert got == [picture]


def test_nobody_waits_for_a_side_that_does_not_read(line: Line) -> None:
    """Sending more than the pipe holds ends at the limit."""
    with pytest.raises(PipeBroken) as refusal:
        line.pool.send(bytes(1_000_000), soon())

    assert type(refusal.value) is PipeBroken


@pytest.mark.parametrize("said", [b"", b"\0\0", b"\0\0\0\x05", b"\0\0\0\x05abc"])
def test_nobody_waits_for_a_side_that_does_not_speak(line: Line, said: bytes) -> None:
    """Receiving ends at the limit, wherever in the frame the other side stopped."""
    line.type_raw(said)

    with pytest.raises(PipeBroken) as refusal:
        line.child.receive(MOST, soon())

    assert type(refusal.value) is PipeBroken


def test_a_limit_that_has_passed_is_no_waiting_at_all(line: Line) -> None:
    """An instant in the past ends at once instead of waiting without end."""
    with pytest.raises(PipeBroken):
        line.child.receive(MOST, time.monotonic() - 5)


@pytest.mark.parametrize(
    ("said", "kind"), [(b"", PipeClosed), (b"\0\0", PipeBroken), (b"\0\0\0\x05", PipeBroken)]
)
def test_an_end_between_frames_is_told_from_one_inside(
    line: Line, said: bytes, kind: type[PipeBroken]
) -> None:
    """Only where nothing of the next frame was seen is the other side merely gone."""
    line.type_raw(said)
    line.pool.close()

    with pytest.raises(PipeBroken) as refusal:
        line.child.receive(MOST)

    assert type(refusal.value) is kind


def test_sending_to_nobody_is_gone(line: Line) -> None:
    """A side that closed its pipes is noticed by the one who sends."""
    line.child.close()

    with pytest.raises(PipeClosed):
        line.pool.send(b"picture")


def test_a_frame_longer_than_agreed_is_refused_unread(line: Line) -> None:
    """The length alone is enough; nothing is allocated for it."""
    line.type_raw(b"\xff\xff\xff\xff")

    with pytest.raises(PipeBroken):
        line.child.receive(MOST)


def test_whether_something_comes_is_known_without_reading_it(line: Line) -> None:
    """A frame, and the end of frames, are seen; silence is not."""
    assert not line.child.wait_readable(0.001)
    line.pool.send(b"x")
    assert line.child.wait_readable(0.001)
    assert line.child.receive(MOST) == b"x"
    line.pool.close()
    assert line.child.wait_readable(0.001)
