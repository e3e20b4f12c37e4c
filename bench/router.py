"""What a check costs above the Router's own time: `python -m bench.router [calls]`.

One process asks a quick Router on a loopback port, one card after another and with eight people at once. The
Router's own time is that of a bare socket that sends the same request and reads the same answer.
"""

from __future__ import annotations

import socket
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bench.support import milliseconds, quantile, router
from scanner.escn import Escn
from validator.router.answers import KnownCard
from validator.router.client import RouterClient, RouterConfig

if TYPE_CHECKING:
    from collections.abc import Callable

CALLS = 1000
WARM_UP = 20
PEOPLE = 8


def durations(call: Callable[[], object], count: int) -> list[float]:
    """Seconds of each call, after a warm-up."""
    taken = []
    for number in range(WARM_UP + count):
        began = time.perf_counter()
        call()
        if number >= WARM_UP:
            taken.append(time.perf_counter() - began)
    return taken


def a_card() -> Escn:
    """A new card number."""
    return Escn(str(uuid.uuid4()))


def bare(url: str, count: int) -> list[float]:
    """The Router's own time, without any HTTP library."""
    host = urlsplit(url).netloc
    with socket.create_connection((host.split(":")[0], int(host.split(":")[1]))) as sock:

        def call() -> None:
            path = f"/esc-rest/api/v2/cards/{a_card().value}/status"
            sock.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n\r\n".encode())
            assert sock.recv(4096).startswith(b"HTTP/1.1 200")

        return durations(call, count)


def checked(client: RouterClient) -> None:
    """One check of a new card, which must be known."""
    assert isinstance(client.status(a_card()), KnownCard)


def main(count: int) -> None:
    """Print the Router's own time, ours, the difference, and the processor's time a call."""
    with router(0) as url:
        client = RouterClient(RouterConfig(url))
        own = bare(url, count)
        cpu = time.process_time()
        ours = durations(lambda: checked(client), count)
        cpu = (time.process_time() - cpu) / (WARM_UP + count)
        with ThreadPoolExecutor(PEOPLE) as people:
            began = time.perf_counter()
            list(people.map(lambda _: checked(client), range(count)))
            together = time.perf_counter() - began
        client.close()
    print(f"the Router's own time     {milliseconds(own)}")
    print(f"a check, one at a time    {milliseconds(ours)}")
    for name, share in (("median", 0.5), ("p95", 0.95)):
        print(f"above the Router, {name:7} {1000 * (quantile(ours, share) - quantile(own, share)):7.2f} ms")
    print(f"processor time a check    {1000 * cpu:7.2f} ms")
    print(f"{PEOPLE} people at once         {count / together:7.0f} checks/s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CALLS)
