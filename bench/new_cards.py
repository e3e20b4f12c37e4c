"""What rows of the pack cost new cards: `python -m bench.new_cards`. Paced checks, with them and without."""

from __future__ import annotations

import http.client
import itertools
import json
import time
from urllib.parse import urlsplit

from bench.support import milliseconds, quantile, router, server

ROUNDS, CHECKS = 4, 100
PACES = (5.0, 20.0)  # checks a second; 5 is what one site may ask the Router by default
ROUTER_S = 0.02


def paced(url: str, token: str, per_s: float, numbers: itertools.count[int]) -> list[float]:
    """Seconds of each of these checks of new cards, over one kept connection."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    times, next_at = [], time.perf_counter()
    for _ in range(CHECKS):
        body = json.dumps({"input": f"{next(numbers):08x}-826a-103d-bf76-001000000001"})
        time.sleep(max(0.0, next_at - time.perf_counter()))
        next_at += 1 / per_s
        start = time.perf_counter()
        connection.request("POST", "/api/v1/validations", body, headers)
        answer = json.loads(connection.getresponse().read())
        times.append(time.perf_counter() - start)
        assert answer["source"] == "router", answer
    connection.close()
    return times


def main() -> None:
    """Both in turn, so that whatever else the machine does falls on both."""
    numbers = itertools.count()
    with (
        router(ROUTER_S) as address,
        server(address) as (with_url, with_token, _, _),
        server(address, ESCV_PACK_CARDS="0") as (without_url, without_token, _, _),
    ):
        for per_s in PACES:
            found: dict[str, list[float]] = {"with": [], "without": []}
            for _ in range(ROUNDS):
                found["with"] += paced(with_url, with_token, per_s, numbers)
                found["without"] += paced(without_url, without_token, per_s, numbers)
            for name, times in found.items():
                p99_ms = 1000 * quantile(times, 0.99)
                print(f"{per_s:4.0f} a second, {name:8} rows: {milliseconds(times)}   p99 {p99_ms:.1f} ms")


if __name__ == "__main__":
    main()
