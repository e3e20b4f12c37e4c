"""One more try where it may help and time is left for it; never two, never where we are asked to wait."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import certificates
from tests.support.cards import ANNA, verifier
from tests.support.fault_router import FaultRouter, full_backlog, refused_url
from tests.support.router_client import SHORT_S, SPARE_S, ask, good, open_client, reason
from tests.support.router_scripts import answers, black_hole, by_endpoint, closes, in_turn, resets_after
from validator.router.answers import KnownCard
from validator.router.call import PAUSE_S, RETRY_SHARE
from validator.router.client import RouterClient, RouterConfig
from validator.router.runtime import Runtime
from validator.verdict import Reason

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.fault_router import Exchange
    from tests.support.router_scripts import Script

PASSING = {"502": answers(502), "503": answers(503), "504": answers(504)}
LASTING: dict[str, Script] = {
    "429": answers(429),
    "500": answers(500),
    "503 that asks us to wait": answers(503, Retry_After="1"),
    "401": answers(401),
    "400": answers(400),
    "closed without a word": closes,
    "reset": resets_after(b""),
    "silence": black_hole,
}
STILL = Runtime(sleep=lambda _: None)


@pytest.mark.parametrize("name", PASSING)
def test_a_transient_gateway_failure_is_retried(name: str) -> None:
    """The answer of the retry is returned as if it were the first."""
    with FaultRouter(in_turn(PASSING[name], good)) as router, open_client(router.url) as client:
        assert isinstance(ask(client), KnownCard)
        assert len(router.requests) == 2


@pytest.mark.parametrize("name", PASSING)
def test_there_is_one_retry_at_most(name: str) -> None:
    """If the retry fails too, the check fails; the other endpoint is not called either."""
    with FaultRouter(PASSING[name]) as router, open_client(router.url) as client:
        assert reason(ask(client)) in {Reason.ROUTER_ERROR, Reason.ROUTER_BUSY}
        assert len({request.path for request in router.requests}) == 1
        assert len(router.requests) == 2


@pytest.mark.parametrize("name", LASTING)
def test_lasting_failures_are_not_retried(name: str) -> None:
    """No retry after a request to wait, a refusal, a time-out, or a connection that broke later."""
    bound = {"deadline_s": SHORT_S} if name == "silence" else {}
    with FaultRouter(LASTING[name]) as router, open_client(router.url, **bound) as client:
        reason(ask(client))
        assert len(router.requests) == 1


def test_one_retry_for_both_endpoints_together() -> None:
    """A check that tried the first endpoint twice tries the second one once."""
    scripts = by_endpoint(in_turn(answers(503), answers(403)), answers(503))
    with FaultRouter(scripts) as router, open_client(router.url) as client:
        assert reason(ask(client)) == Reason.ROUTER_REFUSED
        assert ["verifier" in request.path for request in router.requests] == [False, False, True]


def test_the_second_endpoint_may_be_retried() -> None:
    """The one second try goes to whichever endpoint needs it."""
    scripts = by_endpoint(answers(403), in_turn(answers(502), answers(200, verifier(ANNA))))
    with FaultRouter(scripts) as router, open_client(router.url) as client:
        assert isinstance(ask(client), KnownCard)
        assert len(router.requests) == 3


def test_late_failures_are_not_retried() -> None:
    """With less than two fifths of the time left, what failed has failed."""

    def late(exchange: Exchange) -> bool:
        exchange.over.wait(0.75 * SPARE_S)
        return answers(503)(exchange)

    with FaultRouter(late) as router, open_client(router.url, deadline_s=SPARE_S) as client:
        assert reason(ask(client)) == Reason.ROUTER_BUSY
        assert len(router.requests) == 1
    assert RETRY_SHARE == 0.4


def test_a_port_that_opens_a_moment_later_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused connection is tried once more, and only once."""
    connect = socket.socket.connect
    refusals = [ConnectionRefusedError(111, "Connection refused")]

    def refuses_once(sock: socket.socket, address: Any) -> None:
        if refusals:
            raise refusals.pop()
        connect(sock, address)

    with FaultRouter(good) as router, open_client(router.url) as client:
        monkeypatch.setattr(socket.socket, "connect", refuses_once)
        assert isinstance(ask(client), KnownCard)
        assert router.connections == 1


def test_a_closed_port_is_retried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more often than that, and the pause between the two is short and by chance."""
    knocks: list[Any] = []
    pauses: list[float] = []
    connect = socket.socket.connect

    def counts(sock: socket.socket, address: Any) -> None:
        knocks.append(address)
        connect(sock, address)

    monkeypatch.setattr(socket.socket, "connect", counts)
    client = RouterClient(
        RouterConfig(refused_url()), replace(STILL, sleep=pauses.append, random=lambda: 0.5)
    )
    assert reason(ask(client)) == Reason.ROUTER_UNREACHABLE
    client.close()
    assert len(knocks) == 2
    assert pauses == [0.5 * PAUSE_S]


def test_two_failed_connections_stay_within_the_deadline() -> None:
    """Where packets vanish, both tries together end before the deadline, as unreachable."""
    with full_backlog() as url, open_client(url, connect_s=0.4) as client:
        assert reason(ask(client)) == Reason.ROUTER_UNREACHABLE


def test_a_bad_certificate_is_not_retried(tmp_path: Path) -> None:
    """It will not be better a moment later."""
    tls = certificates.serving(tmp_path)
    with FaultRouter(good, tls) as router, open_client(router.url) as client:
        assert reason(ask(client)) == Reason.ROUTER_UNREACHABLE
        assert router.connections == 1


def test_a_retry_counts_as_a_call() -> None:
    """With one call left under the ceiling there is none, and people hear the first one's reason."""
    with FaultRouter(answers(502)) as router, open_client(router.url, calls_per_s=0.1) as client:
        assert reason(ask(client)) == Reason.ROUTER_ERROR
        assert len(router.requests) == 1
