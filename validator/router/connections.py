"""Connections that limit the time of a whole response.

The time-out of `requests` restarts with every byte: under `timeout=1`, a server that sent single bytes took
7.5 s, in the headers as well as in the body. Here the read time-out holds for a response as a whole.
"""

from __future__ import annotations

import http.client
import io
import re
import socket
import time
from contextlib import suppress
from threading import get_ident
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError

if TYPE_CHECKING:
    import ssl

    from urllib3.response import HTTPResponse


class StaleConnection(OSError):
    """The other side had closed a kept connection before it sent any answer."""


_resolving: set[int] = set()


def is_resolving(thread: int | None) -> bool:
    """Whether this thread is in a name look-up, which cannot be interrupted."""
    return thread in _resolving


class TunnelError(OSError):
    """The web proxy made no connection to the Router: the `status` it answered, or a description."""

    def __init__(self, description: str, status: str | None = None) -> None:
        super().__init__(description)
        self.status = status


_REFUSED_TUNNEL = re.compile(r"Tunnel connection failed: ([1-9][0-9]{2})\b")


class _BoundedReader(io.RawIOBase):
    """The response's raw stream; reads fail after `deadline`, an instant of the monotonic clock."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - any writable buffer, as in io
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the response as a whole took too long")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedSocket:
    """Replaces the socket: http.client's response uses nothing but `makefile`."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_BoundedReader(self._sock, self._deadline))


class _BoundedConnection(HTTPConnection):
    """Reads each response within its read time-out; distinguishes a dead kept connection from a new one."""

    _answered_on: object = None

    def _new_conn(self) -> socket.socket:
        """Resolve the name, then try each address as urllib3 does, to know which of the two hangs."""
        name, addresses = self._dns_host, self._addresses()
        try:
            for self._dns_host in addresses[:-1]:
                with suppress(ConnectTimeoutError):
                    return super()._new_conn()
            self._dns_host = addresses[-1]
            return super()._new_conn()
        finally:
            self._dns_host = name

    def _addresses(self) -> list[str]:
        _resolving.add(get_ident())
        try:
            found = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise NameResolutionError(self.host, self, socket.gaierror(*error.args)) from error
        finally:
            _resolving.discard(get_ident())
        return [str(address[0]) for *_, address in found]

    def _bound_reads(self) -> None:
        """Limit all reads of the next response to the current time-out."""
        sock, deadline = self.sock, time.monotonic() + float(self.timeout or 0)
        self.response_class = lambda _sock, **options: http.client.HTTPResponse(  # type: ignore[assignment]  # only ever called
            _BoundedSocket(sock, deadline),  # type: ignore[arg-type]  # see _BoundedSocket
            **options,
        )

    def _tunnel(self) -> None:
        """Let the proxy connect to the Router within the connect time-out; raises TunnelError."""
        self._bound_reads()
        try:
            super()._tunnel()
        except TimeoutError:
            raise TunnelError("no answer in time") from None
        except OSError as error:
            raise _tunnel_error(error) from None
        except http.client.HTTPException as error:
            raise TunnelError(f"no HTTP answer, {type(error).__name__}") from None

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 itself does
        sock = self.sock
        self._bound_reads()
        try:
            response = super().getresponse()
        except TimeoutError:
            raise
        except OSError as error:
            if sock is self._answered_on:
                raise StaleConnection("closed by the other side") from error
            raise
        self._answered_on = sock
        return response


def _tunnel_error(error: OSError) -> TunnelError:
    refused = _REFUSED_TUNNEL.match(str(error))
    if refused is None:
        return TunnelError(f"broken off, {type(error).__name__}")
    return TunnelError("refused the connection", refused[1])


class _BoundedTlsConnection(_BoundedConnection, HTTPSConnection):
    """The same over TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _BoundedConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _BoundedTlsConnection


_POOLS = {"http": _Pool, "https": _TlsPool}


class BoundedAdapter(HTTPAdapter):
    """An adapter with such connections; keeps `size` of them alive and never retries.

    Certificates (also a proxy's) are always verified, whatever arguments a caller passes, in the one context
    `tls`: loading the authorities takes 25 ms, and requests would do that for each new connection.
    """

    def __init__(self, size: int, tls: ssl.SSLContext | None) -> None:
        self._tls = {} if tls is None else {"ssl_context": tls}
        super().__init__(pool_connections=1, pool_maxsize=size, max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:  # noqa: ANN401, FBT001, FBT002 - requests' own signature
        """Make the pool with our connections."""
        super().init_poolmanager(connections, maxsize, block, **options, **self._tls)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:  # noqa: ANN401 - requests' own signature
        """Make the pool behind a proxy, also with our connections."""
        if self._tls:
            options |= {"proxy_ssl_context": self._tls["ssl_context"], **self._tls}
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:  # noqa: ANN401, ARG002 - requests' own signature
        """Leave verification to the one context."""
        conn.cert_reqs = "CERT_REQUIRED"
