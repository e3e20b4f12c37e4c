"""The promise with the settings of production: 2.5 s of deadline, an answer within 3.0 s."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.support.fault_router import FaultRouter
from tests.support.router_client import ask, open_client, reason
from tests.support.router_scripts import black_hole, drips, response
from validator.verdict import Reason

if TYPE_CHECKING:
    from tests.support.router_scripts import Script


def test_the_default_deadline_keeps_the_promise() -> None:
    """Silence, slow headers and a slow body, asked with default settings, all end within 3.0 s."""
    body = response(200, b"{" + b" " * 400)
    scripts = (black_hole, drips(b"", body, every_s=0.3), drips(body[:-400], body[-400:], every_s=0.3))

    with ThreadPoolExecutor(len(scripts)) as people:
        reasons = list(people.map(_ask_by_default, scripts))

    assert reasons == [Reason.ROUTER_TIMEOUT] * len(scripts)


def _ask_by_default(script: Script) -> Reason:
    with FaultRouter(script) as router, open_client(router.url, deadline_s=2.5) as client:
        return reason(ask(client))
