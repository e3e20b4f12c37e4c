"""Asks each endpoint once about an invented number, and finds out why there is no answer.

For the doctor: without circuit breaker, rate limit and log lines.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scanner.escn import Escn
from validator.router.answers import Cause, RouterFailure
from validator.router.clock_skew import ClockSkew
from validator.router.connections import is_resolving
from validator.router.reply import TryNextEndpoint, read_reply
from validator.router.runtime import Deadline, Runtime
from validator.router.server_certificate import ServerCertificate, server_certificate
from validator.router.transport import Transport
from validator.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from validator.router.config import Endpoint, RouterConfig
    from validator.router.reply import Reply
    from validator.router.route import Proxy

# A number of the official form, made at the first second of 1970: no card is so old.
INVENTED = Escn("13814000-1dd2-11b2-8000-001999999999")
GRACE_S = 0.1
MAX_PROXIES = 2
_WITHOUT_ROUTE = frozenset({Cause.NAME, Cause.ROUTE})


@dataclass(frozen=True, slots=True)
class EndpointProbe:
    """What an endpoint answered. `failure` is None if it gave an answer about the number.

    `status` is None without an HTTP reply. `ahead_s` is how far our clock is ahead of the reply's Date.
    """

    endpoint: Endpoint
    failure: RouterFailure | None = None
    status: int | None = None
    is_html: bool = False
    is_path_missing: bool = False
    ahead_s: float | None = None


@dataclass(frozen=True, slots=True)
class RouterProbe:
    """What was found on the way to the Router.

    `certificate` is set if the certificate is not accepted. `needed_proxy` is a proxy that reaches the
    Router where there is no direct way. `source` is the address of this machine towards the Router.
    """

    config: RouterConfig
    endpoints: tuple[EndpointProbe, ...]
    certificate: ServerCertificate | None = None
    needed_proxy: Proxy | None = None
    source: str | None = None


def probe_router(
    config: RouterConfig, other_proxies: Sequence[Proxy] = (), runtime: Runtime | None = None
) -> RouterProbe:
    """Ask all endpoints; takes at most three times the deadline. `other_proxies` are not configured."""
    runtime = runtime or Runtime()
    endpoints = _ask_all(config, runtime)
    causes = {one.failure.cause for one in endpoints if one.failure and one.status is None}
    is_reached = any(one.status is not None for one in endpoints)
    certificate = needed = None
    if Cause.CERTIFICATE in causes and not is_reached:
        certificate = server_certificate(config)
    elif causes & _WITHOUT_ROUTE and not is_reached and config.proxy is None:
        tried = other_proxies[:MAX_PROXIES]
        needed = next((one for one in tried if _reaches(replace(config, proxy=one), runtime)), None)
    return RouterProbe(config, endpoints, certificate, needed, _source(config) if is_reached else None)


def _ask_all(config: RouterConfig, runtime: Runtime) -> tuple[EndpointProbe, ...]:
    """All endpoints at the same time, each in a thread that is abandoned at the deadline."""
    results: SimpleQueue[EndpointProbe] = SimpleQueue()
    threads = {
        one: Thread(target=_ask, args=(config, one, runtime, results), daemon=True) for one in config.order
    }
    deadline = Deadline.after(config.deadline_s, runtime.clock)
    for thread in threads.values():
        thread.start()
    found: dict[Endpoint, EndpointProbe] = {}
    with suppress(Empty):
        while len(found) < len(threads):
            answer = results.get(timeout=deadline.left() + GRACE_S)
            found[answer.endpoint] = answer
    return tuple(
        found.get(one) or EndpointProbe(one, _hangs(config, thread)) for one, thread in threads.items()
    )


def _ask(
    config: RouterConfig, endpoint: Endpoint, runtime: Runtime, results: SimpleQueue[EndpointProbe]
) -> None:
    transport = Transport(config)
    try:
        deadline = Deadline.after(config.deadline_s, runtime.clock)
        reply = transport.get(config.address(endpoint, INVENTED), deadline)
    except Exception as error:  # noqa: BLE001 - libraries raise anything for odd answers
        reply = RouterFailure(Reason.ROUTER_ANSWER_UNUSABLE, f"unforeseen {type(error).__name__}")
    finally:
        transport.close()
    if isinstance(reply, RouterFailure):
        results.put(EndpointProbe(endpoint, reply))
    else:
        results.put(_read(endpoint, reply, runtime))


def _read(endpoint: Endpoint, reply: Reply, runtime: Runtime) -> EndpointProbe:
    answer = read_reply(endpoint, INVENTED, reply)
    skew = ClockSkew(runtime.now)
    skew.record(reply.date)
    failure = answer.failure if isinstance(answer, TryNextEndpoint) else answer
    return EndpointProbe(
        endpoint=endpoint,
        failure=failure if isinstance(failure, RouterFailure) else None,
        status=reply.status,
        is_html=(reply.content_type or "").strip().lower().startswith(("text/html", "application/xhtml")),
        is_path_missing=isinstance(answer, TryNextEndpoint) and answer.path_missing,
        ahead_s=skew.offset().last_s,
    )


def _hangs(config: RouterConfig, thread: Thread) -> RouterFailure:
    if not is_resolving(thread.ident):
        return RouterFailure(Reason.ROUTER_TIMEOUT, "the call hangs")
    cause = Cause.PROXY if config.proxy else Cause.NAME
    return RouterFailure(
        Reason.ROUTER_TIMEOUT, "the name service does not answer in time", specific_cause=cause
    )


def _reaches(config: RouterConfig, runtime: Runtime) -> bool:
    """Whether anything answers in the Router's name, with a certificate that counts."""
    only = replace(config, endpoints=config.endpoints[:1])
    return any(one.status is not None for one in _ask_all(only, runtime))


def _source(config: RouterConfig) -> str | None:
    """Our address towards the Router; connecting a datagram socket sends nothing."""
    parts = urlsplit(config.base_url)
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            parts.hostname, parts.port or 443, type=socket.SOCK_DGRAM
        )[0]
        with socket.socket(family, kind) as made:
            made.connect(address)
            return str(made.getsockname()[0])
    except OSError:
        return None
