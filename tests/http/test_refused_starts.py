"""A server that would be unsafe does not start: exit code 2 of a real gunicorn, and the setting to fix."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.app_factory import SECRET
from validator.settings import Settings

ROOT = Path(__file__).parents[2]
GUNICORN = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app", "--bind"]
REFUSED = {
    "no secret": ({"ESCV_SECRET_KEY": ""}, "ESCV_SECRET_KEY is missing"),
    "a short secret": ({"ESCV_SECRET_KEY": SECRET[:31]}, "ESCV_SECRET_KEY is too short"),
    "an example for a secret": (
        {"ESCV_SECRET_KEY": "changeme" * 8},
        "ESCV_SECRET_KEY is too short or an example",
    ),
    "one letter for a secret": ({"ESCV_SECRET_KEY": "a" * 64}, "ESCV_SECRET_KEY is too short or an example"),
    "a Router without TLS": ({"ESCV_ROUTER_URL": "http://router.example"}, "ESCV_ROUTER_URL"),
    "a port that is none": ({"PORT": "99999"}, "PORT must be a number from 1 to 65535."),
    "a host with its port": ({"HOST": "127.0.0.1:80"}, "give the port in PORT."),
    "too many threads": ({"WEB_THREADS": "99999"}, "WEB_THREADS must be a number from 1 to 1024."),
    "another database": ({"ESCV_DATABASE_URL": "mysql://geheim@host/x"}, "ESCV_DATABASE_URL must begin with"),
    "a misspelt setting": (
        {"ESCV_TRUST_HOST": "geheim.example"},
        "ESCV_TRUST_HOST is no setting: perhaps ESCV_TRUSTED_HOSTS is meant",
    ),
    "debugging": ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
    "debugging by another word": ({"FLASK_DEBUG": "on"}, "FLASK_DEBUG"),
}


def start(folder: Path, bind: str = "127.0.0.1:0", **changes: str) -> subprocess.CompletedProcess[str]:
    """Start the server as an operator does; every one of these starts ends by itself."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ESCV_", "FLASK_"))}
    environ = kept | {"ESCV_SECRET_KEY": SECRET, "ESCV_DATA_DIR": str(folder / "data")} | changes
    return subprocess.run(
        [*GUNICORN, bind], cwd=ROOT, env=environ, check=False, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("fault", REFUSED)
def test_an_unsafe_server_does_not_start(tmp_path: Path, fault: str) -> None:
    """Exit code 2, one line that says which setting, nothing of its value, and nothing made on the disk."""
    changes, said = REFUSED[fault]

    ended = start(tmp_path, **changes)

    assert ended.returncode == 2, ended.stderr
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not [value for value in changes.values() if len(value) > 2 and value in ended.stderr]
    assert list(tmp_path.iterdir()) == []


def test_a_data_folder_that_cannot_be_written_to_is_told_in_words(tmp_path: Path) -> None:
    """Exit code 2 and what to look at, where a database lies in the way that is none, or a file."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "validator.sqlite").mkdir()
    for folder in (tmp_path, Path(os.devnull)):
        ended = start(folder)

        assert ended.returncode == 2, ended.stderr
        assert "ESCV_DATA_DIR" in ended.stderr
        assert "Traceback" not in ended.stderr


def test_a_database_without_its_driver_is_told_in_words(tmp_path: Path) -> None:
    """Which extra to install, and nothing of the address."""
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "psycopg.py").write_text("raise ImportError\n")

    ended = start(
        tmp_path, ESCV_DATABASE_URL="postgresql://user:geheim@host.example/x", PYTHONPATH=str(hidden)
    )

    assert ended.returncode == 2
    assert "ESC Validator cannot start: PostgreSQL needs its driver" in ended.stderr
    assert "esc-validator[postgresql]" in ended.stderr
    assert not re.search("Traceback|geheim|uncaught", ended.stderr)


def test_a_taken_port_is_told_in_words(tmp_path: Path) -> None:
    """One sentence at once, in place of gunicorn's five tries."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = start(tmp_path, f"127.0.0.1:{port}")

    assert ended.returncode == 2
    assert f"127.0.0.1:{port} cannot be used: another program uses it." in ended.stderr
    assert not re.search("Traceback|Errno|uncaught", ended.stderr)


def test_the_command_line_refuses_debugging_too(tmp_path: Path) -> None:
    """`flask run --debug` would open a console to every client that causes an error."""
    environ = os.environ | {"ESCV_SECRET_KEY": SECRET, "ESCV_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "--debug", "user", "list"]

    ended = subprocess.run(
        command, cwd=ROOT, env=environ, check=False, capture_output=True, text=True, timeout=60
    )

    assert ended.returncode == 2, ended.stderr
    assert "FLASK_DEBUG" in ended.stderr


def test_no_setting_switches_the_check_of_certificates_off() -> None:
    """No setting changes it. tests/faults holds that the environment cannot either."""
    words = ("tls", "ssl", "verif", "insecure", "cert")

    assert [name for name in Settings.model_fields if any(word in name for word in words)] == []
