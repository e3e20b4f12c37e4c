"""Nobody but the service's own user reads what it keeps; what is open to others is closed or reported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.app_factory import SECRET
from validator import data_folder, logging

if TYPE_CHECKING:
    from collections.abc import Callable

# With a umask that would give everything to everybody: a whole application, a check, a late write, a purge.
EVERYTHING = """
import os
os.umask(0)
from wsgi import app
kept = app.extensions["validator"]
run = app.test_cli_runner().invoke
token = run(args=["device", "add", "till"]).output.split()[-1]
card = {"input": "3e506370-826a-103d-bf76-001000000001"}
headers = {"Authorization": f"Bearer {token}"}
answer = app.test_client().post("/api/v1/validations", json=card, headers=headers)
assert answer.status_code == 200, answer.text
kept.answers.purge()
kept.checker.limits.purge()
"""


def modes(folder: Path) -> dict[str, str]:
    """The mode of the folder and of all that is in it."""
    return {
        str(path.relative_to(folder)): f"{path.stat().st_mode & 0o777:o}"
        for path in (folder, *folder.rglob("*"))
    }


def test_all_that_is_made_is_for_its_owner_only(tmp_path: Path) -> None:
    """Database, remembered answers, limits, what SQLite puts beside them, the lock of the update."""
    folder = tmp_path / "data"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ESCV_", "FLASK_"))}
    settings = {
        "ESCV_SECRET_KEY": SECRET,
        "ESCV_DATA_DIR": str(folder),
        "ESCV_ROUTER_URL": "http://127.0.0.1:9",
    }
    root = Path(__file__).parents[2]
    ended = subprocess.run(
        [sys.executable, "-c", EVERYTHING],
        env=kept | settings,
        cwd=root,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr

    made = modes(folder)

    assert made.pop(".") == "700"
    assert {"validator.sqlite", "validator.sqlite.lock", "answers.sqlite", "limits.sqlite"} <= set(made)
    assert set(made.values()) == {"600"}
    assert "is_open" not in ended.stderr


@pytest.fixture(name="told")
def _told(caplog: pytest.LogCaptureFixture) -> Callable[[], dict[str, Any]]:
    logging.configure()
    caplog.handler.setLevel(0)

    def told() -> dict[str, Any]:
        return {one.msg["event"]: one.msg for one in caplog.records if isinstance(one.msg, dict)}

    return told


def test_files_that_were_open_are_closed_and_an_open_folder_is_reported(
    tmp_path: Path, told: Callable[[], dict[str, Any]]
) -> None:
    """In one sentence each. Other files in the folder are left alone, and so is the folder's own mode."""
    ours = [tmp_path / name for name in ("validator.sqlite", "answers.sqlite-wal", "validator.sqlite.lock")]
    elsewhere = tmp_path / "there"
    elsewhere.mkdir(mode=0o700)
    database = elsewhere / "people.db"
    theirs = tmp_path / "notes.txt"
    for path in (*ours, database, theirs):
        path.touch()
        path.chmod(0o664)
    tmp_path.chmod(0o755)
    assert not data_folder.is_private(tmp_path)

    data_folder.prepare(tmp_path, database)

    assert {path.stat().st_mode & 0o777 for path in (*ours, database)} == {0o600}
    assert theirs.stat().st_mode & 0o777 == 0o664
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert told()["data_files_were_open"]["count"] == 4
    assert "chmod 700" in told()["data_folder_is_open"]["hint"]
    assert not data_folder.is_private(tmp_path)
    tmp_path.chmod(0o700)
    assert data_folder.is_private(tmp_path)


def test_a_file_that_cannot_be_closed_is_reported(
    tmp_path: Path, told: Callable[[], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It belongs to somebody else."""
    path = tmp_path / "answers.sqlite"
    path.touch()
    path.chmod(0o644)

    def refused(_path: Path, _mode: int) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "chmod", refused)
    data_folder.prepare(tmp_path, None)

    assert told()["data_files_are_open"]["count"] == 1
    assert not data_folder.is_private(tmp_path)


def test_a_private_folder_is_not_spoken_of(tmp_path: Path, told: Callable[[], dict[str, Any]]) -> None:
    """Nor is one that is not there."""
    data_folder.prepare(tmp_path / "new", tmp_path / "new" / "validator.sqlite")

    assert told() == {}
    assert data_folder.is_private(tmp_path / "new")
    assert data_folder.is_private(tmp_path / "nowhere")


@pytest.mark.parametrize("place", ["data", "data/database"])
def test_data_on_a_network_disk_is_warned_of(
    tmp_path: Path, told: Callable[[], dict[str, Any]], monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """The folder, or the database that lies elsewhere."""
    mounts = f"/dev/a / ext4 rw 0 0\nserver:/x {tmp_path / place} nfs4 rw 0 0\n"
    monkeypatch.setattr(data_folder, "mounts", lambda: mounts)

    data_folder.prepare(tmp_path / "data", tmp_path / "data" / "database" / "validator.sqlite")

    assert "on a disk of this machine" in told()["data_on_network_disk"]["hint"]
