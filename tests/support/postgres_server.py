"""A real PostgreSQL on a loopback port, which wants a password."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.polling import wait_for
from tests.support.unprivileged import UNPRIVILEGED_ID, drop_privileges

if TYPE_CHECKING:
    from collections.abc import Iterator

USER, PASSWORD = "escv", "a-password-of-the-tests"
LIMIT_S = 60.0


def _programs() -> Path:
    found = shutil.which("postgres") or next(
        (str(path) for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")), None
    )
    if found is None:
        pytest.skip("needs PostgreSQL: apt-get install postgresql")
    return Path(found).resolve().parent


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as made:
        port: int = made.getsockname()[1]
        return port


@contextmanager
def postgres_server() -> Iterator[int]:
    """The port of a server that runs until the block ends; its database is `postgres`."""
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        folder, port = Path(name), _free_port()
        (folder / "password").write_text(PASSWORD)
        if os.getuid() == 0:
            for path in (folder, folder / "password"):
                os.chown(path, UNPRIVILEGED_ID, UNPRIVILEGED_ID)
        data = folder / "data"
        options = ["--auth=scram-sha-256", f"--username={USER}", f"--pwfile={folder / 'password'}"]
        subprocess.run(
            [
                str(programs / "initdb"),
                "--no-locale",
                "--encoding=UTF8",
                "--no-sync",
                "-D",
                str(data),
                *options,
            ],
            check=True,
            capture_output=True,
            cwd=folder,
            preexec_fn=drop_privileges,
        )
        place = ["-D", str(data), "-k", str(folder), "-h", "127.0.0.1", "-p", str(port), "-F"]
        process = subprocess.Popen(
            [str(programs / "postgres"), *place],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=drop_privileges,  # noqa: PLW1509 - as above
        )
        try:
            wait_for(lambda: _listens(port), LIMIT_S)
            yield port
        finally:
            process.terminate()
            process.wait(LIMIT_S)


def _listens(port: int) -> bool:
    with socket.socket() as made:
        return made.connect_ex(("127.0.0.1", port)) == 0
