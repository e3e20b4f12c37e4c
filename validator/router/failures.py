"""What an exception of the libraries below says about a call, in words of ours. Pure.

Their own words can hold the address, and with it the card's number.
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
from validator.router.connections import ProxyFault, StaleConnection
from validator.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

Fault = TypeVar("Fault", bound=BaseException)


def is_stale(fault: requests.RequestException) -> bool:
    """Whether only a kept connection had died, so that the question may go out once more."""
    return _first(list(_causes(fault)), StaleConnection) is not None


def broken_off(fault: Exception) -> RouterFailure:
    """A reply that was begun and never finished."""
    return RouterFailure(Reason.ROUTER_ANSWER_UNUSABLE, f"body broken off, {_name(fault)}")


def failure(fault: requests.RequestException, *, is_late: bool) -> RouterFailure:
    """What this exception means; `is_late` where the check as a whole has no more time."""
    causes = list(_causes(fault))
    # Reached nobody; a time-out only where the check as a whole had no more time for it.
    not_reached = Reason.ROUTER_TIMEOUT if is_late else Reason.ROUTER_UNREACHABLE
    if of_tunnel := _first(causes, ProxyFault):
        if of_tunnel.status is not None:
            return proxy_answered(of_tunnel.status)
        return RouterFailure(not_reached, f"proxy: {of_tunnel}", finer=Cause.PROXY)
    if isinstance(fault, requests.exceptions.ProxyError):
        detail = f"proxy: {_of_connecting(causes)}"
        return RouterFailure(not_reached, detail, may_pass=True, finer=Cause.PROXY)
    if isinstance(fault, requests.ReadTimeout):
        return RouterFailure(Reason.ROUTER_TIMEOUT, "no answer in time")
    if isinstance(fault, requests.ConnectTimeout):
        return RouterFailure(not_reached, "no connection in time", may_pass=True, finer=Cause.ROUTE)
    return _of_router(fault, causes)


def _of_router(fault: requests.RequestException, causes: list[BaseException]) -> RouterFailure:
    if isinstance(fault, requests.exceptions.SSLError):
        finer = Cause.CERTIFICATE if _first(causes, ssl.SSLCertVerificationError) else Cause.ROUTE
        return RouterFailure(Reason.ROUTER_UNREACHABLE, _of_connecting(causes), finer=finer)
    if _is_no_http(causes[-1]) or not isinstance(fault, requests.ConnectionError):
        return RouterFailure(Reason.ROUTER_ANSWER_UNUSABLE, f"not an HTTP answer, {_name(causes[-1])}")
    # Before anything was sent; a connection that dies later is not tried again, nor is a bad certificate.
    nobody_there = _first(causes, NewConnectionError) is not None
    finer = Cause.NAME if _first(causes, NameResolutionError) else Cause.ROUTE
    return RouterFailure(Reason.ROUTER_UNREACHABLE, _of_connecting(causes), nobody_there, finer)


_WANTS_PASSWORD = "407"  # noqa: S105 - a status
_GATEWAY_FAULTS = frozenset({"502", "503", "504"})
PROXY_STATUSES = frozenset({int(status) for status in (_WANTS_PASSWORD, *_GATEWAY_FAULTS)})
"""With these a proxy that passes http on speaks for itself; the Router's own 5xx cannot be told apart."""


def proxy_answered(status: str) -> RouterFailure:
    """A proxy that answered in the Router's place."""
    wants = ", it wants a name and a password" if status == _WANTS_PASSWORD else ""
    detail = f"proxy: answered {status}{wants}"
    return RouterFailure(Reason.ROUTER_UNREACHABLE, detail, status in _GATEWAY_FAULTS, Cause.PROXY)


def of_proxy(found: RouterFailure) -> RouterFailure:
    """The same failure of a call of which only the proxy can be seen."""
    if found.finer is Cause.PROXY:
        return found
    return replace(found, detail=f"proxy: {found.detail}", finer=Cause.PROXY)


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
"""OpenSSL's numbers (X509_V_ERR_…) in our words: its own quote the certificate."""


def _of_connecting(causes: list[BaseException]) -> str:
    """Why there was no connection, in words of ours."""
    if bad := _first(causes, ssl.SSLCertVerificationError):
        code = bad.verify_code
        return f"certificate {_CERTIFICATE_FAULTS.get(code, f'refused, OpenSSL code {code}')}"
    if _first(causes, NameResolutionError):
        return "its name cannot be resolved"
    if _first(causes, ssl.SSLError):
        return "no TLS with it"
    system = next((one.__cause__ for one in causes if isinstance(one.__cause__, OSError)), None)
    if system is not None and system.errno is not None and system.errno in errno.errorcode:
        # The operating system's own name for it, such as ECONNREFUSED or EHOSTUNREACH.
        return errno.errorcode[system.errno]
    if _first(causes, TimeoutError, Urllib3TimeoutError):
        return "no connection in time"
    return _name(causes[-1])


def _first(causes: list[BaseException], *kinds: type[Fault]) -> Fault | None:
    return next((one for one in causes if isinstance(one, kinds)), None)


def _is_no_http(cause: BaseException) -> bool:
    return isinstance(cause, http.client.HTTPException) and not isinstance(cause, OSError)


def _causes(fault: BaseException) -> Iterator[BaseException]:
    """The exception and those it was made of, innermost last."""
    yield fault
    for inner in (*fault.args, getattr(fault, "reason", None)):
        if isinstance(inner, BaseException):
            yield from _causes(inner)


def _name(fault: BaseException) -> str:
    """All that may be said of an exception: its text can hold the address, and with it the card's number."""
    return type(fault).__name__
