"""A reverse proxy that serves a site below a prefix, as nginx does, and notes every request beside it."""

from __future__ import annotations

import http.client
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from tests.support.fault_proxy import port_of

if TYPE_CHECKING:
    from collections.abc import Iterator

# Hop-by-hop headers, and headers that this server sets itself.
HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "date", "server"})


class PrefixProxy(ThreadingHTTPServer):
    """On a loopback port of its own; `beside` has the paths that were asked for outside the prefix."""

    daemon_threads = True

    def __init__(self, target: str, prefix: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target_port = port_of(target)
        self.prefix = prefix
        self.beside: list[str] = []

    @property
    def origin(self) -> str:
        """The host, without the prefix."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: PrefixProxy

    def do_GET(self) -> None:
        """Pass the request on with the prefix taken off its path."""
        if not self.path.startswith(f"{self.server.prefix}/"):
            self.server.beside.append(self.path)
            self.send_error(404)
            return
        length = int(self.headers.get("Content-Length", 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        headers["X-Forwarded-Prefix"] = self.server.prefix
        connection = http.client.HTTPConnection("127.0.0.1", self.server.target_port)
        try:
            path = self.path.removeprefix(self.server.prefix)
            connection.request(self.command, path, self.rfile.read(length), headers)
            self._answer(connection.getresponse())
        finally:
            connection.close()

    do_POST = do_GET  # noqa: N815 - the base class's way of naming

    def _answer(self, answer: http.client.HTTPResponse) -> None:
        body = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP | {"content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's signature
        """Say nothing."""


@contextmanager
def prefix_proxy(target: str, prefix: str) -> Iterator[PrefixProxy]:
    """Serve the site at `target` below the prefix until the block ends; then its port refuses connections."""
    with PrefixProxy(target, prefix) as proxy:
        serving = threading.Thread(target=proxy.serve_forever, args=(0.05,))
        serving.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            serving.join()
