"""No answer of the Router sends us anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.fault_router import FaultRouter
from tests.support.router_client import ask, open_client, reason
from tests.support.router_scripts import MIB, answers, closes, streams
from validator.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(status: int) -> None:
    """No connection is made to the target of a redirect, and the Router is called once."""
    with FaultRouter(closes) as elsewhere:
        script = answers(status, Location=f"{elsewhere.url}/esc-rest", Refresh=f"0; url={elsewhere.url}")
        with FaultRouter(script) as router, open_client(router.url) as client:
            assert reason(ask(client)) == Reason.ROUTER_REFUSED
            assert len(router.requests) == 1
        assert elsewhere.connections == 0


@pytest.mark.parametrize("target", ["http://[", "http://\udcff/", "file:///etc/passwd", "", "http://a b:x/"])
def test_an_odd_target_is_not_even_read(target: str) -> None:
    """Whatever a redirect names, it is a refusal like any other."""
    location = target.encode("utf-8", "surrogateescape").decode("latin-1")
    with FaultRouter(answers(302, Location=location)) as router, open_client(router.url) as client:
        assert reason(ask(client)) == Reason.ROUTER_REFUSED


def test_the_body_of_a_redirect_is_not_read() -> None:
    """A redirect with 100 MB behind it is answered at once: the other side cannot get rid of them."""
    sent: list[int] = []

    def chunks() -> Iterator[bytes]:
        for count in range(100):
            yield MIB
            sent.append(count)

    head = b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 104857600\r\n\r\n"
    with FaultRouter(streams(head, chunks())) as router, open_client(router.url) as client:
        assert reason(ask(client)) == Reason.ROUTER_REFUSED
    assert len(sent) < 50
