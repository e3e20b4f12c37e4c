"""A Router that takes every question and never answers, before the real server and sixty-four people."""

from __future__ import annotations

import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.support.fault_router import FaultRouter
from tests.support.router_scripts import black_hole
from tests.support.server_process import every_card, new_number, running_server

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = 64
PERMITS = 14  # of the settings as they come; gunicorn.conf.py has two threads more
TIMEOUT_S = 20.0


def test_a_hung_router_takes_its_share_of_threads_and_no_more(tmp_path: Path) -> None:
    """While fourteen calls hang, /livez answers and remembered cards are answered."""
    with (
        FaultRouter(every_card) as router,
        running_server(tmp_path, router.url, workers=1, fresh_s="3600", router_deadline_s="2.8") as at,
        ThreadPoolExecutor(PEOPLE) as people,
    ):
        known = new_number()
        assert at.validate(known)["outcome"] == "valid"
        router.script = black_hole
        router.requests.clear()
        waiting = [people.submit(at.validate, new_number()) for _ in range(PEOPLE)]
        until = time.monotonic() + TIMEOUT_S
        while len(router.requests) < PERMITS:
            assert time.monotonic() < until
            time.sleep(0.01)

        with urllib.request.urlopen(f"http://127.0.0.1:{at.port}/livez", timeout=TIMEOUT_S) as alive:
            assert alive.read() == b"alive\n"
        assert at.validate(known)["source"] == "cache"
        hanging = sum(not one.done() for one in waiting)
        reasons = [one.result()["reason"] for one in waiting]

    assert hanging >= PERMITS
    assert set(reasons) <= {"router_timeout", "too_many_checks"}


@pytest.mark.soak
def test_two_processes_ask_once_each(tmp_path: Path) -> None:
    """Sixty-four checks of one card in two processes: the Router is called twice at most, then never."""
    with (
        FaultRouter(every_card) as router,
        running_server(tmp_path, router.url, workers=2, fresh_s="3600") as at,
        ThreadPoolExecutor(PEOPLE) as people,
    ):
        number = new_number()
        verdicts = list(people.map(at.validate, [number] * PEOPLE))

    assert {one["outcome"] for one in verdicts} == {"valid"}
    assert 1 <= len(router.requests) <= 2
