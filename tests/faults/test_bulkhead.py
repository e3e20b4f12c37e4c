"""A hung or fast Router never costs more than its share of threads and calls."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.support.fault_router import FaultRouter
from tests.support.router_client import ANNA_ESCN, PROMISE_S, SHORT_S, SPARE_S, ask, good, open_client, reason
from tests.support.router_scripts import answers, black_hole, by_endpoint
from validator.router.answers import KnownCard
from validator.router.client import RouterClient, RouterConfig
from validator.router.runtime import Runtime
from validator.verdict import Reason

if TYPE_CHECKING:
    import pytest


def test_checks_beyond_the_permits_are_rejected_soon() -> None:
    """Of eight checks at a silent Router with two permits, two time out and six are too many."""
    with (
        FaultRouter(black_hole) as router,
        open_client(router.url, deadline_s=SPARE_S, permits=2, permit_wait_s=0.05) as client,
        ThreadPoolExecutor(8) as people,
    ):
        reasons = sorted(reason(answer) for answer in people.map(client.status, [ANNA_ESCN] * 8))
        assert reasons == [Reason.ROUTER_TIMEOUT] * 2 + [Reason.TOO_MANY_CHECKS] * 6
        assert len(router.requests) == 2


def test_a_permit_released_in_time_is_used() -> None:
    """A check without a permit waits briefly and uses a permit that is released in this time."""
    with FaultRouter(good) as router, ThreadPoolExecutor(3) as people:
        config = RouterConfig(router.url, permits=1, permit_wait_s=PROMISE_S)
        client = RouterClient(config, Runtime(lambda: 0.0))
        answers = list(people.map(client.status, [ANNA_ESCN] * 3))
        client.close()
    assert all(isinstance(answer, KnownCard) for answer in answers)


def test_threads_do_not_pile_up() -> None:
    """After many time-outs no more threads run than before."""
    with FaultRouter(black_hole) as router:
        for _ in range(5):
            with open_client(router.url, deadline_s=0.02) as client:
                assert [reason(ask(client)) for _ in range(4)] == [Reason.ROUTER_TIMEOUT] * 4
        left = [thread for thread in threading.enumerate() if thread.name == "router-call"]
        for thread in left:
            thread.join(SHORT_S)
        assert not any(thread.is_alive() for thread in left)


def test_a_thread_that_cannot_start_is_too_many_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the system starts no more threads, the check fails with that reason and releases its permit."""
    start = threading.Thread.start

    def refuses(thread: threading.Thread) -> None:
        if thread.name == "router-call":
            raise RuntimeError("can't start new thread")
        start(thread)

    with FaultRouter(good) as router, open_client(router.url, permits=1) as client:
        with monkeypatch.context() as patched:
            patched.setattr(threading.Thread, "start", refuses)
            assert reason(ask(client)) == Reason.TOO_MANY_CHECKS
        assert isinstance(ask(client), KnownCard)


def test_the_rate_limit_rejects_and_recovers() -> None:
    """At one call a second, a burst of ten is allowed, the eleventh is rejected; later one more passes."""
    now = [0.0]
    with FaultRouter(good) as router:
        client = RouterClient(RouterConfig(router.url, calls_per_s=1.0), Runtime(lambda: now[0]))
        assert all(isinstance(ask(client), KnownCard) for _ in range(10))
        assert reason(ask(client)) == Reason.TOO_MANY_CHECKS
        now[0] = 1.0
        assert isinstance(ask(client), KnownCard)
        assert reason(ask(client)) == Reason.TOO_MANY_CHECKS
        client.close()
        assert len(router.requests) == 11


def test_a_second_endpoint_counts_as_a_call() -> None:
    """The ceiling is on calls, not on checks: with one call left, a fall-back does not go out."""
    with (
        FaultRouter(by_endpoint(answers(403), good)) as router,
        open_client(router.url, calls_per_s=0.1) as client,
    ):
        assert reason(ask(client)) == Reason.ROUTER_REFUSED
        assert len(router.requests) == 1
