"""Sockets whose reads all end by one instant.

`requests`' time-outs start anew with every byte: a server that drips lasted 7.5 s under `timeout=1`
(trust.md §2.5), in the headers as well as in the body. Here a response as a whole has the read time-out.
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
    """A kept connection turned out to be closed by the other side before it gave any answer."""


_resolving: set[int] = set()


def is_resolving(thread: int | None) -> bool:
    """Whether this thread waits for the name service, which cannot be interrupted."""
    return thread in _resolving


class ProxyFault(OSError):
    """The web proxy made no connection to the Router: the `status` it answered, or in words what it did."""

    def __init__(self, words: str, status: str | None = None) -> None:
        super().__init__(words)
        self.status = status


_REFUSED_TUNNEL = re.compile(r"Tunnel connection failed: ([1-9][0-9]{2})\b")


class _Reads(io.RawIOBase):
    """What a response reads from, until the instant `ends` of the monotonic clock."""

    def __init__(self, sock: socket.socket, ends: float) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._ends = ends

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - any writable buffer, as in io
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("the response as a whole took too long")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Bounded:
    """In place of the socket: all that http.client's response takes from one is `makefile`."""

    def __init__(self, sock: socket.socket, ends: float) -> None:
        self._sock = sock
        self._ends = ends

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reads(self._sock, self._ends))


class _BoundedConnection(HTTPConnection):
    """Reads each response within its read time-out; tells a kept connection that has died from a new one."""

    _answered_on: object = None

    def _new_conn(self) -> socket.socket:
        """Resolve the name, then try each address as urllib3 does: so it is known which of the two hangs."""
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
        except (socket.gaierror, UnicodeError) as fault:
            raise NameResolutionError(self.host, self, socket.gaierror(*fault.args)) from fault
        finally:
            _resolving.discard(get_ident())
        return [str(address[0]) for *_, address in found]

    def _bound_reads(self) -> None:
        """Let all that is read of the next response end within the time-out of now."""
        sock, ends = self.sock, time.monotonic() + float(self.timeout or 0)
        self.response_class = lambda _sock, **options: http.client.HTTPResponse(  # type: ignore[assignment]  # only ever called
            _Bounded(sock, ends),  # type: ignore[arg-type]  # see _Bounded
            **options,
        )

    def _tunnel(self) -> None:
        """Have the proxy connect to the Router, within the time for connecting; raises ProxyFault."""
        self._bound_reads()
        try:
            super()._tunnel()
        except TimeoutError:
            raise ProxyFault("no answer in time") from None
        except OSError as fault:
            raise _proxy_fault(fault) from None
        except http.client.HTTPException as fault:
            raise ProxyFault(f"no HTTP answer, {type(fault).__name__}") from None

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 itself does
        sock = self.sock
        self._bound_reads()
        try:
            response = super().getresponse()
        except TimeoutError:
            raise
        except OSError as fault:
            if sock is self._answered_on:
                raise StaleConnection("closed by the other side") from fault
            raise
        self._answered_on = sock
        return response


def _proxy_fault(fault: OSError) -> ProxyFault:
    refused = _REFUSED_TUNNEL.match(str(fault))
    if refused is None:
        return ProxyFault(f"broken off, {type(fault).__name__}")
    return ProxyFault("refused the connection", refused[1])


class _BoundedTlsConnection(_BoundedConnection, HTTPSConnection):
    """The same over TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _BoundedConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _BoundedTlsConnection


_POOLS = {"http": _Pool, "https": _TlsPool}


class BoundedAdapter(HTTPAdapter):
    """An adapter with such connections, `size` of them kept alive; it never retries by itself.

    Certificates, a proxy's too, are always verified, whatever a caller says, in the one context `tls`:
    loading the authorities takes 25 ms, which requests would spend on each new connection.
    """

    def __init__(self, size: int, tls: ssl.SSLContext | None) -> None:
        self._tls = {} if tls is None else {"ssl_context": tls}
        super().__init__(pool_connections=1, pool_maxsize=size, max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:  # noqa: ANN401, FBT001, FBT002 - requests' own signature
        """Make the pool, of our connections."""
        super().init_poolmanager(connections, maxsize, block, **options, **self._tls)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:  # noqa: ANN401 - requests' own signature
        """Make the pool behind a proxy, of our connections too."""
        if self._tls:
            options |= {"proxy_ssl_context": self._tls["ssl_context"], **self._tls}
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:  # noqa: ANN401, ARG002 - requests' own signature
        """Leave everything to the one context."""
        conn.cert_reqs = "CERT_REQUIRED"
