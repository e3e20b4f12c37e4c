"""The server's processes keep their memory to themselves, and work as an unprivileged user all the same."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.fuzz.bodies import FORM, form, part
from tests.fuzz.pictures import seeds
from tests.support.cards import ANNA
from tests.support.fault_router import FaultRouter
from tests.support.server_process import ServerProcess, every_card, running_server
from tests.support.unprivileged import UNPRIVILEGED_ID, drop_privileges

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(name="site", scope="module")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server of the user `nobody`, which owns its data folder."""
    folder = tmp_path_factory.mktemp("data")
    if os.getuid() == 0:
        os.chown(folder, UNPRIVILEGED_ID, UNPRIVILEGED_ID)
    with (
        FaultRouter(every_card) as router,
        running_server(folder, router.url, workers=1, become=drop_privileges) as site,
    ):
        yield site


def scan(site: ServerProcess) -> Any:
    """What the server says of a photo of Anna's card."""
    with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)) as connection:
        headers = {"Authorization": f"Bearer {site.token}", "Content-Type": FORM}
        connection.request("POST", "/api/v1/scans", form(part(seeds()["jpeg"])), headers)
        return json.loads(connection.getresponse().read())


def readable(pid: int) -> bool:
    """Whether another process of the same user reads this one's environment."""
    reading = subprocess.run(
        ["/bin/cat", f"/proc/{pid}/environ"],
        preexec_fn=drop_privileges,
        capture_output=True,
        check=False,
    )
    return reading.returncode == 0


def test_an_unprivileged_server_checks_numbers_and_reads_photos(site: ServerProcess) -> None:
    """Nothing that it needs is closed to itself."""
    assert site.validate(ANNA)["outcome"] == "valid"
    assert scan(site)["outcome"] == "valid"


def test_no_process_of_the_server_lets_its_user_look_inside(site: ServerProcess) -> None:
    """Master, web workers and decode workers; a process that hides nothing can be read in the same way."""
    assert scan(site)["outcome"] == "valid"
    children = [
        int(child)
        for worker in site.workers()
        for tasks in Path(f"/proc/{worker}/task").glob("*/children")
        for child in tasks.read_text().split()
    ]
    assert children

    assert {pid: readable(pid) for pid in (site.process.pid, *site.workers(), *children)} == dict.fromkeys(
        (site.process.pid, *site.workers(), *children), False
    )
    with subprocess.Popen(["/bin/sleep", "60"], preexec_fn=drop_privileges) as open_to_all:  # noqa: PLW1509 - as above
        assert readable(open_to_all.pid)
        open_to_all.kill()


def test_no_process_of_the_server_leaves_a_core_dump(site: ServerProcess) -> None:
    """No other user can read a crash's memory dump."""
    for pid in (site.process.pid, *site.workers()):
        limits = Path(f"/proc/{pid}/limits").read_text().splitlines()
        (core,) = (line.split() for line in limits if line.startswith("Max core file size"))

        assert core[4:6] == ["0", "0"]
