"""Slow and idle connections from strangers: how long health probes and remembered checks take meanwhile."""

from __future__ import annotations

import http.client
import json
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from bench.support import milliseconds, quantile, router, server
from tests.support.raw_sockets import drip, open_sockets

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

NUMBER = "3e506370-826a-103d-bf76-001000000001"
SECONDS = 10.0
HEAD = b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-"
UPLOAD = (
    b"POST /api/v1/scans HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
    b"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n"
)
MARKS = "\u0300\u0323" * 65_536


def requests(host: str, token: str) -> dict[str, Callable[[], float]]:
    """A probe and a check over kept connections of their own; each gives its seconds."""

    def timed(method: str, path: str, body: str | None, headers: dict[str, str]) -> Callable[[], float]:
        kept = http.client.HTTPConnection(host, timeout=60)

        def once() -> float:
            began = time.perf_counter()
            kept.request(method, path, body, headers)
            answer = kept.getresponse()
            answer.read()
            assert answer.status < 500, answer.status
            return time.perf_counter() - began

        return once

    sent = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return {
        "/livez": timed("GET", "/livez", None, {}),
        "remembered check": timed("POST", "/api/v1/validations", json.dumps({"input": NUMBER}), sent),
    }


def measure(name: str, host: str, token: str, seconds: float = SECONDS) -> None:
    """Ask both for so long."""
    for what, once in requests(host, token).items():
        once()
        took, until = [], time.perf_counter() + seconds / 2
        while time.perf_counter() < until:
            took.append(once())
            time.sleep(0.005)
        print(f"{name:34} {what:17} {milliseconds(took)}   p99 {1000 * quantile(took, 0.99):7.2f} ms")


def slow_connections(host: str, port: int, token: str) -> None:
    """200 idle, 50 that drip, 20 with a slow body; then 2 000 idle ones more."""
    with (
        open_sockets(port, 200),
        open_sockets(port, 50, HEAD) as dripping,
        open_sockets(port, 20, UPLOAD % token.encode()) as bodies,
    ):
        ended = threading.Event()
        dripper = threading.Thread(target=_keep_dripping, args=([*dripping, *bodies], ended))
        dripper.start()
        measure("200 idle, 50 drip, 20 bodies", host, token)
        with open_sockets(port, 2_000):
            measure("and 2 000 idle", host, token)
        ended.set()
        dripper.join()


def _keep_dripping(live: list[socket.socket], ended: threading.Event) -> None:
    while not ended.wait(0.5):
        live = drip(live)


def long_texts(host: str, token: str) -> None:
    """One sign-in with 250 KB, and with 8 KB, of combining marks; `/livez` beside it."""
    kept = http.client.HTTPConnection(host, timeout=60)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for size, text in (("250 KB", MARKS), ("8 KB", MARKS[:1_300])):
        for field in ("username", "password"):
            took, body = [], f"{field}={quote(text)}"
            for _ in range(10):
                began = time.perf_counter()
                kept.request("POST", "/login", body, form)
                kept.getresponse().read()
                took.append(time.perf_counter() - began)
            print(f"sign-in, {size:6} of marks as {field:9}              {milliseconds(took)}")
    measure("after it", host, token, 2.0)


def main() -> None:
    """All of it, with one process and its default threads; the limits are off."""
    with router(0.0) as router_url, server(router_url) as (address, token, _running, _):
        host = urlsplit(address).netloc
        measure("calm", host, token)
        slow_connections(host, int(host.rpartition(":")[2]), token)
        long_texts(host, token)


if __name__ == "__main__":
    main()
