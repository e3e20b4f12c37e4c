"""The server as an operator runs it: gunicorn with its configuration, a data folder, a device token."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.app_factory import SECRET
from tests.support.cards import status_v2
from tests.support.demo_site import ROOT
from tests.support.router_scripts import answers
from validator.demo.processes import Server, listener, stop, wait_ready

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.fault_router import Exchange

TIMEOUT_S = 30.0


def every_card(exchange: Exchange) -> bool:
    """A Router script: every card exists and is active."""
    number = exchange.request.path.rstrip("/").removesuffix("/status").rsplit("/", 1)[-1]
    return answers(200, status_v2(number, issuerIdentifier=None))(exchange)


def new_number() -> str:
    """A new card number in the official form."""
    drawn = uuid.uuid4().hex
    return f"{drawn[:8]}-{drawn[8:12]}-103e-9{drawn[13:16]}-001000000001"


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """A running server; `flask` runs a command beside it, in the same folder."""

    port: int
    token: str
    server: Server
    environ: dict[str, str]

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The gunicorn master, which starts and replaces the workers."""
        return self.server.process

    def workers(self) -> list[int]:
        """The process ids of the current workers."""
        master = self.process.pid
        return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]

    def validate(self, number: str) -> dict[str, Any]:
        """The verdict for this card over a new connection; connection errors are raised."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        try:
            headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
            connection.request("POST", "/api/v1/validations", json.dumps({"input": number}), headers)
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status == 200, body
            verdict: dict[str, Any] = json.loads(body)
            return verdict
        finally:
            connection.close()

    def flask(self, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run an operator's command; return its result."""
        return flask(self.environ, *arguments, text=text)


@contextmanager
def running_server(
    folder: Path,
    router_url: str,
    *,
    workers: int = 2,
    log: Path | None = None,
    become: Callable[[], None] | None = None,
    **changes: str,
) -> Iterator[ServerProcess]:
    """Serve from this data folder until the block ends; `changes` are settings without their prefix.

    The server's output, including its access log, is appended to `log` if given.
    `become` changes the user of the server's process before it starts.
    """
    values = {"secret_key": SECRET, "router_url": router_url, "data_dir": str(folder), "limits": "off"}
    values |= {"secure_cookies": "false"} | changes
    plain = {name: value for name, value in os.environ.items() if not name.startswith("ESCV_")}
    environ = plain | {f"ESCV_{name.upper()}": value for name, value in values.items()}
    environ["WEB_CONCURRENCY"] = str(workers)
    token = flask(environ, "device", "add", uuid.uuid4().hex, become=become).stdout.split()[-1]
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"]
    command += ["--access-logfile=-"] if log else ["--log-level=warning"]
    with listener() as door, (log or Path(os.devnull)).open("ab") as output:
        process = subprocess.Popen(
            [*command, "--bind", f"fd://{door.fileno()}", "wsgi:app"],
            cwd=ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            pass_fds=(door.fileno(),),
            stdout=output,
            stderr=output if log else None,
            start_new_session=True,
            preexec_fn=become,  # noqa: PLW1509 - no thread of the test holds a lock here
        )
        port = door.getsockname()[1]
    server = Server("The app", process)
    try:
        wait_ready(("127.0.0.1", port), [server], time.monotonic, time.sleep)
        yield ServerProcess(port, token, server, environ)
    finally:
        stop([server], TIMEOUT_S)


def flask(
    environ: dict[str, str],
    *arguments: str,
    text: str = "",
    become: Callable[[], None] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run an operator's command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        cwd=ROOT,
        env=environ,
        input=text,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
        preexec_fn=become,
    )
