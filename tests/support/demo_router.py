"""The Router stand-in over a real socket, with a clock of the test's own and a sleep that only notes."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import requests
from werkzeug.serving import WSGIRequestHandler, make_server

from validator.demo.router import create_router

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POLL_S = 0.01
TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
STATUS = "/esc-rest/api/v2/cards/{}/status"
QR = "/esc-rest/api/v2/cards/{}/qr"
VERIFY = "/esc-verifier-service/api/v1/cards/verify/{}"


@dataclass(frozen=True)
class DemoRouter:
    """Where the stand-in answers, and how long it would have slept, in seconds."""

    url: str
    slept: list[float] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> requests.Response:
        """Ask over the socket; `path` may hold a query."""
        return requests.get(self.url + path, headers=headers, timeout=5)


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Say nothing: the request line holds a number."""


@contextlib.contextmanager
def demo_router(clock: Callable[[], datetime] = lambda: NOON, **environ: str) -> Iterator[DemoRouter]:
    """A stand-in for as long as the block lasts; beside a whole app it needs the same `clock` as the app."""
    slept: list[float] = []
    app = create_router(clock, slept.append, environ)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(POLL_S,))
    thread.start()
    try:
        yield DemoRouter(f"http://127.0.0.1:{server.server_port}", slept)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
