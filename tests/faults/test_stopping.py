"""Stopping and starting again: what was begun is finished, and what was remembered is still known."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from typing import TYPE_CHECKING

from tests.support.cards import ANNA
from tests.support.fault_router import FaultRouter
from tests.support.server_process import every_card, new_number, running_server

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.fault_router import Exchange

AT_ONCE = 8
GRACE_S = 10


class _HeldUp:
    """A Router that answers no request until it is released, and counts the waiting requests."""

    def __init__(self) -> None:
        self.all_here, self.go = Event(), Event()
        self._lock, self._here = Lock(), 0

    def __call__(self, exchange: Exchange) -> bool:
        with self._lock:
            self._here += 1
            if self._here == AT_ONCE:
                self.all_here.set()
        self.go.wait(GRACE_S)
        return every_card(exchange)


def test_a_stop_finishes_every_check_that_was_begun(tmp_path: Path) -> None:
    """SIGTERM while eight people wait: all eight get their answer, and the server is gone within 10 s."""
    router_play = _HeldUp()
    with FaultRouter(router_play) as router, running_server(tmp_path, router.url) as site:
        with ThreadPoolExecutor(AT_ONCE) as people:
            waiting = [people.submit(site.validate, new_number()) for _ in range(AT_ONCE)]
            assert router_play.all_here.wait(GRACE_S)
            site.process.send_signal(signal.SIGTERM)
            router_play.go.set()

            assert [one.result()["outcome"] for one in waiting] == ["valid"] * AT_ONCE
        assert site.process.wait(GRACE_S) == 0


def test_a_restart_keeps_what_was_remembered(tmp_path: Path) -> None:
    """After a restart without a Router the card that was seen before is still answered, as remembered."""
    with FaultRouter(every_card) as router, running_server(tmp_path, router.url) as site:
        assert site.validate(ANNA)["source"] == "router"
        gone = router.url
    with running_server(tmp_path, gone, fresh_s="0") as site:
        answer = site.validate(ANNA)

    assert (answer["outcome"], answer["source"]) == ("valid", "cache")
