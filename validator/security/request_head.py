"""How much of a request has arrived, read from its first bytes. Pure.

This decides only when a thread may begin with a request. gunicorn's parser reads the same bytes again and is
the one that accepts or refuses them.
"""

from __future__ import annotations

from enum import Enum

# Browsers send 1-2 KB; the cookies of a university's single sign-on add some.
MOST_HEAD_BYTES = 32 * 1024
# Forms and JSON are smaller. A larger body is read by a thread (connection.py has its minimum rate).
MOST_WHOLE_BODY_BYTES = 64 * 1024
LONGEST_LENGTH = 16  # digits
_END = b"\r\n\r\n"


class Arrival(Enum):
    """What can be done with a request now."""

    INCOMPLETE = "incomplete"  # wait for more
    WHOLE = "whole"  # no thread will wait for the client
    STREAMED = "streamed"  # the head is whole; a thread has to read the body as it comes
    TOO_LARGE = "too_large"  # the head is longer than any request's of ours


def arrival(received: bytes | bytearray) -> Arrival:
    """How far the request that begins with these bytes has come."""
    end = received.find(_END)
    if end < 0:
        return Arrival.TOO_LARGE if len(received) > MOST_HEAD_BYTES else Arrival.INCOMPLETE
    if end > MOST_HEAD_BYTES:
        return Arrival.TOO_LARGE
    length = _body_length(bytes(received[:end]))
    if length is None or length > MOST_WHOLE_BODY_BYTES:
        return Arrival.STREAMED
    return Arrival.WHOLE if len(received) >= end + len(_END) + length else Arrival.INCOMPLETE


def _body_length(head: bytes) -> int | None:
    """The body's length in bytes; None where the head does not say it or asks for "100 Continue".

    0 for lengths that the parser refuses without reading a body: two of them, or one that is not a number.
    """
    lengths: list[int] = []
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        name = name.strip().lower()
        if name in {b"transfer-encoding", b"expect"}:
            return None
        if name == b"content-length":
            digits = value.strip()
            lengths.append(int(digits) if digits.isdigit() and len(digits) < LONGEST_LENGTH else 0)
    return lengths[0] if len(lengths) == 1 else 0
