"""`python -m validator.demo` as a real process, with both servers under gunicorn."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import requests

from tests.support.demo_site import ROOT
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST_S = 30


def free_port() -> int:
    """A port that is probably free."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    return port


@contextlib.contextmanager
def demo(folder: Path, port: int, **environ: str) -> Iterator[subprocess.Popen[str]]:
    """The demo as a process, which is ended with the block."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("ESCV_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "validator.demo"],
        cwd=ROOT,
        env=ours | {"ESCV_DATA_DIR": str(folder), "PORT": str(port)} | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        with process:
            process.wait(LONGEST_S)


def printed(process: subprocess.Popen[str]) -> str:
    """The output until it is ready."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Ctrl-C"):
            return "".join(lines)
    assert process.stderr is not None
    pytest.fail(f"not ready: {process.stderr.read()}")


def children(pid: int) -> list[int]:
    """The child processes of a process."""
    with open(f"/proc/{pid}/task/{pid}/children") as file:  # noqa: PTH123 - of the kernel
        return [int(child) for child in file.read().split()]


def test_one_command_gives_a_demo_that_works(tmp_path: Path) -> None:
    """It prints the address of a site where Anna's card is VALID; after a signal no process is left."""
    port = free_port()
    with demo(tmp_path, port) as process:
        words = printed(process)
        site = f"http://127.0.0.1:{port}"
        password = re.findall(r"Password +(\S+)", words)
        session = requests.Session()
        signed_in = session.post(
            f"{site}/login",
            data={"username": "staff", "password": password[0]},
            timeout=5,
            allow_redirects=False,
        )
        checked = session.post(
            f"{site}/api/v1/validations", json={"input": BY_SLUG["anna-active"].payload}, timeout=5
        )
        servers = children(process.pid)
        process.send_signal(signal.SIGINT)

        assert process.wait(LONGEST_S) == 0
    session.close()
    assert f"{site}/demo/cards" in words
    assert signed_in.status_code == 302
    assert checked.json()["outcome"] == "valid"
    assert len(servers) == 2
    for server in servers:
        with pytest.raises(ProcessLookupError):
            os.kill(server, 0)


def test_a_taken_port_ends_the_start(tmp_path: Path) -> None:
    """Exit code 1, with the port in the message; no process is left."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with demo(tmp_path, port) as process:
            _, said = process.communicate(timeout=LONGEST_S)

    assert process.returncode == 1
    assert f"127.0.0.1:{port} cannot be used" in said
    assert "such as PORT=" in said


def test_a_server_that_ends_by_itself_ends_the_demo(tmp_path: Path) -> None:
    """If the simulated Router ends, the demo ends with code 1 and names it."""
    with demo(tmp_path, free_port()) as process:
        printed(process)
        os.kill(children(process.pid)[-1], signal.SIGKILL)
        _, said = process.communicate(timeout=LONGEST_S)

    assert process.returncode == 1
    assert "The simulated Router ended by itself" in said
