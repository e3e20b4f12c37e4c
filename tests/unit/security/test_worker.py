"""How long a request is waited for, and what is said to what is no request."""

from __future__ import annotations

import socket
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest
from gunicorn.http import errors  # type: ignore[import-untyped]

from validator.security.worker import Patience, refusal, status_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(name="pair")
def _pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Our end of a connection and the stranger's."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(5)
        theirs.settimeout(5)
        yield ours, theirs


def test_a_request_within_its_time_is_listened_to(pair: tuple[socket.socket, socket.socket]) -> None:
    """Up to the last second, and after it has been dealt with for ever."""
    ours, theirs = pair
    time = [0.0]
    patience = Patience(30, lambda: time[0])
    patience.begin(ours)
    time[0] = 30.0
    patience.look()
    patience.end(ours)
    time[0] = 1000.0
    patience.look()

    theirs.sendall(b"here")
    assert ours.recv(9) == b"here"


def test_a_request_beyond_its_time_is_cut_off_and_can_still_be_answered(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    """Reading ends at once, which frees the thread; writing goes on."""
    ours, theirs = pair
    time = [0.0]
    patience = Patience(30, lambda: time[0])
    patience.begin(ours)
    time[0] = 30.1
    patience.look()

    assert ours.recv(9) == b""
    ours.sendall(b"too late")
    assert theirs.recv(9) == b"too late"


def test_a_connection_that_is_gone_hinders_nobody(pair: tuple[socket.socket, socket.socket]) -> None:
    """One that was closed meanwhile is passed over, and the next is looked at."""
    ours, theirs = pair
    patience = Patience(-1, lambda: 0.0)
    gone, _ = socket.socketpair()
    _.close()
    patience.begin(gone)
    gone.close()
    patience.begin(ours)
    patience.look()

    assert ours.recv(9) == b""
    theirs.close()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.InvalidRequestLine("x"), 400),
        (errors.InvalidChunkSize(b"x"), 400),
        (errors.LimitRequestLine(9, 5), 414),
        (errors.LimitRequestHeaders("x"), 431),
        (errors.UnsupportedTransferCoding("x"), 501),
        (errors.InvalidResponseHeader("x"), 500),
        (RuntimeError("x"), 500),
    ],
)
def test_each_fault_has_its_status(error: Exception, status: int) -> None:
    """The stranger's are 4xx, ours 5xx."""
    assert status_of(error) == status


def test_a_refusal_is_a_whole_answer() -> None:
    """Its length is right and the connection ends."""
    head, body = refusal(HTTPStatus.BAD_REQUEST).split(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert f"Content-Length: {len(body)}".encode() in head.split(b"\r\n")
    assert b"Connection: close" in head
