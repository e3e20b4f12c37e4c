"""An hour of ordinary work leaves the server as it was: memory, open files and threads do not grow."""

from __future__ import annotations

import http.client
import os
import random
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.codes import png_of
from tests.support.fault_router import FaultRouter
from tests.support.server_process import every_card, new_number, running_server

if TYPE_CHECKING:
    from tests.support.server_process import ServerProcess

MINUTES = float(os.environ.get("SOAK_MINUTES", "60"))
WARM_S = 60.0
CARDS = 500
CLIENTS = 3
# While it warms up, more at once than there are threads: each is started, with the files that it keeps open.
WARM_UP_CLIENTS = 40
# Kept connections are closed after 15 s of rest (gunicorn.conf.py).
REST_S = 25.0
BOUNDARY = "0f0f0f0f"


@dataclass(frozen=True, slots=True)
class Size:
    """What the workers take together: resident memory in bytes, open files, threads."""

    memory: int
    files: int
    threads: int


def _size(site: ServerProcess) -> Size:
    workers = [Path(f"/proc/{pid}") for pid in site.workers()]
    pages = sum(int((worker / "statm").read_text().split()[1]) for worker in workers)
    files = sum(_open_files(worker) for worker in workers)
    threads = sum(len(list((worker / "task").iterdir())) for worker in workers)
    return Size(pages * os.sysconf("SC_PAGE_SIZE"), files, threads)


def _open_files(process: Path) -> int:
    try:
        return len(list((process / "fd").iterdir()))
    except PermissionError:  # the server hides its memory: only root looks into it, the kernel counts for all
        return (process / "fd").stat().st_size


def _photo(site: ServerProcess, picture: bytes) -> None:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n'.encode()
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    headers = {"Authorization": f"Bearer {site.token}", "Content-Type": kind}
    body = head + picture + f"\r\n--{BOUNDARY}--\r\n".encode()
    connection.request("POST", "/api/v1/scans", body, headers)
    # 503: both decoders are at work, which the clients of the warm-up may cause.
    assert connection.getresponse().status in {200, 503}
    connection.close()


def _work(site: ServerProcess, cards: list[str], until: float, faults: list[BaseException]) -> None:
    """Cards seen before and new ones, now and then a photo."""
    drawn = random.Random(threading.get_ident())  # noqa: S311 - which card comes next
    picture = png_of(cards[0]).getvalue()
    try:
        while time.monotonic() < until:
            if drawn.random() < 0.02:
                _photo(site, picture)
            else:
                number = new_number() if drawn.random() < 0.01 else drawn.choice(cards)
                answer = site.validate(number)
                assert answer["outcome"] == "valid" or answer["reason"] == "too_many_checks", answer
    except BaseException as fault:  # noqa: BLE001 - raised again by the thread that waits
        faults.append(fault)


def _busy(site: ServerProcess, cards: list[str], seconds: float, clients: int) -> Size:
    faults: list[BaseException] = []
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_work, args=(site, cards, until, faults), daemon=True) for _ in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    threading.Event().wait(REST_S)
    return _size(site)


@pytest.mark.soak
def test_an_hour_of_work_leaves_the_server_as_it_was(tmp_path: Path) -> None:
    """After SOAK_MINUTES of checks and photos: under 5 % more memory, not one more file or thread."""
    cards = [new_number() for _ in range(CARDS)]
    with (
        FaultRouter(every_card) as router,
        running_server(tmp_path, router.url, router_calls_per_s="0") as site,
    ):
        before = _busy(site, cards, WARM_S, WARM_UP_CLIENTS)
        after = _busy(site, cards, MINUTES * 60, CLIENTS)

        print(f"\n{MINUTES:g} minutes: {before} → {after}")  # noqa: T201 - the figure that docs/security.md quotes
    assert after.memory < before.memory * 1.05
    assert (after.files, after.threads) == (before.files, before.threads)
