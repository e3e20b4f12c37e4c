"""Starts the servers of the demo, watches them, stops them. Each is a gunicorn in a session of its own."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

# A browser's open connection would hold up the end for as long as gunicorn is gracious.
GRACE_S = 1
STOP_S = 5.0
READY_S = 60.0
POLL_S = 0.05
ASK_S = 2.0
QUIETLY = ("--no-control-socket", "--log-level=warning", f"--graceful-timeout={GRACE_S}")


class StartError(Exception):
    """The demo cannot start or go on; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Server:
    """One running gunicorn, and what people call it."""

    name: str
    process: subprocess.Popen[bytes]


def listener() -> socket.socket:
    """A listening socket on a free loopback port; handed on to a server, nobody can take the port between."""
    return socket.create_server(("127.0.0.1", 0), backlog=128)


def start(
    name: str, arguments: Sequence[str], environ: Mapping[str, str], folder: Path, hand_on: Sequence[int] = ()
) -> Server:
    """Start a gunicorn in `folder`, in its own session: Ctrl-C must reach only the one who stops it."""
    command = [sys.executable, "-m", "gunicorn", *QUIETLY, *arguments]
    process = subprocess.Popen(  # noqa: S603 - fixed arguments, no shell
        command,
        env=dict(environ),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        pass_fds=tuple(hand_on),
        start_new_session=True,
    )
    return Server(name, process)


def check_alive(servers: Sequence[Server]) -> None:
    """Raise StartError where one of them ended by itself."""
    for server in servers:
        code = server.process.poll()
        if code is not None:
            raise StartError(
                f"{server.name} ended by itself (exit code {code}); the lines above may say why."
            )


def wait_ready(
    address: tuple[str, int],
    servers: Sequence[Server],
    clock: Callable[[], float],
    pause: Callable[[float], object],
) -> None:
    """Return as soon as /readyz says so; StartError where a server ends first or time runs out."""
    end = clock() + READY_S
    while not _is_ready(address):
        check_alive(servers)
        if clock() > end:
            raise StartError(f"The app was not ready within {READY_S:g} s; the lines above may say why.")
        pause(POLL_S)


def _is_ready(address: tuple[str, int]) -> bool:
    connection = http.client.HTTPConnection(*address, timeout=ASK_S)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def stop(servers: Sequence[Server], patience_s: float = STOP_S) -> None:
    """End them all: kindly first, and after `patience_s` for certain, with all that they started."""
    for server in servers:
        if server.process.poll() is None:
            server.process.send_signal(signal.SIGTERM)
    for server in servers:
        try:
            server.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            os.killpg(server.process.pid, signal.SIGKILL)
            server.process.wait()
