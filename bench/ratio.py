"""A remembered check over HTTP and a bare Flask view: one process each, the same gunicorn settings."""

from __future__ import annotations

import http.client
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bench.checks import new_number
from bench.footprint import tree
from bench.support import free_port, process, quantile, router, server, wait_for

if TYPE_CHECKING:
    import subprocess

ROUNDS, REQUESTS = 10, 300
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Side:
    """One of the two servers: what its requests took, and the processor time of all its processes."""

    def __init__(self, address: str, token: str, running: subprocess.Popen[bytes]) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._body = json.dumps({"input": new_number()})
        self._running = running
        self.took: list[float] = []
        self.cpu_s = 0.0
        self.ask()

    def ask(self) -> None:
        """One request over the kept connection."""
        self._connection.request("POST", "/api/v1/validations", self._body, self._headers)
        assert json.loads(self._connection.getresponse().read())["outcome"] == "valid"

    def round(self) -> None:
        """So many requests, one after the other."""
        before = cpu_s(self._running)
        for _ in range(REQUESTS):
            began = time.perf_counter()
            self.ask()
            self.took.append(time.perf_counter() - began)
        self.cpu_s += cpu_s(self._running) - before

    @property
    def cpu_ms(self) -> float:
        """Processor time of a request, in milliseconds."""
        return 1000 * self.cpu_s / len(self.took)


def cpu_s(running: subprocess.Popen[bytes]) -> float:
    """The processor time of these processes so far."""
    fields = [
        Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        for pid in tree(running.pid)
    ]
    return sum(int(found[11]) + int(found[12]) for found in fields) / TICKS_PER_S


def main() -> None:
    """Print both sides and their ratios."""
    port = free_port()
    bare_command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "bench.bare_view:app"]
    for limits in sys.argv[1:] or ["off"]:
        with (
            router(0.0) as router_url,
            server(router_url, ESCV_LIMITS=limits) as (address, token, running, _),
            process(bare_command, PORT=str(port)) as bare_running,
        ):
            wait_for(f"http://127.0.0.1:{port}/readyz", bare_running)
            ours = Side(address, token, running)
            bare = Side(f"http://127.0.0.1:{port}", token, bare_running)
            for _ in range(ROUNDS):
                bare.round()
                ours.round()
            print(f"bare view   cpu {bare.cpu_ms:.2f} ms, median {1000 * quantile(bare.took, 0.5):.2f} ms")
            print(f"our check   cpu {ours.cpu_ms:.2f} ms, median {1000 * quantile(ours.took, 0.5):.2f} ms")
            medians, lowest = (quantile(bare.took, q) / quantile(ours.took, q) for q in (0.5, 0.1))
            print(
                f"ratio       cpu {bare.cpu_ms / ours.cpu_ms:.2f}, medians {medians:.2f}, tenths {lowest:.2f}"
            )


if __name__ == "__main__":
    main()
