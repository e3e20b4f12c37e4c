"""Checks through the JSON API: inside the process, and a second under gunicorn with all cards new."""

from __future__ import annotations

import http.client
import json
import threading
import time
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from bench.support import milliseconds, router, server
from tests.support.app_factory import close, make_app

PERMITS = 14
SECONDS = 8.0


def new_number() -> str:
    """A new card number in the official form."""
    drawn = uuid.uuid4().hex
    return f"{drawn[:8]}-{drawn[8:12]}-103e-9{drawn[13:16]}-001000000001"


def inside_the_process() -> None:
    """A remembered and an unremembered check through the application itself, without a server."""
    with router(0.0) as address, TemporaryDirectory() as folder:
        app = make_app(Path(folder), address)
        token = app.test_cli_runner().invoke(args=["device", "add", "bench"]).output.split()[-1]
        client = app.test_client()

        def check(number: str) -> float:
            began = time.perf_counter()
            answer = client.post(
                "/api/v1/validations", json={"input": number}, headers={"Authorization": f"Bearer {token}"}
            )
            took = time.perf_counter() - began
            assert answer.get_json()["outcome"] == "valid", answer.text
            return took

        number = new_number()
        check(number)
        print(f"remembered, in the process      {milliseconds([check(number) for _ in range(500)])}")
        print(f"new, Router at 0 s              {milliseconds([check(new_number()) for _ in range(500)])}")
        close(app)


def through_the_server(delay_s: float, clients: int) -> None:
    """Checks a second under gunicorn with all cards new, beside what the permits allow."""
    with router(delay_s) as router_url, server(router_url) as (address, token, *_):
        outcomes: list[str] = []
        durations: list[float] = []
        until = time.perf_counter() + SECONDS

        def ask() -> None:
            connection = http.client.HTTPConnection(urlsplit(address).netloc)
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            while time.perf_counter() < until:
                began = time.perf_counter()
                connection.request(
                    "POST", "/api/v1/validations", json.dumps({"input": new_number()}), headers
                )
                answer = json.loads(connection.getresponse().read())
                durations.append(time.perf_counter() - began)
                outcomes.append(answer["outcome"])
            connection.close()

        began = time.perf_counter()
        threads = [threading.Thread(target=ask) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rate = outcomes.count("valid") / (time.perf_counter() - began)
        allowed = PERMITS / delay_s
        failed = len(outcomes) - outcomes.count("valid")
        print(f"Router {delay_s:3.1f} s, {clients} clients: {rate:6.1f} checks/s of {allowed:5.1f} allowed "
              f"({rate / allowed:4.0%}), not answered {failed}, {milliseconds(durations)}")  # fmt: skip


def main() -> None:
    """Print all figures."""
    inside_the_process()
    for delay_s in (0.1, 0.4, 2.0):
        through_the_server(delay_s, PERMITS)


if __name__ == "__main__":
    main()
