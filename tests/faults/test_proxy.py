"""A web proxy between us and the Router: it is used if it is set, and its failures are distinguished."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import certificates
from tests.support.cards import ANNA
from tests.support.fault_router import FaultRouter, refused_url
from tests.support.forward_proxy import ForwardProxy
from tests.support.router_client import ask, failed, good, open_client
from tests.support.router_scripts import answers, black_hole, closes, drips, response, sends
from validator.router.answers import Cause, KnownCard
from validator.router.route import Proxy
from validator.verdict import Reason

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.router_scripts import Script

FAULTS: dict[str, Script] = {
    "silence": black_hole,
    "drip": drips(b"", response(200, content_type=None), every_s=0.05),
    "endless headers": drips(b"HTTP/1.1 200 OK\r\n", b"a: b\r\n" * 100, every_s=0.01),
    "407": answers(407, b"<html>", "text/html", Proxy_Authenticate='Basic realm="campus"'),
    "403": answers(403, b"<html>", "text/html"),
    "502": answers(502, b"<html>", "text/html"),
    "503": answers(503, b"<html>", "text/html"),
    "garbage": sends(b"\x16\x03\x01 no http\r\n\r\n"),
    "closed": closes,
}

NEVER_DONE = {"silence", "drip", "endless headers"}


def by(proxy_url: str) -> Proxy:
    """This proxy, as a setting names it."""
    return Proxy.parse(proxy_url, "ESCV_ROUTER_PROXY")


def test_the_router_is_asked_through_the_proxy(tmp_path: Path) -> None:
    """By CONNECT: the proxy sees no number, the tunnel is kept, the password goes to the proxy alone."""
    tls = certificates.serving(tmp_path)
    with FaultRouter(good, tls) as router, ForwardProxy() as proxy:
        named = by(proxy.url.replace("://", "://campus:s%40crown@"))
        with open_client(router.url, proxy=named, ca_file=str(tmp_path / "cert.pem")) as client:
            assert isinstance(ask(client), KnownCard)
            assert isinstance(ask(client), KnownCard)

        assert proxy.asked == [router.url.removeprefix("https://")]
        assert proxy.requests[0].headers["proxy-authorization"].startswith("Basic ")
        assert all("proxy-authorization" not in request.headers for request in router.requests)
        assert not any(ANNA in str(request) for request in proxy.requests)


def test_a_proxy_reached_by_tls_is_verified_too(tmp_path: Path) -> None:
    """TLS within TLS works where the authority counts; a proxy that cannot prove itself is refused."""
    tls = certificates.serving(tmp_path)
    with FaultRouter(good, tls) as router, ForwardProxy(tls=tls) as proxy:
        with open_client(router.url, proxy=by(proxy.url)) as client:
            answer = failed(ask(client))
            assert answer.cause is Cause.PROXY
            assert "certificate" in answer.detail
            assert proxy.requests == []
        with open_client(router.url, proxy=by(proxy.url), ca_file=str(tmp_path / "cert.pem")) as client:
            assert isinstance(ask(client), KnownCard)


@pytest.mark.parametrize("fault", FAULTS)
def test_failures_of_a_proxy_are_attributed_to_it(fault: str) -> None:
    """Whatever it does in place of a connection: no verdict, in time, and the cause is the proxy."""
    bounds = {"connect_s": 0.2} if fault in NEVER_DONE else {}
    with (
        ForwardProxy(FAULTS[fault]) as proxy,
        open_client("https://localhost:9", proxy=by(proxy.url), **bounds) as client,
    ):
        answer = failed(ask(client))
        assert (answer.cause, answer.detail[:7]) == (Cause.PROXY, "proxy: ")


@pytest.mark.parametrize("fault", ["407", "502", "garbage", "closed"])
def test_failures_of_a_plain_http_proxy_are_attributed_to_it(fault: str) -> None:
    """Over http it answers in the Router's place."""
    with (
        ForwardProxy(FAULTS[fault]) as proxy,
        open_client("http://localhost:9", proxy=by(proxy.url)) as client,
    ):
        assert failed(ask(client)).cause is Cause.PROXY


def test_a_missing_proxy_is_reported() -> None:
    """If no proxy listens, the failure names the proxy, not the Router."""
    with open_client("https://localhost:9", proxy=by(refused_url())) as client:
        answer = failed(ask(client))
        assert (answer.reason, answer.cause) == (Reason.ROUTER_UNREACHABLE, Cause.PROXY)
        assert "ECONNREFUSED" in answer.detail


def test_plain_http_goes_through_the_proxy_as_well() -> None:
    """A Router on this machine may be asked through a proxy that is named for it."""
    with (
        FaultRouter(good) as router,
        ForwardProxy() as proxy,
        open_client(router.url, proxy=by(proxy.url)) as client,
    ):
        assert isinstance(ask(client), KnownCard)
        assert len(proxy.asked) == len(router.requests) == 1
