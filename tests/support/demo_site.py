"""The whole for browser tests: the app under gunicorn, and the demo Router stand-in beside it."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from validator.demo.processes import Server, listener, start, stop, wait_ready

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "lindenburg on the lake"


@dataclass(frozen=True, slots=True)
class Site:
    """A running site in demo mode: where it is, and its Router, which a test may stop."""

    address: str
    router: Server

    def end_router(self) -> None:
        """Stop the Router: its port refuses connections."""
        stop([self.router])


@contextmanager
def running_site(folder: Path, root: Path = ROOT, **changes: str) -> Iterator[Site]:
    """Start both servers on free ports with this data folder; stop them at the end.

    `root` is where the code lies: another folder than ours holds another release.
    """
    servers: list[Server] = []
    try:
        with listener() as router_socket, listener() as app_socket:
            servers.append(_router(router_socket.fileno()))
            router_port, app_port = (each.getsockname()[1] for each in (router_socket, app_socket))
            values = {"demo": "1", "demo_password": PASSWORD, "data_dir": str(folder)}
            values |= {"router_url": f"http://127.0.0.1:{router_port}"} | changes
            servers.append(_app(app_socket.fileno(), values, root))
        wait_ready(("127.0.0.1", app_port), servers, time.monotonic, time.sleep)
        yield Site(f"http://127.0.0.1:{app_port}", servers[0])
    finally:
        stop(servers)


def _environ(values: dict[str, str]) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("ESCV_")}
    return plain | {f"ESCV_{name.upper()}": value for name, value in values.items()}


def _router(handle: int) -> Server:
    arguments = ["--bind", f"fd://{handle}", "--worker-class=gthread", "--threads=8", "--graceful-timeout=1"]
    return start(
        "The Router", [*arguments, "validator.demo.router:create_router()"], _environ({}), ROOT, [handle]
    )


def _app(handle: int, values: dict[str, str], root: Path) -> Server:
    arguments = ["-c", "gunicorn.conf.py", "--bind", f"fd://{handle}", "wsgi:app"]
    return start("The app", arguments, _environ(values), root, [handle])
