"""Sockets whose reads all end by one instant.

`requests`' time-outs start anew with every byte: a server that drips lasted 7.5 s under `timeout=1`
(trust.md §2.5), in the headers as well as in the body. Here a response as a whole has the read time-out.
"""

from __future__ import annotations

import http.client
import io
import ssl
import time
from typing import TYPE_CHECKING, Any

from requests import adapters
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

if TYPE_CHECKING:
    import socket

    from urllib3.response import HTTPResponse


class StaleConnection(OSError):
    """A kept connection turned out to be closed by the other side before it gave any answer."""


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

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 itself does
        sock, ends = self.sock, time.monotonic() + float(self.timeout or 0)
        self.response_class = lambda _sock, **options: http.client.HTTPResponse(  # type: ignore[assignment]  # only ever called
            _Bounded(sock, ends),  # type: ignore[arg-type]  # see _Bounded
            **options,
        )
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


class _BoundedTlsConnection(_BoundedConnection, HTTPSConnection):
    """The same over TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _BoundedConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _BoundedTlsConnection


class BoundedAdapter(HTTPAdapter):
    """An adapter with such connections, `size` of them kept alive; it never retries by itself.

    Certificates are always verified, whatever a caller says, in one context: loading the authorities takes
    25 ms, which requests would spend on each new connection.
    """

    def __init__(self, size: int, *, tls: bool) -> None:
        self._tls = tls
        super().__init__(pool_connections=1, pool_maxsize=size, max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:  # noqa: ANN401, FBT001, FBT002 - requests' own signature
        """Make the pool, of our connections."""
        if self._tls:
            options["ssl_context"] = ssl.create_default_context(cafile=adapters.DEFAULT_CA_BUNDLE_PATH)
        super().init_poolmanager(connections, maxsize, block, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:  # noqa: ANN401, ARG002 - requests' own signature
        """Leave everything to the one context."""
        conn.cert_reqs = "CERT_REQUIRED"
