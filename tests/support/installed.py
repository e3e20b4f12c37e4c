"""The program as it is installed from its wheel, outside this tree."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.support.app_factory import SECRET
from tests.support.demo_site import ROOT
from validator.demo.processes import Server, listener, stop, wait_ready

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TIMEOUT_S = 60.0


def build_wheel(folder: Path) -> Path:
    """What `make wheel` builds."""
    built = subprocess.run([ROOT / "scripts/wheel", folder], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


@dataclass(frozen=True, slots=True)
class Installation:
    """The programs of an environment; `prefix` runs them in another system, `data` is a folder there."""

    bin: str
    data: str
    prefix: tuple[str, ...] = ()

    def command(self, program: str, *arguments: str) -> list[str]:
        """What runs one of its programs."""
        return [*self.prefix, f"{self.bin}/{program}", *arguments]

    def run(self, program: str, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a program to its end, outside this tree."""
        return subprocess.run(
            self.command(program, *arguments),
            cwd="/",
            env=_environ(environ),
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )


@dataclass(frozen=True, slots=True)
class InstalledSite:
    """A running server of an installation, and the token of a till."""

    port: int
    token: str

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        """The status and the body of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def check(self, number: str) -> dict[str, Any]:
        """The verdict about this card."""
        status, body = self.ask("POST", "/api/v1/validations", {"input": number})
        assert status == 200, body
        verdict: dict[str, Any] = json.loads(body)
        return verdict


@contextmanager
def running(installed: Installation) -> Iterator[InstalledSite]:
    """The simulated Router and `esc-validator run`, until the block ends."""
    servers: list[Server] = []
    with listener() as router_socket, listener() as app_socket:
        settings = {
            "ESCV_DEMO": "1",
            "ESCV_DEMO_PASSWORD": "lindenburg on the lake",
            "ESCV_SECRET_KEY": SECRET,
            "ESCV_DATA_DIR": installed.data,
            "ESCV_ROUTER_URL": f"http://127.0.0.1:{router_socket.getsockname()[1]}",
        }
        added = installed.run("esc-validator", "device", "add", "till", **settings)
        assert added.returncode == 0, added.stderr
        router = ["-m", "gunicorn", "--worker-class=gthread", "--threads=4", "--graceful-timeout=1"]
        router += [*_bound(router_socket.fileno()), "validator.demo.router:create_router()"]
        try:
            servers.append(_start(installed.command("python", *router), {}, router_socket.fileno()))
            app = installed.command("esc-validator", "run", *_bound(app_socket.fileno()))
            servers.append(_start(app, settings, app_socket.fileno()))
            port = app_socket.getsockname()[1]
            wait_ready(("127.0.0.1", port), servers, time.monotonic, time.sleep)
            yield InstalledSite(port, added.stdout.split()[-1])
        finally:
            stop(servers)


def _bound(handle: int) -> list[str]:
    return ["--log-level=warning", "--no-control-socket", "--bind", f"fd://{handle}"]


def _start(command: list[str], settings: dict[str, str], handle: int) -> Server:
    process = subprocess.Popen(
        command,
        cwd="/",
        env=_environ(settings),
        stdin=subprocess.DEVNULL,
        pass_fds=(handle,),
        start_new_session=True,
    )
    return Server(command[-1], process)


def _environ(settings: dict[str, str]) -> dict[str, str]:
    """Nothing of this tree's environment is in the PATH."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ESCV_", "PYTHON"))}
    return kept | {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"} | settings
