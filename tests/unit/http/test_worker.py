"""When a thread begins with a request, how long it waits for a client, and what is no request is answered."""

from __future__ import annotations

import socket
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest
from gunicorn.http import errors  # type: ignore[import-untyped]

from validator.http.connection import READING, WRITING, ClientSocket, Pace
from validator.http.parsing import (
    MOST_HEAD_BYTES,
    MOST_WHOLE_BODY_BYTES,
    Arrival,
    arrival,
    refusal,
    status_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = b"POST /login HTTP/1.1\r\nHost: localhost\r\n"
REQUESTS = {
    "no body": (HEAD + b"\r\n", Arrival.WHOLE),
    "no first line": (b"\r\n\r\n", Arrival.WHOLE),
    "an empty line first": (b"\r\n" + HEAD + b"\r\n", Arrival.WHOLE),
    "a body": (HEAD + b"Content-Length: 3\r\n\r\nabc", Arrival.WHOLE),
    "in capitals": (HEAD + b"CONTENT-LENGTH:3 \r\n\r\nabc", Arrival.WHOLE),
    "a body and the next request": (HEAD + b"Content-Length: 3\r\n\r\nabcGET", Arrival.WHOLE),
    "a length that is no number": (HEAD + b"Content-Length: abc\r\n\r\n", Arrival.WHOLE),
    "a negative length": (HEAD + b"Content-Length: -3\r\n\r\n", Arrival.WHOLE),
    "a length without end": (HEAD + b"Content-Length: " + b"9" * 400 + b"\r\n\r\n", Arrival.WHOLE),
    "an unknown length": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", Arrival.STREAMED),
    "a client that waits": (HEAD + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n", Arrival.STREAMED),
    "a large body": (HEAD + b"Content-Length: %d\r\n\r\n" % (MOST_WHOLE_BODY_BYTES + 1), Arrival.STREAMED),
    "nothing": (b"", Arrival.INCOMPLETE),
    "half a head": (HEAD, Arrival.INCOMPLETE),
    "no carriage returns": (HEAD.replace(b"\r", b"") + b"\n", Arrival.INCOMPLETE),
    "half a body": (HEAD + b"Content-Length: 3\r\n\r\nab", Arrival.INCOMPLETE),
    "two lengths": (HEAD + b"Content-Length: 1\r\nContent-Length: 3\r\n\r\na", Arrival.WHOLE),
    "a head without end": (HEAD + b"a" * MOST_HEAD_BYTES, Arrival.TOO_LARGE),
    "a head too long": (HEAD + b"a" * MOST_HEAD_BYTES + b"\r\n\r\n", Arrival.TOO_LARGE),
}


@pytest.mark.parametrize("kind", REQUESTS)
def test_a_thread_begins_once_it_need_not_wait(kind: str) -> None:
    """A whole request, or one that only a thread can read."""
    received, expected = REQUESTS[kind]
    assert arrival(received) is expected


def test_until_its_last_byte_a_request_is_incomplete() -> None:
    """Wherever it is cut."""
    whole = HEAD + b"Content-Length: 3\r\n\r\nabc"
    assert {arrival(whole[:end]) for end in range(len(whole))} == {Arrival.INCOMPLETE}


def test_a_transfer_has_a_minimum_rate_after_its_grace() -> None:
    """And a longest time, however fast it is."""
    pace = Pace(longest_s=30, grace_s=5, least_bytes_per_s=100)
    assert [pace.allows_s(count) for count in (0, 100, 2_000, 10_000)] == [5, 6, 25, 30]


class Clock:
    """Monotonic seconds, set by the test."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


@pytest.fixture(name="pair")
def _pair(clock: Clock) -> Iterator[tuple[ClientSocket, socket.socket]]:
    """The server's end of a connection and the client's."""
    accepted, client = socket.socketpair()
    with ClientSocket(accepted, clock) as server, client:
        client.settimeout(5)
        yield server, client


def test_nothing_is_waited_for_in_the_poller(pair: tuple[ClientSocket, socket.socket]) -> None:
    """Nothing yet, something, the end."""
    server, client = pair
    assert server.receive(9) is None
    client.sendall(b"here")
    assert server.receive(9) == b"here"
    client.close()
    assert server.receive(9) == b""


def test_a_client_below_the_minimum_rate_ends_the_reading_and_can_still_be_answered(
    pair: tuple[ClientSocket, socket.socket], clock: Clock
) -> None:
    """Once its time is over, at once."""
    server, client = pair
    server.begin_request()
    client.sendall(b"a" * 100)
    assert len(server.recv(100)) == 100
    clock.now = READING.allows_s(100) + 0.1
    assert server.recv(100) == b""
    server.sendall(b"too slow")
    assert client.recv(9) == b"too slow"


def test_a_new_request_has_its_own_time(pair: tuple[ClientSocket, socket.socket], clock: Clock) -> None:
    """A connection that was kept for long."""
    server, client = pair
    clock.now = 1_000.0
    server.begin_request()
    client.sendall(b"here")
    assert server.recv(9) == b"here"


def test_what_the_client_does_not_read_is_kept_in_order(pair: tuple[ClientSocket, socket.socket]) -> None:
    """`sendall` returns at once; `flush` sends the rest as it is read."""
    server, client = pair
    whole = b"".join(number.to_bytes(4, "big") for number in range(200_000))
    for start in range(0, len(whole), 100_000):
        server.sendall(whole[start : start + 100_000])
    assert server.unsent_bytes > 0

    received = b""
    while not server.flush() or len(received) < len(whole):
        received += client.recv(65_536)
    assert received == whole
    assert server.unsent_bytes == 0


def test_a_client_that_reads_nothing_is_given_up(
    pair: tuple[ClientSocket, socket.socket], clock: Clock
) -> None:
    """Where more than the most is kept for it, and its time is over."""
    server, _client = pair
    server.sendall(b"a" * 2_000_000)
    clock.now = WRITING.longest_s + 1
    with pytest.raises(ConnectionResetError):
        server.sendall(b"a" * 1_000_000)


def test_a_connection_that_is_gone_is_an_oserror(pair: tuple[ClientSocket, socket.socket]) -> None:
    """Which gunicorn passes over."""
    server, client = pair
    client.close()
    with pytest.raises(OSError, match=r"Broken pipe|reset"):
        server.sendall(b"a")


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
    """The client's are 4xx, ours 5xx."""
    assert status_of(error) == status


def test_a_refusal_is_a_whole_answer() -> None:
    """Its length is right and the connection ends."""
    head, body = refusal(HTTPStatus.BAD_REQUEST).split(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert f"Content-Length: {len(body)}".encode() in head.split(b"\r\n")
    assert b"Connection: close" in head
