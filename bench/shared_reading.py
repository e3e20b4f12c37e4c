"""Response times for one caller while another sends expensive pictures over four connections."""

from __future__ import annotations

import tempfile
import threading
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.support import milliseconds
from tests.faults.test_shared_reading import send
from tests.fuzz.pictures import seeds
from tests.support.fault_router import FaultRouter
from tests.support.raw_pictures import finders
from tests.support.server_process import every_card, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.server_process import ServerProcess

CONNECTIONS = 4
SECONDS = 20.0
EVERY_S = 0.25


@contextmanager
def attack(site: ServerProcess, connections: int) -> Iterator[Counter[str]]:
    """Send expensive pictures without a pause until the block ends; yields the count of answers."""
    picture, stopped, answers = finders(), threading.Event(), Counter[str]()

    def work() -> None:
        while not stopped.is_set():
            answers[send(site, site.token, picture)] += 1

    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        stopped.set()
        for thread in threads:
            thread.join()


def measure(site: ServerProcess, token: str, connections: int) -> None:
    """Print the answers for an ordinary photo every quarter of a second."""
    photo, took, said = seeds()["jpeg"], [], Counter[str]()
    with attack(site, connections) as hostile:
        ends = time.perf_counter() + SECONDS
        while (began := time.perf_counter()) < ends:
            said[send(site, token, photo)] += 1
            took.append(time.perf_counter() - began)
            time.sleep(max(0.0, EVERY_S - took[-1]))
    print(
        f"  {connections} hostile connections: {dict(said)}  {milliseconds(took)}; hostile: {dict(hostile)}"
    )


def main() -> None:
    """Print the figures, without the limits on callers and with them."""
    for limits in ("off", "on"):
        print(f"limits {limits}")
        with (
            tempfile.TemporaryDirectory() as folder,
            FaultRouter(every_card) as router,
            running_server(
                Path(folder), router.url, workers=1, limits=limits, router_calls_per_s="0"
            ) as site,
        ):
            other = site.flask("device", "add", "other").stdout.split()[-1]
            send(site, other, seeds()["jpeg"])
            measure(site, other, 0)
            measure(site, other, CONNECTIONS)


if __name__ == "__main__":
    main()
