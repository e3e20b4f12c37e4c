"""Our scripts as they are served, under the same content security policy, on a page with only a film."""

from __future__ import annotations

import mimetypes
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STATIC = Path(__file__).resolve().parents[2] / "validator" / "static"
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; media-src 'self' blob:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types esc"
)
PAGE = b"""<!doctype html><html lang="en"><title>Reading</title>
<video id="film" playsinline muted autoplay></video>"""


@contextmanager
def static_server(replaced: Mapping[str, bytes | None] | None = None) -> Iterator[str]:
    """The address of a server of `/static/x/…`; paths in `replaced` get these bytes, None is a 404."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(replaced or {}))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(replaced: Mapping[str, bytes | None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.removeprefix("/static/x/")
            body = PAGE if self.path == "/" else replaced[path] if path in replaced else _file(path)
            self.send_response(404 if body is None else 200)
            kind = "text/html" if self.path == "/" else mimetypes.guess_type(path)[0]
            self.send_header("Content-Type", kind or "application/octet-stream")
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base class
            """Say nothing."""

    return Handler


def _file(path: str) -> bytes | None:
    found = (STATIC / path).resolve()
    return found.read_bytes() if found.is_relative_to(STATIC) and found.is_file() else None
