"""Requests that never reach the application: no HTTP, too long, too slow. None is logged."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from tests.support.cards import ANNA
from tests.support.fault_router import FaultRouter
from tests.support.raw_sockets import TIMEOUT_S, drip, open_socket, open_sockets, received
from tests.support.server_process import ServerProcess, every_card, running_server
from validator.http.headers import ALWAYS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CANARY = "canary-colada-7731"
NUMBER = "c0ffee11-5ca1-103d-bf76-001000c0ffee"
LINE = f"GET /lookup?number={NUMBER}"
NO_HTTP = {
    "no HTTP": (f"{CANARY}\r\n\r\n", 400),
    "a method of its own making": (f"{CANARY.upper()}x{{}} / HTTP/1.1\r\n\r\n", 400),
    "another version": (f"{LINE} HTTP/9.{CANARY}\r\n\r\n", 400),
    "an address too long": (f"{LINE}{CANARY * 300} HTTP/1.1\r\n\r\n", 414),
    "too many headers": (f"{LINE} HTTP/1.1\r\n" + f"X: {CANARY}\r\n" * 80 + "\r\n", 431),
    "a header too long": (f"{LINE} HTTP/1.1\r\nX: {CANARY * 1000}\r\n\r\n", 431),
    "a header without a name": (f"{LINE} HTTP/1.1\r\n: {CANARY}\r\n\r\n", 400),
    "a name with a space": (f"{LINE} HTTP/1.1\r\n{CANARY} : x\r\n\r\n", 400),
    "a header folded": (f"{LINE} HTTP/1.1\r\nX: a\r\n {CANARY}\r\n\r\n", 400),
    "a length that is none": (f"POST / HTTP/1.1\r\nContent-Length: {CANARY}\r\n\r\n", 400),
    "two lengths": (f"{LINE} HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400),
    "a length and pieces": (
        f"{LINE} HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        400,
    ),
    "an unknown coding": (f"{LINE} HTTP/1.1\r\nTransfer-Encoding: {CANARY}\r\n\r\n", 501),
    "an expectation of its own": (f"{LINE} HTTP/1.1\r\nExpect: {CANARY}\r\n\r\n", 417),
    "TLS on a plain port": ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + CANARY + "\r\n\r\n", 400),
}


@pytest.fixture(name="log", scope="module")
def _log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "log"


@pytest.fixture(name="site", scope="module")
def _site(tmp_path_factory: pytest.TempPathFactory, log: Path) -> Iterator[ServerProcess]:
    """A server of one process with its sixteen threads."""
    with (
        FaultRouter(every_card) as router,
        running_server(tmp_path_factory.mktemp("data"), router.url, workers=1, log=log) as running,
    ):
        yield running


@pytest.mark.parametrize("kind", NO_HTTP)
def test_a_request_that_is_no_http_gets_our_error_text(site: ServerProcess, log: Path, kind: str) -> None:
    """With every header, the right status, and not a word of the stranger's in the answer or the log."""
    text, status = NO_HTTP[kind]
    with open_socket(site.port) as each:
        each.sendall(text.encode("latin-1"))
        head, _, body = received(each).decode().partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)

    assert int(first.split()[1]) == status
    assert headers.keys() >= ALWAYS.keys()
    assert headers["Cache-Control"] == "no-store"
    assert len(body.encode()) == int(headers["Content-Length"]) > 40
    assert CANARY not in (head + body).lower()
    assert NUMBER not in head + body
    output = log.read_text(errors="replace").lower()
    assert CANARY not in output
    assert NUMBER not in output
    assert "127.0.0.1" not in output.replace("http://127.0.0.1", "")


FORWARDING = {
    "SCRIPT_NAME": "/elsewhere",
    "Script-Name": "/elsewhere",
    "PATH_INFO": "/elsewhere",
    "X-Script-Name": "/elsewhere",
    "X-Forwarded-Prefix": "/elsewhere",
    "X-Forwarded-Host": "elsewhere.test",
    "X-Forwarded-Port": "1",
    "X-Forwarded-For": "192.0.2.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Protocol": "ssl",
    "X-Forwarded-Ssl": "on",
    "Forwarded": "for=192.0.2.1;proto=https;host=elsewhere.test",
    "Front-End-Https": "on",
}


def test_no_header_of_a_client_says_where_the_application_is(site: ServerProcess) -> None:
    """Without ESCV_PROXY_HOPS, also where the client is on this host as a proxy would be."""

    def page(header: str) -> bytes:
        with open_socket(site.port) as each:
            each.sendall(
                f"GET /login HTTP/1.1\r\nHost: localhost\r\n{header}Connection: close\r\n\r\n".encode()
            )
            return re.sub(rb"\r\n(Date|Set-Cookie): [^\r]+", b"", received(each))

    plain = page("")
    assert plain.startswith(b"HTTP/1.1 200 ")
    assert {
        name: page(f"{name}: {value}\r\n") == plain for name, value in FORWARDING.items()
    } == dict.fromkeys(FORWARDING, True)


@pytest.mark.soak
def test_a_slow_client_loses_its_place(site: ServerProcess) -> None:
    """Strangers who send a head or a body drop by drop: each connection is ended in the end."""
    starts = {
        "head": b"POST /login HTTP/1.1\r\nHost: localhost\r\nX-",
        "body": b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90000\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\nusername=",
    }
    for start in starts.values():
        with open_sockets(site.port, 20, start) as live:
            end = time.monotonic() + TIMEOUT_S
            while (live := drip(live)) and time.monotonic() < end:
                assert site.validate(ANNA)["outcome"] == "valid"
                time.sleep(0.5)
            assert not live, f"{len(live)} still hold their places"
