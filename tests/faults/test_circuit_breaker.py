"""A failing Router is not called, and its recovery is noticed; with real sockets and threads."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.cards import ANNA, BRUNO, NOT_FOUND, status_v2
from tests.support.fault_router import FaultRouter, refused_url
from tests.support.router_client import ANNA_ESCN, SPARE_S, ask, good, open_client, reason
from tests.support.router_scripts import answers, black_hole, closes, response, sends
from validator.router.answers import KnownCard, RouterAnswer, RouterFailure
from validator.router.circuit_breaker import JITTER_S, MAX_CONSECUTIVE_FAILURES, OPEN_S, BreakerState
from validator.router.client import RouterClient, RouterConfig
from validator.router.runtime import Runtime
from validator.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator


PEOPLE = 64
QUICK_S = 0.02
ONE = ("status-v2",)


class ShiftedClock:
    """The monotonic clock plus an offset that the test sets, so that no test waits ten seconds."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


@pytest.fixture(name="clock")
def _clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture(name="router")
def _router() -> Iterator[FaultRouter]:
    with FaultRouter(answers(500)) as router:
        yield router


def _new_client(router: FaultRouter, clock: ShiftedClock, **config: Any) -> RouterClient:
    wanted: dict[str, Any] = {"endpoints": ONE} | config
    return RouterClient(RouterConfig(router.url, **wanted), Runtime(clock))


ROUTER_FAULTS = {
    "silence": (black_hole, Reason.ROUTER_TIMEOUT),
    "closes": (closes, Reason.ROUTER_UNREACHABLE),
    "no HTTP": (sends(b"SSH-2.0-OpenSSH_9.2p1\r\n"), Reason.ROUTER_ANSWER_UNUSABLE),
    "breaks off": (sends(response(200, b"{}  ")[:-2]), Reason.ROUTER_ANSWER_UNUSABLE),
    "429": (answers(429), Reason.ROUTER_BUSY),
    "500": (answers(500), Reason.ROUTER_ERROR),
    "502": (answers(502), Reason.ROUTER_ERROR),
    "503": (answers(503), Reason.ROUTER_BUSY),
    "504": (answers(504), Reason.ROUTER_ERROR),
}
NO_ROUTER_FAULTS = {
    "unknown cards": answers(404, NOT_FOUND),
    "400": answers(400),
    "401": answers(401),
    "403": answers(403),
    "404 of the path": answers(404),
    "a redirect": answers(302, Location="/elsewhere"),
    "another card": answers(200, status_v2(BRUNO)),
    "an odd last day": answers(200, status_v2(ANNA, expiresAt="soon")),
    "a web page": answers(200, b"<!doctype html>", "text/html"),
}


@pytest.mark.parametrize("name", ROUTER_FAULTS)
def test_the_sixth_check_makes_no_call(name: str, router: FaultRouter, clock: ShiftedClock) -> None:
    """After five failed calls, checks fail at once with the right reason and without a call."""
    router.script, expected = ROUTER_FAULTS[name]
    client = _new_client(router, clock, **({"deadline_s": 0.1} if name == "silence" else {}))
    assert {reason(ask(client)) for _ in range(MAX_CONSECUTIVE_FAILURES)} == {expected}
    asked = len(router.requests)
    assert asked <= MAX_CONSECUTIVE_FAILURES

    assert {reason(ask(client)) for _ in range(100)} == {expected}
    assert len(router.requests) == asked
    assert client.health().breaker is BreakerState.OPEN
    assert client.health().open_because is expected
    client.close()


@pytest.mark.parametrize("name", NO_ROUTER_FAULTS)
def test_failures_of_a_card_or_our_access_do_not_open_it(
    name: str, router: FaultRouter, clock: ShiftedClock
) -> None:
    """A Router that answers in time is called for every card, whatever its answers are."""
    router.script = NO_ROUTER_FAULTS[name]
    client = _new_client(router, clock)
    answers = [ask(client) for _ in range(20)]
    assert not any(isinstance(one, KnownCard) for one in answers)
    assert len(router.requests) == 20
    assert client.health().breaker is BreakerState.CLOSED
    client.close()


def test_an_unreachable_router_opens_it() -> None:
    """Refused connections open it too; a retry counts as a call."""
    with open_client(refused_url()) as client:
        assert {reason(ask(client)) for _ in range(10)} == {Reason.ROUTER_UNREACHABLE}
        assert client.health().breaker is BreakerState.OPEN


def test_one_of_sixty_four_checks_is_the_probe(router: FaultRouter, clock: ShiftedClock) -> None:
    """When the open time is over, one check makes a call, the others fail at once; then all succeed."""
    client = _new_client(router, clock, permits=PEOPLE)
    for _ in range(MAX_CONSECUTIVE_FAILURES):
        ask(client)
    router.requests.clear()
    may_answer = threading.Event()

    def good_after_a_wait(exchange: Any) -> bool:
        may_answer.wait(10)
        return good(exchange)

    router.script = good_after_a_wait
    clock.ahead += OPEN_S + JITTER_S
    with ThreadPoolExecutor(PEOPLE) as people:
        asked = [people.submit(client.status, ANNA_ESCN) for _ in range(PEOPLE)]
        rejected = [
            answer for answer in _first_answers(asked, PEOPLE - 1) if isinstance(answer, RouterFailure)
        ]
        assert client.health().breaker is BreakerState.HALF_OPEN
        may_answer.set()
    known = [one for one in (each.result() for each in asked) if isinstance(one, KnownCard)]

    assert len(router.requests) == len(known) == 1
    assert {answer.reason for answer in rejected} == {Reason.ROUTER_ERROR}
    assert isinstance(ask(client), KnownCard)
    assert client.health().breaker is BreakerState.CLOSED
    client.close()


def test_a_failed_probe_is_not_retried(router: FaultRouter, clock: ShiftedClock) -> None:
    """A failure that is otherwise retried is not retried by the probe."""
    client = _new_client(router, clock)
    for _ in range(MAX_CONSECUTIVE_FAILURES):
        ask(client)
    router.script = answers(503)
    router.requests.clear()
    clock.ahead += OPEN_S + JITTER_S
    assert {reason(ask(client)) for _ in range(10)} == {Reason.ROUTER_BUSY}
    assert len(router.requests) == 1
    client.close()


def test_a_hanging_probe_does_not_keep_it_open(clock: ShiftedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that cannot be interrupted is abandoned at the deadline, and a later one is the next probe."""
    over = threading.Event()

    with FaultRouter(answers(500)) as router:
        client = _new_client(router, clock, deadline_s=SPARE_S)
        for _ in range(MAX_CONSECUTIVE_FAILURES):
            ask(client)
        transport = client._caller._transport
        clock.ahead += OPEN_S + JITTER_S
        with monkeypatch.context() as patched:
            patched.setattr(type(transport), "get", lambda *_: over.wait(30))
            assert reason(ask(client)) == Reason.ROUTER_TIMEOUT
        assert client.health().open_because is Reason.ROUTER_TIMEOUT
        router.script = good
        clock.ahead += OPEN_S + JITTER_S
        assert isinstance(ask(client), KnownCard)
        over.set()
        client.close()


def test_our_own_rate_limit_does_not_open_it(router: FaultRouter, clock: ShiftedClock) -> None:
    """Checks that we reject ourselves do not count against the Router."""
    router.script = good
    client = _new_client(router, clock, calls_per_s=0.1)
    assert isinstance(ask(client), KnownCard)
    assert {reason(ask(client)) for _ in range(20)} == {Reason.TOO_MANY_CHECKS}
    assert client.health().breaker is BreakerState.CLOSED
    client.close()


def test_a_full_bulkhead_does_not_open_it(clock: ShiftedClock) -> None:
    """Checks without a permit do not count against the Router."""
    go = threading.Event()

    def holds(exchange: Any) -> bool:
        go.wait(10)
        return good(exchange)

    with FaultRouter(holds) as router:
        client = _new_client(router, clock, permits=1, permit_wait_s=0.01)
        with ThreadPoolExecutor(20) as people:
            asked = [people.submit(client.status, ANNA_ESCN) for _ in range(20)]
            rejected = _first_answers(asked, 19)
            go.set()
        assert {reason(one) for one in rejected} == {Reason.TOO_MANY_CHECKS}
        assert client.health().breaker is BreakerState.CLOSED
        client.close()


def _first_answers(asked: list[Any], count: int) -> list[RouterAnswer]:
    """The first `count` answers; fails the test if they do not come."""
    until = time.monotonic() + 10
    while len(done := [one.result() for one in asked if one.done()]) < count:
        assert time.monotonic() < until
        time.sleep(QUICK_S)
    return done
