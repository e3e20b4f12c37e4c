"""Converts exceptions of the HTTP libraries to failures with our own wording. Pure.

Their texts can hold the address, and with it the card's number.
"""

from __future__ import annotations

import errno
import http.client
import ssl
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import requests
from urllib3.exceptions import NameResolutionError, NewConnectionError
from urllib3.exceptions import TimeoutError as Urllib3TimeoutError

from validator.router.answers import Cause, RouterFailure
from validator.router.connections import StaleConnection, TunnelError
from validator.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

ErrorT = TypeVar("ErrorT", bound=BaseException)


def is_stale(error: requests.RequestException) -> bool:
    """Whether only a kept connection had died, so that the request can be sent again."""
    return _first(list(_causes(error)), StaleConnection) is not None


def incomplete_body(error: Exception) -> RouterFailure:
    """A reply that began and never finished."""
    return RouterFailure(Reason.ROUTER_ANSWER_UNUSABLE, f"body broken off, {_name(error)}")


def failure_of(error: requests.RequestException, *, is_late: bool) -> RouterFailure:
    """The failure for this exception; `is_late` if the check as a whole has no time left."""
    causes = list(_causes(error))
    # No server was reached; a time-out only if the check as a whole had no time left.
    not_reached = Reason.ROUTER_TIMEOUT if is_late else Reason.ROUTER_UNREACHABLE
    if tunnel := _first(causes, TunnelError):
        if tunnel.status is not None:
            return proxy_status_failure(tunnel.status)
        return RouterFailure(not_reached, f"proxy: {tunnel}", specific_cause=Cause.PROXY)
    if isinstance(error, requests.exceptions.ProxyError):
        detail = f"proxy: {_connect_detail(causes)}"
        return RouterFailure(not_reached, detail, is_retryable=True, specific_cause=Cause.PROXY)
    if isinstance(error, requests.ReadTimeout):
        return RouterFailure(Reason.ROUTER_TIMEOUT, "no answer in time")
    if isinstance(error, requests.ConnectTimeout):
        return RouterFailure(
            not_reached, "no connection in time", is_retryable=True, specific_cause=Cause.ROUTE
        )
    return _router_failure(error, causes)


def _router_failure(error: requests.RequestException, causes: list[BaseException]) -> RouterFailure:
    if isinstance(error, requests.exceptions.SSLError):
        cause = Cause.CERTIFICATE if _first(causes, ssl.SSLCertVerificationError) else Cause.ROUTE
        return RouterFailure(Reason.ROUTER_UNREACHABLE, _connect_detail(causes), specific_cause=cause)
    if _is_not_http(causes[-1]) or not isinstance(error, requests.ConnectionError):
        return RouterFailure(Reason.ROUTER_ANSWER_UNUSABLE, f"not an HTTP answer, {_name(causes[-1])}")
    # Retry only if nothing was sent: not after a connection died later, nor for a bad certificate.
    was_not_sent = _first(causes, NewConnectionError) is not None
    cause = Cause.NAME if _first(causes, NameResolutionError) else Cause.ROUTE
    return RouterFailure(Reason.ROUTER_UNREACHABLE, _connect_detail(causes), was_not_sent, cause)


_WANTS_PASSWORD = "407"  # noqa: S105 - a status
_GATEWAY_FAULTS = frozenset({"502", "503", "504"})
PROXY_STATUSES = frozenset({int(status) for status in (_WANTS_PASSWORD, *_GATEWAY_FAULTS)})
"""With these statuses a forwarding http proxy reports its own fault; the Router's own 5xx look the same."""


def proxy_status_failure(status: str) -> RouterFailure:
    """The failure for a proxy that answered in place of the Router."""
    needs_login = ", it wants a name and a password" if status == _WANTS_PASSWORD else ""
    detail = f"proxy: answered {status}{needs_login}"
    return RouterFailure(Reason.ROUTER_UNREACHABLE, detail, status in _GATEWAY_FAULTS, Cause.PROXY)


def as_proxy_failure(failure: RouterFailure) -> RouterFailure:
    """The same failure, attributed to the proxy, for calls of which only the proxy is visible."""
    if failure.specific_cause is Cause.PROXY:
        return failure
    return replace(failure, detail=f"proxy: {failure.detail}", specific_cause=Cause.PROXY)


_CERTIFICATE_FAULTS = {
    9: "not valid yet by this server’s clock",
    10: "run out by this server’s clock",
    18: "signed by itself",
    19: "from an authority that is not trusted here",
    20: "from an authority that is not trusted here",
    21: "from an authority that is not trusted here",
    62: "of another host",
    64: "of another address",
}
"""Texts for OpenSSL's error numbers (X509_V_ERR_…): its own texts quote the certificate."""


def _connect_detail(causes: list[BaseException]) -> str:
    """Why there was no connection, in our own words."""
    if bad := _first(causes, ssl.SSLCertVerificationError):
        code = bad.verify_code
        return f"certificate {_CERTIFICATE_FAULTS.get(code, f'refused, OpenSSL code {code}')}"
    if _first(causes, NameResolutionError):
        return "its name cannot be resolved"
    if _first(causes, ssl.SSLError):
        return "no TLS with it"
    system = next((one.__cause__ for one in causes if isinstance(one.__cause__, OSError)), None)
    if system is not None and system.errno is not None and system.errno in errno.errorcode:
        # The operating system's name, such as ECONNREFUSED or EHOSTUNREACH.
        return errno.errorcode[system.errno]
    if _first(causes, TimeoutError, Urllib3TimeoutError):
        return "no connection in time"
    return _name(causes[-1])


def _first(causes: list[BaseException], *kinds: type[ErrorT]) -> ErrorT | None:
    return next((one for one in causes if isinstance(one, kinds)), None)


def _is_not_http(cause: BaseException) -> bool:
    return isinstance(cause, http.client.HTTPException) and not isinstance(cause, OSError)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and those it wraps, innermost last."""
    yield error
    for inner in (*error.args, getattr(error, "reason", None)):
        if isinstance(inner, BaseException):
            yield from _causes(inner)


def _name(error: BaseException) -> str:
    """Only the type: an exception's text can hold the address, and with it the card's number."""
    return type(error).__name__
