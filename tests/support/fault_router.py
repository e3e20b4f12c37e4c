"""A Router on a real socket that runs a script for each request; see `router_scripts`."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

MAX_REQUEST = 64 * 1024
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as received; header names in lower case."""

    path: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request to answer. `over` is set when the test ends: scripts wait on it in place of sleeping."""

    sock: socket.socket
    request: Request
    over: threading.Event

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def reset(self) -> None:
        """Close so that the other side sees a reset, not an end."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.sock.close()


class FaultRouter:
    """Listens on a loopback port from construction to `close`, a thread for each connection.

    `script` answers one request and returns whether to keep the connection; tests may replace it at any time.
    """

    def __init__(self, script: Callable[[Exchange], bool], tls: ssl.SSLContext | None = None) -> None:
        self.script = script
        self.requests: list[Request] = []
        self.connections = 0
        self._tls = tls
        self._over = threading.Event()
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._start(self._accept)

    @property
    def url(self) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self._over.set()
        _end(self._listener)
        for sock in list(self._open):
            _end(sock)
        for thread in self._threads:
            thread.join(timeout=5)
        self._listener.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(sock)
            self._start(self._serve, sock)

    def _serve(self, sock: socket.socket) -> None:
        # Errors that the client causes on the connection are the subject of the tests.
        with contextlib.suppress(OSError), sock, self._wrapped(sock) as wrapped:
            for request in _requests(wrapped):
                self.requests.append(request)
                if not self.script(Exchange(wrapped, request, self._over)):
                    return

    def _wrapped(self, sock: socket.socket) -> socket.socket:
        if self._tls is None:
            return sock
        wrapped = self._tls.wrap_socket(sock, server_side=True)
        self._open.append(wrapped)
        return wrapped


def _requests(sock: socket.socket) -> Iterator[Request]:
    waiting = b""
    while len(waiting) < MAX_REQUEST:
        head, end, rest = waiting.partition(b"\r\n\r\n")
        if end:
            waiting = rest
            yield _parse(head)
        elif data := sock.recv(4096):
            waiting += data
        else:
            return


def _parse(head: bytes) -> Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return Request(first.split(" ")[1], {name.lower(): value for name, value in headers.items()})


def _end(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        # The plain socket's own method, under TLS too: it wakes threads that wait on this socket.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def refused_url() -> str:
    """An address without a listener."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return f"http://127.0.0.1:{sock.getsockname()[1]}"


@contextlib.contextmanager
def full_backlog() -> Iterator[str]:
    """An address whose listener accepts no more connections: the kernel drops new ones."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            pending = stack.enter_context(socket.socket())
            pending.settimeout(0)
            pending.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
