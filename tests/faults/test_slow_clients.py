"""Clients that hold connections and send or read next to nothing: checks are answered all the same."""

from __future__ import annotations

import json
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.cards import ANNA
from tests.support.fault_router import FaultRouter
from tests.support.raw_sockets import drip, open_socket, open_sockets, received
from tests.support.server_process import ServerProcess, every_card, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n"
FORM = (
    b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: %d\r\n\r\nusername="
)
CHUNKED = b"POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n"


@pytest.fixture(name="site", scope="module")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server of one process with its sixteen threads."""
    with (
        FaultRouter(every_card) as router,
        running_server(tmp_path_factory.mktemp("data"), router.url, workers=1) as running,
    ):
        yield running


def upload(site: ServerProcess) -> bytes:
    """The beginning of a till's photo of a megabyte."""
    head = (
        f"POST /api/v1/scans HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {site.token}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n"
    )
    return head.encode() + b'--b\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n'


def assert_checks_are_answered(site: ServerProcess) -> None:
    """A till's check, a health probe and a page, each over a connection of its own."""
    assert site.validate(ANNA)["outcome"] == "valid"
    for path in (b"/livez", b"/login"):
        with open_socket(site.port) as each:
            each.sendall(b"GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" % path)
            assert received(each).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("count", "first_bytes"),
    [
        pytest.param(200, b"", id="nothing"),
        pytest.param(50, b"G", id="one byte"),
        pytest.param(50, HEAD, id="a head without its end"),
        pytest.param(50, HEAD + b"X: " + b"a" * 30_000, id="a long head without its end"),
        pytest.param(50, b"\x16\x03\x01\x02\x00\x01\x00", id="half a TLS greeting"),
        pytest.param(20, FORM % 4_000, id="a small form without its end"),
        pytest.param(20, FORM % 200_000, id="a large form without its end"),
        pytest.param(50, CHUNKED, id="a body of unknown length"),
        pytest.param(50, HEAD + b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n", id="100-continue"),
    ],
)
def test_connections_that_send_too_little_hold_no_thread(
    site: ServerProcess, count: int, first_bytes: bytes
) -> None:
    """Whatever they have sent so far, and with a byte more now and then."""
    with open_sockets(site.port, count, first_bytes) as held:
        assert_checks_are_answered(site)
        drip(held)
        assert_checks_are_answered(site)


def test_slow_uploads_of_a_till_hold_a_few_threads_only(site: ServerProcess) -> None:
    """They are read by threads, at a minimum rate; the others answer checks."""
    with open_sockets(site.port, 20, upload(site)):
        assert_checks_are_answered(site)


def test_a_kept_connection_that_goes_slow_holds_no_thread(site: ServerProcess) -> None:
    """After a first request that was in order."""
    with open_sockets(site.port, 40, HEAD + b"\r\n") as held:
        for each in held:
            assert each.recv(4_096).startswith(b"HTTP/1.1 200 ")
            each.sendall(HEAD)
        assert_checks_are_answered(site)


def test_clients_that_do_not_read_hold_no_thread(site: ServerProcess) -> None:
    """Each asks for the largest file that strangers may have, and reads nothing of it."""
    with open_socket(site.port) as each:
        each.sendall(b"GET /login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        version = re.search(rb"/static/[0-9a-f]{12}/", received(each))
    assert version is not None
    address = version[0] + b"vendor/zxing-wasm/zxing_reader.wasm"
    asked = b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % address
    with open_sockets(site.port, 40, asked, narrow=True) as held:
        for each in held:
            assert each.recv(9) == b"HTTP/1.1 "
        assert_checks_are_answered(site)


def test_clients_that_do_not_close_hold_nothing_up(site: ServerProcess) -> None:
    """The server has said that the connection ends, and the client keeps its end open."""
    with open_sockets(site.port, 40, HEAD + b"Connection: close\r\n\r\n"):
        assert_checks_are_answered(site)


def test_beyond_the_most_connections_the_oldest_without_a_request_is_closed(site: ServerProcess) -> None:
    """2 000 idle ones, with a kernel that lets them all in; the newest are still open."""
    with open_sockets(site.port, 50, b"G") as dripping, open_sockets(site.port, 2_000) as idle:
        assert_checks_are_answered(site)
        assert received(dripping[0]) == b""
        assert received(idle[0]) == b""
        idle[-1].sendall(HEAD + b"Connection: close\r\n\r\n")
        assert received(idle[-1]).startswith(b"HTTP/1.1 200 ")


def test_requests_in_one_piece_and_in_many_are_answered_alike(site: ServerProcess) -> None:
    """A request cut at any byte, and two sent together."""
    body = json.dumps({"input": ANNA}).encode()
    head = (
        f"POST /api/v1/validations HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {site.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    ).encode()
    whole = head + b"Connection: close\r\n\r\n" + body

    def cut_at(place: int) -> Any:
        with open_socket(site.port) as each:
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            each.sendall(whole[:place])
            each.sendall(whole[place:])
            return json.loads(received(each).partition(b"\r\n\r\n")[2])["outcome"]

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(cut_at, range(1, len(whole)))) == {"valid"}
    with open_socket(site.port) as each:
        each.sendall(head + b"\r\n" + body + whole)
        assert received(each).count(b'"outcome":"valid"') == 2


def test_what_does_not_arrive_in_time_is_told(site: ServerProcess) -> None:
    """A request head that is too long is refused before its end."""
    with open_socket(site.port) as each:
        each.sendall(HEAD + b"X: " + b"a" * 40_000)
        assert received(each).startswith(b"HTTP/1.1 431 ")
