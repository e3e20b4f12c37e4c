"""Load on the real server, two processes of eight threads: an even stream of checks, slow or not."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bench.checks import new_number
from bench.support import quantile, router, server

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 15.0
CONNECTIONS = 64
WORKERS = {"WEB_CONCURRENCY": "2", "WEB_THREADS": "8", "ESCV_ROUTER_PERMITS": "6"}
TIMEOUT_S = 20


class Stream:
    """Requests at set moments over kept connections; what each took is counted from its moment."""

    def __init__(self, address: str, token: str) -> None:
        self._netloc = urlsplit(address).netloc
        self._token = token
        self._free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter] | None]
        self.took: list[float] = []
        self.said: list[str] = []

    def run(self, rate: float, request: Callable[[], bytes], seconds: float = SECONDS) -> None:
        """Send at this rate for this time, then wait for the last answer."""
        asyncio.run(asyncio.wait_for(self._run(rate, request, seconds), seconds + TIMEOUT_S))

    async def _run(self, rate: float, request: Callable[[], bytes], seconds: float) -> None:
        self._free = asyncio.Queue()
        for _ in range(CONNECTIONS):
            self._free.put_nowait(None)
        began = time.perf_counter()
        asked = []
        for at in range(int(rate * seconds)):
            due = began + at / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            asked.append(asyncio.create_task(self._ask(due, request())))
        await asyncio.gather(*asked)

    async def _ask(self, due: float, request: bytes) -> None:
        kept = await self._free.get()
        reader, writer = kept or await asyncio.open_connection(*self._netloc.split(":"))
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        )
        body = await reader.readexactly(length)
        self.took.append(time.perf_counter() - due)
        self.said.append(json.loads(body)["outcome"] if body.startswith(b"{") else head.split()[1].decode())
        ends = b"connection: close" in head.lower()
        if ends:
            writer.close()
        self._free.put_nowait(None if ends else (reader, writer))

    def checks(self, number: Callable[[], str]) -> Callable[[], bytes]:
        """A check of the next number, each time it is called."""
        return lambda: self._request("POST", "/api/v1/validations", json.dumps({"input": number()}))

    def liveness(self) -> bytes:
        """Ask whether the server is there."""
        return self._request("GET", "/livez", "")

    def _request(self, method: str, path: str, body: str) -> bytes:
        return (
            f"{method} {path} HTTP/1.1\r\nHost: {self._netloc}\r\nAuthorization: Bearer {self._token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    def report(self) -> str:
        """Median, p99 and worst, and what was said how often."""
        median, p99, worst = (1000 * quantile(self.took, share) for share in (0.5, 0.99, 1.0))
        said = ", ".join(f"{word} {self.said.count(word)}" for word in sorted(set(self.said)))
        return f"median {median:6.1f} ms   p99 {p99:6.1f} ms   worst {worst:7.1f} ms   {said}"


def remembered() -> None:
    """300 checks a second of cards that were seen before."""
    with (
        router(0.0) as router_url,
        server(router_url, **WORKERS, ESCV_FRESH_S="3600") as (address, token, *_),
    ):
        numbers = [new_number() for _ in range(50)]
        seen = itertools.cycle(numbers)
        for rate, seconds in ((25, 4.0), (300, SECONDS)):
            stream = Stream(address, token)
            stream.run(rate, stream.checks(lambda: next(seen)), seconds)
        print(f"remembered, 300/s                    {stream.report()}")


def new_cards() -> None:
    """40 checks a second of new cards, with a Router that takes 0.3 s."""
    wide = WORKERS | {"ESCV_ROUTER_PERMITS": "14", "WEB_THREADS": "16"}
    for name, permits in (("8 threads", WORKERS), ("16 threads, 14 permits", wide)):
        with router(0.3) as router_url, server(router_url, **permits) as (address, token, *_):
            stream = Stream(address, token)
            stream.run(40, stream.checks(new_number))
            print(f"new, 40/s, Router 0.3 s, {name:22}  {stream.report()}")


def hung() -> None:
    """A Router that hangs, 64 clients that check new cards, and what others see meanwhile."""
    with router(60.0) as router_url, server(router_url, **WORKERS) as (address, token, *_):
        checks, health = Stream(address, token), Stream(address, token)

        async def both() -> None:
            await asyncio.gather(
                checks._run(30, checks.checks(new_number), SECONDS),  # noqa: SLF001 - two streams in one loop
                health._run(20, health.liveness, SECONDS),  # noqa: SLF001
            )

        asyncio.run(both())
        print(f"Router hangs, 30 new cards/s         {checks.report()}")
        print(f"  meanwhile, /livez                  {health.report()}")


if __name__ == "__main__":
    remembered()
    new_cards()
    hung()
