"""nginx and Caddy with the files of deploy/: limits, headers, buffering, and what their logs hold."""

from __future__ import annotations

import http.client
import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.cards import ANNA
from tests.support.echo_server import EchoServer, echo_server
from tests.support.reverse_proxies import NAMES, ReverseProxy, reverse_proxy, shipped
from validator.http.bodies import MAX_UPLOAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What a client could send to be taken for another one, or to change the addresses in a page.
SPOOFED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Prefix": "/evil",
}
MANY = 24


@pytest.fixture(name="behind", scope="module")
def _behind() -> Iterator[EchoServer]:
    """What is in front of the proxy's target."""
    with echo_server() as server:
        yield server


@pytest.fixture(name="proxy", scope="module", params=NAMES)
def _proxy(
    request: pytest.FixtureRequest, behind: EchoServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ReverseProxy]:
    """The proxy, for a host name of its own."""
    with reverse_proxy(request.param, tmp_path_factory.mktemp(request.param), behind.address) as proxy:
        yield proxy


def echoed(proxy: ReverseProxy, path: str, headers: dict[str, str]) -> dict[str, Any]:
    """The headers with which a request arrives."""
    status, _, body = proxy.ask("GET", path, headers=headers)
    assert status == 200, body
    arrived: dict[str, Any] = json.loads(body)
    return arrived


@pytest.mark.parametrize("sent", [{}, SPOOFED], ids=["honest", "spoofed"])
def test_forwarded_headers_are_those_of_the_proxy(proxy: ReverseProxy, sent: dict[str, str]) -> None:
    """The client's address, https and the host that was asked for; never what the client says."""
    arrived = echoed(proxy, "/", sent)

    assert arrived["x-forwarded-for"] == ["127.0.0.1"]
    assert arrived["x-forwarded-proto"] == ["https"]
    assert arrived["x-forwarded-host"] == arrived["host"] == [f"localhost:{proxy.https_port}"]
    assert "x-forwarded-prefix" not in arrived


@pytest.mark.parametrize("name", NAMES)
def test_below_a_sub_path_the_prefix_is_that_of_the_proxy(
    name: str, behind: EchoServer, tmp_path: Path
) -> None:
    """It is taken off the path and sent in its header; nothing beside it is passed on."""
    with reverse_proxy(name, tmp_path / name, behind.address, sub_path=True) as proxy:
        arrived = echoed(proxy, "/esc/a%20b?c=d%20e", SPOOFED)
        assert behind.arrived[-1] == ("/a%20b?c=d%20e", 0)
        assert arrived["x-forwarded-prefix"] == ["/esc"]

        asked = len(behind.arrived)
        status, headers, _ = proxy.ask("GET", "/esc")
        assert (status, headers["Location"].removeprefix(f"https://localhost:{proxy.https_port}")) == (
            308,
            "/esc/",
        )
        for beside in ("/", "/escape", "/login", "/esc/../login", "/static/x"):
            assert proxy.ask("GET", beside)[2].find(b"x-forwarded") == -1, beside
        assert len(behind.arrived) == asked


def test_the_largest_upload_passes_and_one_byte_more_does_not(
    proxy: ReverseProxy, behind: EchoServer
) -> None:
    """The proxy's limit is the application's. A body stays in memory: there is no folder to write it to."""
    for folder in ("bodies", "answers"):
        if (proxy.folder / folder).exists():
            (proxy.folder / folder).rmdir()

    status, _, body = proxy.ask("POST", "/largest", bytes(MAX_UPLOAD_BYTES))

    assert status == 200, body
    assert behind.arrived[-1] == ("/largest", MAX_UPLOAD_BYTES)
    assert refused_upload(proxy) == 413
    assert [path for path, _ in behind.arrived if path == "/larger"] == []


def refused_upload(proxy: ReverseProxy) -> int:
    """The answer to a body that is one byte too long; a proxy may answer before it has read it."""
    connection = proxy.connect()
    try:
        connection.putrequest("POST", "/larger")
        connection.putheader("Content-Length", str(MAX_UPLOAD_BYTES + 1))
        connection.endheaders()
        piece = bytes(65_536)
        try:
            for _ in range(MAX_UPLOAD_BYTES // len(piece)):
                connection.send(piece)
            connection.send(bytes(1 + MAX_UPLOAD_BYTES % len(piece)))
        except OSError:
            pass
        return connection.getresponse().status
    finally:
        connection.close()


def test_uploads_that_are_not_complete_do_not_reach_the_application(
    proxy: ReverseProxy, behind: EchoServer
) -> None:
    """More of them than the application has threads; other requests are answered meanwhile."""
    with ExitStack() as stack:
        for _ in range(MANY):
            stack.enter_context(begun_upload(proxy))
        assert echoed(proxy, "/meanwhile", {})["x-forwarded-proto"] == ["https"]

        assert "/slow" not in behind.begun


def begun_upload(proxy: ReverseProxy) -> ExitStack:
    """An upload of which only the first half is sent. It is too small to count as a photo."""
    connection = proxy.connect()
    connection.putrequest("POST", "/slow")
    connection.putheader("Content-Length", "90000")
    connection.endheaders(bytes(45_000))
    stack = ExitStack()
    stack.callback(connection.close)
    return stack


def test_plain_http_leads_to_https(proxy: ReverseProxy) -> None:
    """With the path; the method is kept."""
    connection = http.client.HTTPConnection("localhost", proxy.http_port, timeout=30)
    connection.request("GET", "/kiosk?a=b")
    answer = connection.getresponse()
    connection.close()

    assert answer.status == 308
    assert answer.headers["Location"].startswith("https://localhost")
    assert answer.headers["Location"].endswith("/kiosk?a=b")


@pytest.mark.parametrize("name", NAMES)
def test_logs_hold_neither_addresses_nor_card_numbers(name: str, tmp_path: Path) -> None:
    """Not of a request that is answered, nor of one for which the application is missing."""
    with ExitStack() as stack:
        gone = stack.enter_context(ExitStack())
        echo = gone.enter_context(echo_server())
        proxy = stack.enter_context(reverse_proxy(name, tmp_path / name, echo.address))
        assert (
            proxy.ask("GET", f"/{ANNA}?n={ANNA}", headers={"Referer": f"https://localhost/{ANNA}"})[0] == 200
        )
        gone.close()
        assert proxy.ask("GET", f"/{ANNA}?n={ANNA}")[0] == 502
        assert proxy.ask("POST", f"/{ANNA}", ANNA.encode())[0] == 502
        logs = proxy.logs()

    assert ANNA not in logs
    assert ANNA[:8] not in logs
    assert '"remote_ip"' not in logs
    assert "client: " not in logs


def test_each_sub_path_note_in_a_file_changes_it() -> None:
    """The files say line by line how they serve below a sub-path."""
    for name in ("nginx.conf", "Caddyfile"):
        own, below = shipped(name, sub_path=False), shipped(name, sub_path=True)
        assert own.count("# sub-path: ") >= 3
        assert "# sub-path: " not in below
        assert own.count("\n") == below.count("\n")
