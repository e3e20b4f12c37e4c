"""The second endpoint is called only if that can help, and the failure names the reason to act on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.cards import ANNA, NOT_FOUND, status_v2, verifier
from tests.support.fault_router import FaultRouter
from tests.support.router_client import SPARE_S, ask, open_client, reason
from tests.support.router_scripts import answers, black_hole, by_endpoint, in_turn
from validator.router.answers import KnownCard, UnknownCard
from validator.router.call import PREFER_S
from validator.router.client import RouterClient, RouterConfig
from validator.router.runtime import Runtime
from validator.verdict import Reason

if TYPE_CHECKING:
    from tests.support.fault_router import Exchange
    from tests.support.router_scripts import Script

STATUS_V2 = f"/esc-rest/api/v2/cards/{ANNA}/status"
VERIFIER = f"/esc-verifier-service/api/v1/cards/verify/{ANNA}"
KNOWS = answers(200, verifier(ANNA))
MISSING = answers(404, b"<h1>Not found</h1>", "text/html")


def _paths(router: FaultRouter) -> list[str]:
    return [request.path for request in router.requests]


@pytest.mark.parametrize("first", [answers(403), MISSING], ids=["403", "404 of the path"])
def test_the_second_endpoint_is_called_if_the_first_is_unavailable(first: Script) -> None:
    """After a refused network or a missing path, the other endpoint is called at once."""
    with FaultRouter(by_endpoint(first, KNOWS)) as router, open_client(router.url) as client:
        assert isinstance(ask(client), KnownCard)
        assert _paths(router) == [STATUS_V2, VERIFIER]


@pytest.mark.parametrize("status", [301, 400, 401, 429, 500])
def test_other_failures_do_not_call_the_second_endpoint(status: int) -> None:
    """Any other failure is returned after one request."""
    with FaultRouter(by_endpoint(answers(status), KNOWS)) as router, open_client(router.url) as client:
        reason(ask(client))
        assert _paths(router) == [STATUS_V2]


def test_an_unknown_card_is_an_answer() -> None:
    """A card that the first endpoint does not know is not looked for elsewhere."""
    with (
        FaultRouter(by_endpoint(answers(404, NOT_FOUND), KNOWS)) as router,
        open_client(router.url) as client,
    ):
        assert ask(client) == UnknownCard()
        assert _paths(router) == [STATUS_V2]


def test_the_operators_order_is_followed() -> None:
    """With the verifier named first, it is asked first and alone."""
    order = ("verifier", "status-v2")
    with (
        FaultRouter(by_endpoint(black_hole, KNOWS)) as router,
        open_client(router.url, endpoints=order) as client,
    ):
        assert isinstance(ask(client), KnownCard)
        assert _paths(router) == [VERIFIER]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (answers(403), answers(403), Reason.ROUTER_REFUSED),
        (answers(403), answers(500), Reason.ROUTER_REFUSED),
        (answers(403), MISSING, Reason.ROUTER_REFUSED),
        (answers(403), black_hole, Reason.ROUTER_REFUSED),
        (MISSING, answers(403), Reason.ROUTER_REFUSED),
        (MISSING, answers(429), Reason.ROUTER_BUSY),
        (MISSING, answers(500), Reason.ROUTER_ERROR),
        (MISSING, black_hole, Reason.ROUTER_TIMEOUT),
        (MISSING, MISSING, Reason.ROUTER_ANSWER_UNUSABLE),
    ],
)
def test_if_both_fail_the_reason_to_act_on_is_returned(
    first: Script, second: Script, expected: Reason
) -> None:
    """The first reason counts, unless it was only that a path is missing."""
    bound = {"deadline_s": SPARE_S} if second is black_hole else {}
    with FaultRouter(by_endpoint(first, second)) as router, open_client(router.url, **bound) as client:
        assert reason(ask(client)) == expected
        assert _paths(router) == [STATUS_V2, VERIFIER]


def test_a_lasting_refusal_of_the_first_endpoint_does_not_double_calls() -> None:
    """The endpoint that helped out goes first for some minutes; then the operator's order is tried again."""
    now = [0.0]
    with FaultRouter(by_endpoint(answers(403), KNOWS)) as router:
        client = RouterClient(RouterConfig(router.url), Runtime(lambda: now[0]))
        for pause in (0, 0, PREFER_S, 0):
            ask(client)
            now[0] += pause
        client.close()
        assert _paths(router) == [STATUS_V2, VERIFIER, VERIFIER, VERIFIER, STATUS_V2, VERIFIER]


def test_one_check_has_one_deadline_for_both_endpoints() -> None:
    """A first endpoint that refuses slowly leaves the second only what is left."""

    def slow_refusal(exchange: Exchange) -> bool:
        exchange.over.wait(0.3)
        return answers(403)(exchange)

    with (
        FaultRouter(by_endpoint(slow_refusal, black_hole)) as router,
        open_client(router.url, deadline_s=SPARE_S) as client,
    ):
        assert reason(ask(client)) == Reason.ROUTER_REFUSED


def test_a_busy_router_is_not_retried() -> None:
    """If the Router asks to wait a day, a check neither waits nor retries; the next one calls again."""
    script = in_turn(answers(429, Retry_After="86400"), answers(200, status_v2(ANNA)))
    with FaultRouter(script) as router, open_client(router.url) as client:
        assert reason(ask(client)) == Reason.ROUTER_BUSY
        assert len(router.requests) == 1
        assert isinstance(ask(client), KnownCard)
