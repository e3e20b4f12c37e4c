"""Answers to what is no HTTP, or came too late: in our words, with our headers, quoting nothing."""

from __future__ import annotations

from http import HTTPStatus
from ssl import SSLError

from gunicorn.http import errors  # type: ignore[import-untyped]

from validator.error_words import words_for
from validator.security.headers import ALWAYS, FILE_POLICY

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
