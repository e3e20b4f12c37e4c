"""gunicorn's worker with two promises more: no request is waited for without end, no bad one is quoted.

gunicorn itself answers what is no HTTP, without our headers and with the stranger's words in the answer and
in the log; and its threads wait for the rest of a body for as long as its sender likes.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from http import HTTPStatus
from socket import SHUT_RD
from ssl import SSLError
from typing import TYPE_CHECKING, Protocol

from gunicorn.http import errors  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from validator.error_words import words_for
from validator.security.headers import ALWAYS, FILE_POLICY

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

# A photo of 6 MB over 2 Mbit/s. A proxy in front that collects bodies first lets slower senders through.
MOST_S = 30.0
LOOK_S = 1.0
_STATUS: dict[type[Exception], HTTPStatus] = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    errors.ForbiddenProxyRequest: HTTPStatus.FORBIDDEN,
    SSLError: HTTPStatus.FORBIDDEN,
    # What the application itself got wrong.
    errors.InvalidResponseHeader: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.InvalidResponseHeaderName: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.ConfigurationProblem: HTTPStatus.INTERNAL_SERVER_ERROR,
    # All else that no HTTP is.
    errors.ParseException: HTTPStatus.BAD_REQUEST,
}


def status_of(error: Exception) -> HTTPStatus:
    """The status for what gunicorn could not take or give; a fault that nobody foresaw is ours."""
    for kind, status in _STATUS.items():
        if isinstance(error, kind):
            return status
    return HTTPStatus.INTERNAL_SERVER_ERROR


def refusal(status: HTTPStatus) -> bytes:
    """A whole answer in our words and with our headers; the connection ends with it."""
    words = words_for(status)
    body = f"{words.text} {words.next_step}\n".encode()
    headers = ALWAYS | {
        "Content-Security-Policy": FILE_POLICY,
        "Cache-Control": "no-store",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Patience:
    """Ends the reading from connections whose request takes too long; what is being answered goes on."""

    def __init__(self, most_s: float, now: Callable[[], float]) -> None:
        self._most_s, self._now = most_s, now
        self._lock = threading.Lock()
        self._began: dict[int, tuple[socket.socket, float]] = {}

    def begin(self, wire: socket.socket) -> None:
        """From here on this connection's request is waited for."""
        with self._lock:
            self._began[id(wire)] = (wire, self._now())

    def end(self, wire: socket.socket) -> None:
        """Its request has been dealt with."""
        with self._lock:
            self._began.pop(id(wire), None)

    def look(self) -> None:
        """Stop listening to whoever has had more time than there is: their request ends here, as cut off."""
        with self._lock:
            late = [wire for wire, began in self._began.values() if self._now() - began > self._most_s]
            for wire in late:
                # Under the lock: the connection cannot be closed and its number given to another meanwhile.
                with suppress(OSError):
                    wire.shutdown(SHUT_RD)


class Connection(Protocol):
    """What we need of gunicorn's connections."""

    sock: socket.socket


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """The threads that answer requests."""

    def init_process(self) -> None:
        """Begin to look after what is being read, in this process."""
        self.patience = Patience(MOST_S, time.monotonic)
        threading.Thread(target=self._look_on, name="patience", daemon=True).start()
        super().init_process()

    def handle(self, conn: Connection) -> object:
        """One request of this connection."""
        wire = conn.sock
        self.patience.begin(wire)
        try:
            return super().handle(conn)
        finally:
            self.patience.end(wire)

    def handle_error(self, req: object, client: socket.socket, addr: object, exc: Exception) -> None:  # noqa: ARG002 - gunicorn's signature
        """Answer what is no HTTP, or what no application answered; nothing of it is repeated anywhere."""
        status = status_of(exc)
        tell = self.log.error if status >= HTTPStatus.INTERNAL_SERVER_ERROR else self.log.warning
        tell("A request ended in %s: answered %d", type(exc).__name__, status)
        with suppress(OSError):
            client.sendall(refusal(status))

    def _look_on(self) -> None:
        while True:
            time.sleep(LOOK_S)
            self.patience.look()
