"""The promise with the settings of production: 2.5 s of deadline, an answer within 3.0 s."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.support.asking import ask, client, reason
from tests.support.fault_router import FaultRouter
from tests.support.plays import black_hole, drips, response
from validator.verdict import Reason

if TYPE_CHECKING:
    from tests.support.plays import Play


def test_the_default_deadline_keeps_the_promise() -> None:
    """Silence, slow headers and a slow body, asked with default settings, all end within 3.0 s."""
    body = response(200, b"{" + b" " * 400)
    plays = (black_hole, drips(b"", body, every_s=0.3), drips(body[:-400], body[-400:], every_s=0.3))

    with ThreadPoolExecutor(len(plays)) as people:
        told = list(people.map(_ask_by_default, plays))

    assert told == [Reason.ROUTER_TIMEOUT] * len(plays)


def _ask_by_default(play: Play) -> Reason:
    with FaultRouter(play) as router, client(router.url, deadline_s=2.5) as asking:
        return reason(ask(asking))
