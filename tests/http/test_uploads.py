"""Hostile uploads against the server as it is run: refusals only, no worker lost, nothing on the disk."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.fuzz.bodies import BOUNDARY, FORM, files, form, odd_forms, part
from tests.fuzz.pictures import Mutant, mutants, seeds
from tests.support.cards import ANNA
from tests.support.fault_router import FaultRouter
from tests.support.polling import wait_for
from tests.support.server_process import ServerProcess, every_card, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

PACK = {"pack.sqlite", "pack.sqlite-wal", "pack.sqlite-shm"}
# Every refusal of a picture; a server error is not among them.
ORDINARY = {200, 413, 415, 422}
REFUSED = {400, 413, 415, 422}
MASKED = f"{ANNA[:4]}…{ANNA[-4:]}"
MOST_GROWTH_KB = 30_000
TIMEOUT_S = 30


class Watched:
    """A running server whose processes, memory and files are examined."""

    def __init__(self, site: ServerProcess, folders: tuple[Path, ...]) -> None:
        self.site = site
        self._folders = folders
        for _ in range(3):
            assert self.send(seeds()["png"])[1]["outcome"] == "valid"
        # Sealed for the devices' pack in a thread of its own.
        wait_for(lambda: {path.name for path in self.files()} >= PACK)
        self.workers = site.workers()
        self._files = self.files()
        self._memory = self.memory_kb()

    def post(self, body: bytes, kind: str, path: str = "/api/v1/scans") -> tuple[int, Any]:
        """Status and JSON of the answer over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=TIMEOUT_S)
        with closing(connection):
            headers = {"Authorization": f"Bearer {self.site.token}", "Content-Type": kind}
            with suppress(BrokenPipeError, ConnectionResetError):  # answered before all was sent
                connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def send(self, data: bytes) -> tuple[int, Any]:
        """What is said to this file, sent as a photo."""
        return self.post(form(part(data)), FORM)

    def files(self) -> set[Path]:
        """Every file that the server could have written."""
        return {path for folder in self._folders for path in folder.rglob("*")}

    def memory_kb(self) -> int:
        """The memory of the web workers, without their decode workers."""
        return sum(resident_kb(pid) for pid in self.site.workers())

    def readers(self) -> list[int]:
        """The decode workers."""
        return [child for worker in self.workers for child in children(worker)]

    def assert_unharmed(self) -> None:
        """The same workers, no new file, little more memory, and the next card is read."""
        assert self.site.workers() == self.workers
        assert self.files() == self._files
        assert self.memory_kb() - self._memory < MOST_GROWTH_KB
        assert self.send(seeds()["jpeg"])[1]["outcome"] == "valid"


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def resident_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


@pytest.fixture(name="site", scope="module")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """A server whose every place to write is watched: its data folder, its temporary and its home folder."""
    data, temporary, home = (tmp_path_factory.mktemp(name) for name in ("data", "temporary", "home"))
    with pytest.MonkeyPatch.context() as patch, FaultRouter(every_card) as router:
        patch.setenv("TMPDIR", str(temporary))
        patch.setenv("HOME", str(home))
        with running_server(data, router.url, workers=1) as running:
            yield Watched(running, (data, temporary, home))


def assert_survives(site: Watched, spoilt: Iterator[Mutant]) -> None:
    """Each is read as what it was or refused; a damaged code never becomes another card's number."""
    for mutant in spoilt:
        status, answer = site.send(mutant.data)

        assert status in ORDINARY, f"{mutant}: {status} {answer}"
        assert status != 200 or answer["card"]["number"] == MASKED, str(mutant)
    site.assert_unharmed()


def test_spoilt_pictures_cost_nothing(site: Watched) -> None:
    """Two rounds of every sort of picture spoilt in every way."""
    assert_survives(site, mutants(1, 144))


@pytest.mark.soak
def test_thousands_of_spoilt_pictures_cost_nothing(site: Watched) -> None:
    """Five thousand and more, others than in the short form."""
    assert_survives(site, mutants(2, 5_040))


def test_other_files_are_refused_or_read_as_the_picture_they_are(site: Watched) -> None:
    """Archives, documents, programs, scripts, floods, and pictures with something behind their end."""
    for name, data in files().items():
        status, answer = site.send(data)

        assert status in ORDINARY, f"{name}: {status} {answer}"
        assert (status == 200) == name.startswith(("png and", "jpeg and")), f"{name}: {status}"
        assert "alert" not in json.dumps(answer), name
    site.assert_unharmed()


def test_odd_forms_are_refused_or_read(site: Watched) -> None:
    """A body with a wrong content type gets an answer that is no server error."""
    for path in ("/api/v1/scans", "/api/v1/validations"):
        for name, (body, kind) in odd_forms().items():
            status, answer = site.post(body, kind, path)

            assert status in REFUSED | {200}, f"{name} to {path}: {status} {answer}"
            assert "alert" not in json.dumps(answer), name
    site.assert_unharmed()


def raw(site: Watched, *pieces: bytes, head: str = "") -> bytes:
    """What the server says to these bytes, head first, until it closes."""
    asks = f"POST /api/v1/scans HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {site.site.token}\r\n"
    with socket.create_connection(("127.0.0.1", site.site.port), timeout=TIMEOUT_S) as wire:
        with suppress(BrokenPipeError, ConnectionResetError):
            wire.sendall(f"{asks}Content-Type: {FORM}\r\nConnection: close\r\n{head}\r\n".encode())
            for piece in pieces:
                wire.sendall(piece)
        return _all(wire)


def _all(wire: socket.socket) -> bytes:
    said = b""
    with suppress(ConnectionResetError):
        while data := wire.recv(65_536):
            said += data
    return said


def test_an_overlong_body_is_refused_before_it_is_read(site: Watched) -> None:
    """By its announced length alone: not one byte of it has been sent."""
    said = raw(site, head="Content-Length: 100000000\r\n")

    assert said.startswith(b"HTTP/1.1 413")
    site.assert_unharmed()


def test_a_body_of_no_announced_length_is_read_to_its_bound_only(site: Watched) -> None:
    """A picture in pieces is read; one without an end is refused."""
    whole = form(part(seeds()["png"]))
    pieces = b"".join(
        b"%x\r\n%s\r\n" % (len(whole[at : at + 999]), whole[at : at + 999])
        for at in range(0, len(whole), 999)
    )
    endless = b"%x\r\n%s\r\n" % (1_000_000, b"x" * 1_000_000)

    assert raw(site, pieces, b"0\r\n\r\n", head="Transfer-Encoding: chunked\r\n").startswith(b"HTTP/1.1 200")
    start = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=image; filename=x\r\n\r\n".encode()
    head = b"%x\r\n%s\r\n" % (len(start), start)
    said = raw(site, head, *[endless] * 14, b"0\r\n\r\n", head="Transfer-Encoding: chunked\r\n")
    assert said.startswith(b"HTTP/1.1 413") or not said
    site.assert_unharmed()


def test_wrong_lengths_cause_no_server_error(site: Watched) -> None:
    """A body shorter than announced and cut, longer, in wrong pieces, and lengths that are none."""
    whole = form(part(seeds()["png"]))
    heads = {
        f"Content-Length: {len(whole) - 50}\r\n": {200, 400, 422},
        "Content-Length: 0\r\n": {400, 422},
        "Content-Length: -1\r\n": {400},
        "Content-Length: 1e3\r\n": {400},
        f"Content-Length: {len(whole)}\r\nContent-Length: 5\r\n": {400},
        f"Content-Length: {len(whole)}\r\nTransfer-Encoding: chunked\r\n": {400},
        "Transfer-Encoding: chunked\r\n": {400},
        "Transfer-Encoding: gzip, chunked\r\n": {400, 501},
    }
    for head, allowed in heads.items():
        said = raw(site, whole, head=head)
        assert said[9:12].isdigit(), (head, said[:100])
        assert int(said[9:12]) in allowed, (head, said[:100])
    with socket.create_connection(("127.0.0.1", site.site.port)) as wire:
        wire.sendall(b"POST /api/v1/scans HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\nabc")
    site.assert_unharmed()


def test_a_decoder_that_hangs_or_dies_costs_its_own_picture(site: Watched) -> None:
    """Stopped in the middle or killed: that photo is refused with words, the next one is read."""
    for blow in (signal.SIGSTOP, signal.SIGKILL, signal.SIGSEGV):
        assert site.send(seeds()["png"])[0] == 200
        for reader in site.readers():
            os.kill(reader, blow)
        began = time.monotonic()
        status, answer = site.send(seeds()["png"])

        assert (status, answer.get("code")) in {(422, "reader_failed"), (200, None)}, (blow, answer)
        assert status == 422 or blow is not signal.SIGSTOP
        assert time.monotonic() - began < TIMEOUT_S
        assert site.send(seeds()["png"])[0] == 200, blow
    site.assert_unharmed()
