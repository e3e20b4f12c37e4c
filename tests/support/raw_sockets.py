"""Plain sockets to a running server, for clients that behave badly."""

from __future__ import annotations

import socket
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

TIMEOUT_S = 90


def open_socket(port: int, *, narrow: bool = False) -> socket.socket:
    """A connection to the server on this port; a narrow one buffers only few unread bytes."""
    made = socket.socket()
    made.settimeout(TIMEOUT_S)
    if narrow:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        # Segments as small as on a real network: over loopback the kernel would buffer a megabyte.
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
    made.connect(("127.0.0.1", port))
    return made


@contextmanager
def open_sockets(
    port: int, count: int, first_bytes: bytes = b"", *, narrow: bool = False
) -> Iterator[list[socket.socket]]:
    """This many connections, each with these bytes sent."""
    with ExitStack() as opened:
        made = [opened.enter_context(open_socket(port, narrow=narrow)) for _ in range(count)]
        for each in made:
            if first_bytes:
                each.sendall(first_bytes)
        yield made


def drip(sockets: list[socket.socket]) -> list[socket.socket]:
    """Send one more byte on each; returns those that the server has not closed."""
    live = []
    for each in sockets:
        with suppress(OSError):
            each.sendall(b"a")
            live.append(each)
    return live


def received(each: socket.socket) -> bytes:
    """Everything that the server sends until it closes the connection."""
    data = b""
    with suppress(ConnectionResetError):
        while piece := each.recv(65_536):
            data += piece
    return data
