"""Sign-in: whether its time reveals user names, and the effect of many sign-ins on memory and checks."""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from bench.footprint import resident, tree
from bench.support import milliseconds, quantile, router, server
from tests.support.app_factory import PASSWORD, close, make_app
from validator.accounts.models import Role

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBER = "3e506370-826a-103d-bf76-001000000001"
TRIALS = 200
PEOPLE = 50
AT_ONCE = 32
SECONDS = 8.0
PAUSE_S = 0.25
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def time_reveals_nothing() -> None:
    """Refused sign-ins with names that exist and with names that do not, in turn."""
    with TemporaryDirectory() as folder:
        app = make_app(Path(folder), "http://127.0.0.1:9")
        for number in range(PEOPLE):
            app.extensions["validator"].accounts.people.add(f"known{number}", PASSWORD, Role.STAFF)
        client = app.test_client()

        def refused(name: str) -> float:
            began = time.perf_counter()
            answer = client.post("/login", data={"username": name, "password": "a guess of mine"})
            took = time.perf_counter() - began
            assert answer.status_code == 403, answer.status
            return took

        took: dict[str, list[float]] = {"known": [], "other": []}
        for trial in range(TRIALS):
            # Four tries on each name: the fifth failure would make the next one wait.
            for kind in sorted(took, reverse=bool(trial % 2)):
                took[kind].append(refused(f"{kind}{trial % PEOPLE}"))
        close(app)
    known, other = statistics.median(took["known"]), statistics.median(took["other"])
    print(f"refused, name exists            {milliseconds(took['known'])}")
    print(f"refused, name does not          {milliseconds(took['other'])}")
    print(f"medians differ by               {abs(known - other) / known:7.1%}   (at most 5 %)")


def a_rush() -> None:
    """Many sign-ins at once, and remembered checks meanwhile."""
    with router(0.0) as router_url, server(router_url) as (address, token, running, _):
        host = urlsplit(address).netloc
        check = _checker(host, token)
        check()
        calm = [check() for _ in range(200)]
        before, until = _resident(running), time.perf_counter() + SECONDS
        statuses: list[int] = []
        rush = [threading.Thread(target=_sign_ins, args=(host, until, statuses, n)) for n in range(AT_ONCE)]
        for one in rush:
            one.start()
        busy, most = [], before
        while time.perf_counter() < until:
            busy.append(check())
            most = max(most, _resident(running))
            time.sleep(0.01)
        for one in rush:
            one.join()
    print(f"remembered check, calm          {milliseconds(calm)}")
    print(f"remembered check, in the rush   {milliseconds(busy)}")
    print(f"  its p99                       {1000 * quantile(busy, 0.99):7.2f} ms   (under 150 ms)")
    print(f"sign-ins verified, sent back   {statuses.count(403)}, {len(statuses) - statuses.count(403)}")
    print(f"memory of all processes         {before:.0f} MB, at most {most:.0f} MB   (at most 200 MB more)")


def a_flood() -> None:
    """One guesser floods the form with invented names from one address; Maria signs in on new browsers."""
    with TemporaryDirectory() as folder, router(0.0) as router_url:
        changes = {"ESCV_DATA_DIR": folder, "ESCV_PROXY_HOPS": "1"}
        with server(router_url, **changes) as (address, _, _, _):
            _add_maria(folder, router_url)
            host = urlsplit(address).netloc
            for connections in (1, 4, 16):
                _one_flood(host, connections)


def _add_maria(folder: str, router_url: str) -> None:
    environ = {
        "ESCV_SECRET_KEY": "b3NcQk7RzWm9XfVt2LpYh6GdJs4KaN8u",
        "ESCV_ROUTER_URL": router_url,
        "ESCV_DATA_DIR": folder,
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "user", "add", "maria", "--role", "staff"]
    subprocess.run(command, env=os.environ | environ, input=PASSWORD, text=True, check=True)


def _one_flood(host: str, connections: int) -> None:
    until = time.perf_counter() + SECONDS
    statuses: list[int] = []
    flood = [
        threading.Thread(target=_flood, args=(host, until, statuses, f"{connections}-{each}"))
        for each in range(connections)
    ]
    for one in flood:
        one.start()
    rightly: dict[str, list[int]] = {"198.51.100.1": [], "198.51.100.7": [], "192.0.2.7": []}
    known = ""
    marked: list[int] = []
    while time.perf_counter() < until:
        for origin, answers in rightly.items():
            answer, cookie = _maria(host, origin)
            answers.append(answer)
            known = cookie or known
        marked.append(_maria(host, "198.51.100.1", known)[0])
    for one in flood:
        one.join()
    verified = statuses.count(403)
    print(f"flood of {connections} connections: verified {verified}, sent back {len(statuses) - verified}")
    names = ("the same address", "the same network", "another network")
    for name, answers in (*zip(names, rightly.values(), strict=True), ("a known browser", marked)):
        print(f"  right, from {name:18} {answers.count(302)} of {len(answers)} came in at once")


def _maria(host: str, origin: str, cookie: str = "") -> tuple[int, str]:
    connection = http.client.HTTPConnection(host)
    form = urlencode({"username": "maria", "password": PASSWORD})
    headers = FORM | {
        "X-Forwarded-For": origin,
        "X-Forwarded-Proto": "https",
        "Sec-Fetch-Site": "same-origin",
    }
    connection.request("POST", "/login", form, headers | ({"Cookie": cookie} if cookie else {}))
    answer = connection.getresponse()
    answer.read()
    cookies = answer.headers.get_all("Set-Cookie") or []
    connection.close()
    marks = [one.split(";")[0] for one in cookies if "escv-known" in one]
    return answer.status, "".join(marks)


def _flood(host: str, until: float, statuses: list[int], number: str) -> None:
    connection = http.client.HTTPConnection(host)
    headers = FORM | {"X-Forwarded-For": "198.51.100.1", "X-Forwarded-Proto": "https"}
    turn = 0
    while time.perf_counter() < until:
        turn += 1
        form = urlencode({"username": f"name{number}-{turn}", "password": "a guess of mine"})
        connection.request("POST", "/login", form, headers | {"Sec-Fetch-Site": "same-origin"})
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)


def _resident(running: subprocess.Popen[bytes]) -> float:
    return sum(resident(pid) for pid in tree(running.pid))


def _checker(host: str, token: str) -> Callable[[], float]:
    connection = http.client.HTTPConnection(host)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def check() -> float:
        began = time.perf_counter()
        connection.request("POST", "/api/v1/validations", json.dumps({"input": NUMBER}), headers)
        answer = json.loads(connection.getresponse().read())
        took = time.perf_counter() - began
        assert answer["outcome"] == "valid", answer
        return took

    return check


def _sign_ins(host: str, until: float, statuses: list[int], number: int) -> None:
    connection = http.client.HTTPConnection(host)
    turn = 0
    while time.perf_counter() < until:
        turn += 1
        form = urlencode({"username": f"name{number}-{turn}", "password": "a guess of mine"})
        connection.request("POST", "/login", form, FORM)
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
        # A person reads the answer; this one types again four times a second.
        time.sleep(PAUSE_S)


def main() -> None:
    """Print the figures."""
    time_reveals_nothing()
    a_rush()
    a_flood()


if __name__ == "__main__":
    main()
