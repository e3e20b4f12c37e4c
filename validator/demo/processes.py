"""Starts, watches and stops the servers of the demo. Each is a gunicorn in its own session."""

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

# An open connection of a browser would delay the end by this time.
GRACE_S = 1
STOP_S = 5.0
READY_S = 60.0
POLL_S = 0.05
ASK_S = 2.0
OPTIONS = ("--no-control-socket", "--log-level=warning", f"--graceful-timeout={GRACE_S}")


class StartError(Exception):
    """The demo cannot start or continue. The message has the reason and the advice."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running gunicorn, with its name for messages."""

    name: str
    process: subprocess.Popen[bytes]


def listener() -> socket.socket:
    """A listening socket on a free loopback port. The server inherits it: no other process gets the port."""
    return socket.create_server(("127.0.0.1", 0), backlog=128)


def start(
    name: str,
    arguments: Sequence[str],
    environ: Mapping[str, str],
    folder: Path,
    inherited: Sequence[int] = (),
) -> Server:
    """Start a gunicorn in `folder` in its own session, so that Ctrl-C reaches only the demo process."""
    command = [sys.executable, "-m", "gunicorn", *OPTIONS, *arguments]
    process = subprocess.Popen(  # noqa: S603 - fixed arguments, no shell
        command,
        env=dict(environ),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        pass_fds=tuple(inherited),
        start_new_session=True,
    )
    return Server(name, process)


def check_alive(servers: Sequence[Server]) -> None:
    """Raise StartError if a server has ended by itself."""
    for server in servers:
        code = server.process.poll()
        if code is not None:
            raise StartError(
                f"{server.name} ended by itself (exit code {code}); see the lines above for the reason."
            )


def wait_ready(
    address: tuple[str, int],
    servers: Sequence[Server],
    clock: Callable[[], float],
    pause: Callable[[float], object],
) -> None:
    """Wait until /readyz answers 200; raises StartError if a server ends first or after READY_S."""
    end = clock() + READY_S
    while not _is_ready(address):
        check_alive(servers)
        if clock() > end:
            raise StartError(
                f"The app was not ready within {READY_S:g} s; see the lines above for the reason."
            )
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
    """Stop all servers: by SIGTERM first, and after `patience_s` kill them with their child processes."""
    for server in servers:
        if server.process.poll() is None:
            server.process.send_signal(signal.SIGTERM)
    for server in servers:
        try:
            server.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            os.killpg(server.process.pid, signal.SIGKILL)
            server.process.wait()
