"""The commands of README.md and docs/operate.md, run as they are written."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import urllib.request
from typing import TYPE_CHECKING

from tests.support.documented import ROOT, documented, run_documented

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "ZkT3vQ9mXr7LpW2nYc8HsB5dGf4JaK6e"
FOLDER = "/var/lib/esc-validator"


def test_a_backup_is_made_as_written(tmp_path: Path) -> None:
    """The file is there, for its owner only."""
    text = documented("docs/operate.md", "back-up").replace("/var/backups/esc-validator", str(tmp_path))

    run_documented(text, tmp_path, ESCV_SECRET_KEY=SECRET, ESCV_DATA_DIR=str(tmp_path / "data"))

    (backup,) = tmp_path.glob("*.sqlite")
    assert backup.stat().st_mode & 0o777 == 0o600


def test_the_service_starts_as_written(tmp_path: Path) -> None:
    """Five lines after set-up give a manager, a till and a running service whose data stays."""
    lines = documented("README.md", "use").replace(FOLDER, str(tmp_path / "data")).splitlines()
    assert lines.pop(0) == "make setup"
    server = lines.pop()
    assert ".venv/bin/gunicorn" in server
    text = "\n".join(lines).replace("alice", "alice <<<'correct horse battery staple'")
    printed = run_documented(f"cd {ROOT}\n{text}", tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = [
        str(ROOT / ".venv/bin/gunicorn"),
        *server.split("#")[0].split()[1:],
        "--bind",
        f"127.0.0.1:{port}",
    ]
    folder = str(tmp_path / "data")
    settings = {"ESCV_SECRET_KEY_FILE": f"{folder}/secret-key", "ESCV_DATA_DIR": folder}

    with subprocess.Popen(
        program, cwd=ROOT, env={"PATH": "/usr/bin:/bin"} | settings, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr
        for line in running.stderr:
            if "Listening at" in line:
                break
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=10) as answer:
            alive = answer.status
        running.send_signal(signal.SIGTERM)

    assert re.search(r"escv_\S+", printed)
    assert alive == 200
