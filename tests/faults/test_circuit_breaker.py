"""A Router that ails is left alone and found again, over real sockets and with real threads."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.asking import ANNAS, SPARE_S, ask, client, good, reason
from tests.support.cards import ANNA, BRUNO, NOT_FOUND, status_v2
from tests.support.fault_router import FaultRouter, refused_url
from tests.support.plays import answers, black_hole, closes, response, says
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


class Elapsing:
    """The monotonic clock, moved ahead at will, so that nobody waits ten seconds."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


@pytest.fixture(name="clock")
def _clock() -> Elapsing:
    return Elapsing()


@pytest.fixture(name="router")
def _router() -> Iterator[FaultRouter]:
    with FaultRouter(answers(500)) as router:
        yield router


def _client(router: FaultRouter, clock: Elapsing, **config: Any) -> RouterClient:
    wanted: dict[str, Any] = {"endpoints": ONE} | config
    return RouterClient(RouterConfig(router.url, **wanted), Runtime(clock))


AILING = {
    "silence": (black_hole, Reason.ROUTER_TIMEOUT),
    "closes": (closes, Reason.ROUTER_UNREACHABLE),
    "no HTTP": (says(b"SSH-2.0-OpenSSH_9.2p1\r\n"), Reason.ROUTER_ANSWER_UNUSABLE),
    "breaks off": (says(response(200, b"{}  ")[:-2]), Reason.ROUTER_ANSWER_UNUSABLE),
    "429": (answers(429), Reason.ROUTER_BUSY),
    "500": (answers(500), Reason.ROUTER_ERROR),
    "502": (answers(502), Reason.ROUTER_ERROR),
    "503": (answers(503), Reason.ROUTER_BUSY),
    "504": (answers(504), Reason.ROUTER_ERROR),
}
WELL = {
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


@pytest.mark.parametrize("name", AILING)
def test_the_sixth_card_is_not_asked_about(name: str, router: FaultRouter, clock: Elapsing) -> None:
    """After five failed calls people hear at once what is wrong, in the words for it, and nobody is asked."""
    router.play, expected = AILING[name]
    asking = _client(router, clock, **({"deadline_s": 0.1} if name == "silence" else {}))
    assert {reason(ask(asking)) for _ in range(MAX_CONSECUTIVE_FAILURES)} == {expected}
    asked = len(router.requests)
    assert asked <= MAX_CONSECUTIVE_FAILURES

    assert {reason(ask(asking)) for _ in range(100)} == {expected}
    assert len(router.requests) == asked
    assert asking.health().breaker is BreakerState.OPEN
    assert asking.health().open_because is expected
    asking.close()


@pytest.mark.parametrize("name", WELL)
def test_what_is_about_a_card_or_our_access_opens_nothing(
    name: str, router: FaultRouter, clock: Elapsing
) -> None:
    """A Router that answers in time is asked about every card, whatever it says of this one."""
    router.play = WELL[name]
    asking = _client(router, clock)
    told = [ask(asking) for _ in range(20)]
    assert not any(isinstance(one, KnownCard) for one in told)
    assert len(router.requests) == 20
    assert asking.health().breaker is BreakerState.CLOSED
    asking.close()


def test_a_router_that_nobody_reaches_is_left_alone() -> None:
    """Refused connections open it too, a second try included in the count."""
    with client(refused_url()) as asking:
        assert {reason(ask(asking)) for _ in range(10)} == {Reason.ROUTER_UNREACHABLE}
        assert asking.health().breaker is BreakerState.OPEN


def test_one_of_sixty_four_people_finds_out(router: FaultRouter, clock: Elapsing) -> None:
    """When the time is over, one card is asked about, the others are answered at once; then all are well."""
    asking = _client(router, clock, permits=PEOPLE)
    for _ in range(MAX_CONSECUTIVE_FAILURES):
        ask(asking)
    router.requests.clear()
    found_out = threading.Event()

    def slowly_good(talk: Any) -> bool:
        found_out.wait(10)
        return good(talk)

    router.play = slowly_good
    clock.ahead += OPEN_S + JITTER_S
    with ThreadPoolExecutor(PEOPLE) as people:
        asked = [people.submit(asking.status, ANNAS) for _ in range(PEOPLE)]
        kept_back = [
            answer for answer in _as_they_come(asked, PEOPLE - 1) if isinstance(answer, RouterFailure)
        ]
        assert asking.health().breaker is BreakerState.HALF_OPEN
        found_out.set()
    known = [one for one in (each.result() for each in asked) if isinstance(one, KnownCard)]

    assert len(router.requests) == len(known) == 1
    assert {answer.reason for answer in kept_back} == {Reason.ROUTER_ERROR}
    assert isinstance(ask(asking), KnownCard)
    assert asking.health().breaker is BreakerState.CLOSED
    asking.close()


def test_a_failed_probe_is_not_repeated(router: FaultRouter, clock: Elapsing) -> None:
    """Where a second try would otherwise be made, the one that finds out makes none."""
    asking = _client(router, clock)
    for _ in range(MAX_CONSECUTIVE_FAILURES):
        ask(asking)
    router.play = answers(503)
    router.requests.clear()
    clock.ahead += OPEN_S + JITTER_S
    assert {reason(ask(asking)) for _ in range(10)} == {Reason.ROUTER_BUSY}
    assert len(router.requests) == 1
    asking.close()


def test_a_probe_that_hangs_does_not_keep_it_shut(clock: Elapsing, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that cannot be interrupted is given up at the deadline, and the next one finds out later."""
    over = threading.Event()

    with FaultRouter(answers(500)) as router:
        asking = _client(router, clock, deadline_s=SPARE_S)
        for _ in range(MAX_CONSECUTIVE_FAILURES):
            ask(asking)
        transport = asking._caller._transport
        clock.ahead += OPEN_S + JITTER_S
        with monkeypatch.context() as patched:
            patched.setattr(type(transport), "get", lambda *_: over.wait(30))
            assert reason(ask(asking)) == Reason.ROUTER_TIMEOUT
        assert asking.health().open_because is Reason.ROUTER_TIMEOUT
        router.play = good
        clock.ahead += OPEN_S + JITTER_S
        assert isinstance(ask(asking), KnownCard)
        over.set()
        asking.close()


def test_our_own_ceiling_opens_nothing(router: FaultRouter, clock: Elapsing) -> None:
    """Cards that we hold back ourselves say nothing about the Router."""
    router.play = good
    asking = _client(router, clock, calls_per_s=0.1)
    assert isinstance(ask(asking), KnownCard)
    assert {reason(ask(asking)) for _ in range(20)} == {Reason.TOO_MANY_CHECKS}
    assert asking.health().breaker is BreakerState.CLOSED
    asking.close()


def test_too_many_at_once_open_nothing(clock: Elapsing) -> None:
    """Nor do cards that find no permit."""
    go = threading.Event()

    def holds(talk: Any) -> bool:
        go.wait(10)
        return good(talk)

    with FaultRouter(holds) as router:
        asking = _client(router, clock, permits=1, permit_wait_s=0.01)
        with ThreadPoolExecutor(20) as people:
            asked = [people.submit(asking.status, ANNAS) for _ in range(20)]
            kept_back = _as_they_come(asked, 19)
            go.set()
        assert {reason(one) for one in kept_back} == {Reason.TOO_MANY_CHECKS}
        assert asking.health().breaker is BreakerState.CLOSED
        asking.close()


def _as_they_come(asked: list[Any], count: int) -> list[RouterAnswer]:
    """The first so many answers; fails the test where they do not come."""
    until = time.monotonic() + 10
    while len(done := [one.result() for one in asked if one.done()]) < count:
        assert time.monotonic() < until
        time.sleep(QUICK_S)
    return done
