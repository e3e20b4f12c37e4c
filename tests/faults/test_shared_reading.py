"""One caller sends pictures that take all the time there is; another caller's photos are read meanwhile."""

from __future__ import annotations

import http.client
import json
import threading
from contextlib import closing
from typing import TYPE_CHECKING

from tests.fuzz.bodies import FORM, form, part
from tests.fuzz.pictures import seeds
from tests.support.fault_router import FaultRouter
from tests.support.polling import wait_for
from tests.support.raw_pictures import finders
from tests.support.server_process import every_card, running_server

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.server_process import ServerProcess

CONNECTIONS = 4
PHOTOS = 12


def send(site: ServerProcess, token: str, picture: bytes) -> str:
    """What is said to one photo: the outcome, or the code of the refusal."""
    with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)) as connection:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": FORM}
        connection.request("POST", "/api/v1/scans", form(part(picture)), headers)
        answer = json.loads(connection.getresponse().read())
        return str(answer.get("outcome", answer.get("code")))


def test_slow_pictures_of_one_caller_do_not_block_other_callers(tmp_path: Path) -> None:
    """Four connections that never pause, without any limit on their number: every other photo is answered."""
    dear, hostile, stopped = finders(), [], threading.Event()
    with FaultRouter(every_card) as router, running_server(tmp_path, router.url, workers=1) as site:
        other = site.flask("device", "add", "other").stdout.split()[-1]

        def attack() -> None:
            while not stopped.is_set():
                hostile.append(send(site, site.token, dear))

        threads = [threading.Thread(target=attack) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        try:
            wait_for(lambda: "reader_failed" in hostile)
            outcomes: list[str] = []
            while len(outcomes) < PHOTOS or hostile.count("reader_failed") < 3:
                outcomes.append(send(site, other, seeds()["jpeg"]))
        finally:
            stopped.set()
            for thread in threads:
                thread.join()

    assert set(outcomes) == {"valid"}
    assert set(hostile) <= {"reader_failed", "reader_busy"}
