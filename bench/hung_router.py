"""Answer times of checks while the Router hangs: `python -m bench.hung_router [seconds]`.

Sixty-four clients keep asking about new cards while the Router takes every question and never answers. Beside
them one client asks for /livez and one for a remembered card. Then the Router heals. One server process.
"""

from __future__ import annotations

import http.client
import json
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from bench.support import quantile
from scanner.escn import Escn
from tests.support.fault_router import FaultRouter
from tests.support.router_scripts import answers, black_hole
from tests.support.server_process import ServerProcess, every_card, new_number, running_server
from validator.router.client import RouterClient, RouterConfig

if TYPE_CHECKING:
    from collections.abc import Callable

CLIENTS = 64
SECONDS = 20.0
PAUSE_S = 0.02
TILL_S = 1.0  # from one card to the next at a till in a hurry


class Requests:
    """Sends requests over one connection until stopped; records durations in seconds."""

    def __init__(self, at: ServerProcess, number: Callable[[], str] | None, pause_s: float = PAUSE_S) -> None:
        self.took: list[float] = []
        self.reasons: Counter[str] = Counter()
        self._number, self._pause_s = number, pause_s
        self._connection = http.client.HTTPConnection("127.0.0.1", at.port, timeout=30)
        self._headers = {"Authorization": f"Bearer {at.token}", "Content-Type": "application/json"}

    def until(self, over: threading.Event) -> None:
        """Ask until then."""
        while not over.wait(self._pause_s):
            began = time.perf_counter()
            self.reasons[self._once()] += 1
            self.took.append(time.perf_counter() - began)

    def _once(self) -> str:
        if self._number is None:
            self._connection.request("GET", "/livez")
            return self._connection.getresponse().read().decode().strip()
        body = json.dumps({"input": self._number()})
        self._connection.request("POST", "/api/v1/validations", body, self._headers)
        return str(json.load(self._connection.getresponse())["reason"])


def row(name: str, took: list[float]) -> None:
    """Print the usual figures."""
    p50, p99, worst = (1000 * value for value in (quantile(took, 0.5), quantile(took, 0.99), max(took)))
    print(f"{name:28} {len(took):6} asked   median {p50:7.1f} ms   p99 {p99:7.1f} ms   worst {worst:7.1f} ms")


def hung(seconds: float) -> None:
    """Sixty-four at a Router that hangs, and then at one that has healed."""
    with (
        FaultRouter(every_card) as router,
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder), router.url, workers=1, fresh_s="3600") as at,
    ):
        known = new_number()
        at.validate(known)
        router.script = black_hole
        over = threading.Event()
        alive, remembered = Requests(at, None), Requests(at, lambda: known)
        clients = [Requests(at, new_number, TILL_S) for _ in range(CLIENTS)]
        with ThreadPoolExecutor(CLIENTS + 2) as people:
            for each in (alive, remembered, *clients):
                people.submit(each.until, over)
            time.sleep(seconds)
            router.script = every_card
            healed_at = time.perf_counter()
            while at.validate(new_number())["outcome"] != "valid":
                time.sleep(PAUSE_S)
            healed = time.perf_counter() - healed_at
            over.set()
        row("/livez", alive.took)
        row("a remembered card", remembered.took)
        row("new cards, all of them", [took for each in clients for took in each.took])
        print("reasons of new cards        ", dict(sum((each.reasons for each in clients), Counter())))
        print(f"questions at the Router      {len(router.requests)}; healing seen after {healed:.1f} s")


def open_breaker() -> None:
    """How long an answer takes while the Router is left alone."""
    with FaultRouter(answers(500)) as router:
        client = RouterClient(RouterConfig(router.url))
        took = []
        for number in range(5005):
            began = time.perf_counter()
            client.status(Escn(new_number()))
            took += [time.perf_counter() - began] if number >= 5 else []
        row("while it is left alone", took)
        client.close()


def main(seconds: float) -> None:
    """All of it."""
    open_breaker()
    hung(seconds)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)
