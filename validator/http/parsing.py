"""How much of a request has arrived, and the answer where it cannot be used. Pure.

The first bytes of a request decide only when a thread may begin with it. gunicorn's parser reads the same
bytes again; the parser accepts or refuses them. An answer quotes nothing of the request.
"""

from __future__ import annotations

from enum import Enum
from http import HTTPStatus
from ssl import SSLError

from gunicorn.http import errors  # type: ignore[import-untyped]

from validator.error_words import words_for
from validator.http.headers import ALWAYS, FILE_POLICY

# Browsers send 1-2 KB; the cookies of a university's single sign-on add some.
MOST_HEAD_BYTES = 32 * 1024
# Forms and JSON are smaller. A larger body is read by a thread (connection.py has its minimum rate).
MOST_WHOLE_BODY_BYTES = 64 * 1024
LONGEST_LENGTH = 16  # digits
_END = b"\r\n\r\n"
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
    # Anything else that is not HTTP.
    errors.ParseException: HTTPStatus.BAD_REQUEST,
}


class Arrival(Enum):
    """What can be done with a request now."""

    INCOMPLETE = "incomplete"  # wait for more
    WHOLE = "whole"  # no thread will wait for the client
    STREAMED = "streamed"  # the head is whole; a thread has to read the body as it comes
    TOO_LARGE = "too_large"  # the head is longer than any that we accept


def arrival(received: bytes | bytearray) -> Arrival:
    """What can be done with the request that begins with these bytes."""
    end = received.find(_END)
    if end < 0:
        return Arrival.TOO_LARGE if len(received) > MOST_HEAD_BYTES else Arrival.INCOMPLETE
    if end > MOST_HEAD_BYTES:
        return Arrival.TOO_LARGE
    length = _body_length(bytes(received[:end]))
    if length is None or length > MOST_WHOLE_BODY_BYTES:
        return Arrival.STREAMED
    return Arrival.WHOLE if len(received) >= end + len(_END) + length else Arrival.INCOMPLETE


def _body_length(head: bytes) -> int | None:
    """The body's length in bytes; None where the head does not say it or asks for "100 Continue".

    0 for lengths that the parser refuses without reading a body: two of them, or one that is not a number.
    """
    lengths: list[int] = []
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        name = name.strip().lower()
        if name in {b"transfer-encoding", b"expect"}:
            return None
        if name == b"content-length":
            digits = value.strip()
            lengths.append(int(digits) if digits.isdigit() and len(digits) < LONGEST_LENGTH else 0)
    return lengths[0] if len(lengths) == 1 else 0


def status_of(error: Exception) -> HTTPStatus:
    """The status for an error in gunicorn; 500 for an error of an unknown type."""
    for kind, status in _STATUS.items():
        if isinstance(error, kind):
            return status
    return HTTPStatus.INTERNAL_SERVER_ERROR


def refusal(status: HTTPStatus) -> bytes:
    """A whole response with our text and headers; the connection is closed after it."""
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
