"""A web proxy over a real socket: CONNECT and plain http, or any other script in place of its answer."""

from __future__ import annotations

import contextlib
import select
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.support.fault_router import Exchange, FaultRouter
from tests.support.router_scripts import response

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable


def passes_on(exchange: Exchange) -> bool:
    """Connect to where the request asks and carry the bytes both ways until one side ends."""
    target = exchange.request.path
    where = urlsplit(target if "://" in target else f"//{target}")
    with socket.create_connection((where.hostname, where.port or 80)) as far:
        if "://" in target:
            far.sendall(_head(exchange, where.path))
        else:
            exchange.send(response(200, content_type=None))
        _carry(exchange, far)
    return False


class ForwardProxy(FaultRouter):
    """A proxy with this script; `asked` are the hosts and ports of its CONNECTs, or whole addresses."""

    def __init__(
        self, script: Callable[[Exchange], bool] = passes_on, tls: ssl.SSLContext | None = None
    ) -> None:
        super().__init__(script, tls)

    @property
    def asked(self) -> list[str]:
        """What was asked for, in order."""
        return [request.path for request in self.requests]


def _head(exchange: Exchange, path: str) -> bytes:
    lines = [f"{name}: {value}" for name, value in exchange.request.headers.items()]
    return "\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode("latin-1")


def _carry(exchange: Exchange, far: socket.socket) -> None:
    """Both ways in one thread, until either side ends."""
    with contextlib.suppress(OSError):
        while True:
            for here in select.select([exchange.sock, far], [], [])[0]:
                data = here.recv(65_536)
                if not data:
                    return
                (far if here is exchange.sock else exchange.sock).sendall(data)
