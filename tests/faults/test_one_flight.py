"""Sixty-four concurrent checks of one card: the Router is called once, whether it answers or fails."""

from __future__ import annotations

import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.support.app_factory import close, make_app
from tests.support.cards import ANNA, status_v2
from tests.support.fault_router import FaultRouter
from tests.support.router_scripts import response, stalls

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = 64
THINKS_S = 1.0


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, "valid"), (404, "not_valid"), (500, "could_not_check"), (429, "could_not_check")],
)
def test_concurrent_checks_of_one_card_make_one_call(tmp_path: Path, status: int, outcome: str) -> None:
    """All sixty-four get the same outcome from one question to the Router."""
    body = status_v2(ANNA) if status == 200 else {"code": "ER-0001", "message": "as the test wants"}
    with FaultRouter(stalls(b"", THINKS_S, response(status, json.dumps(body).encode()))) as router:
        app = make_app(tmp_path, router.url)
        token = app.test_cli_runner().invoke(args=["device", "add", "till"]).output.split()[-1]
        together = threading.Barrier(PEOPLE)

        def check(_: int) -> str:
            client = app.test_client()
            together.wait()
            answer = client.post(
                "/api/v1/validations", json={"input": ANNA}, headers={"Authorization": f"Bearer {token}"}
            )
            return str(answer.get_json()["outcome"])

        with ThreadPoolExecutor(PEOPLE) as people:
            outcomes = Counter(people.map(check, range(PEOPLE)))
        close(app)

    assert outcomes == {outcome: PEOPLE}
    assert len(router.requests) == 1
