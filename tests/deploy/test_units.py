"""The units of deploy/ as systemd reads them, the nightly backup, and what install.sh refuses."""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.app_factory import SECRET
from tests.support.demo_site import ROOT
from tests.support.server_process import flask

if TYPE_CHECKING:
    from pathlib import Path

DEPLOY = ROOT / "deploy"
UNITS = ("esc-validator.service", "esc-validator-backup.service", "esc-validator-backup.timer")
PROGRAM = "opt/esc-validator/current"


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What systemd-analyze says; `scripts/setup test` brings it."""
    program = shutil.which("systemd-analyze")
    assert program, "systemd-analyze is missing: run scripts/setup test"
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


def test_systemd_reads_the_units_without_a_complaint(tmp_path: Path) -> None:
    """Every key is known, and every program that they start is where install.sh puts it."""
    units = tmp_path / "etc/systemd/system"
    units.mkdir(parents=True)
    for name in UNITS:
        shutil.copy(DEPLOY / name, units)
    shutil.copytree("/lib/systemd/system", tmp_path / "lib/systemd/system", symlinks=True)
    (tmp_path / PROGRAM / ".venv/bin").mkdir(parents=True)
    shutil.copytree(DEPLOY, tmp_path / PROGRAM / "deploy")
    gunicorn = tmp_path / PROGRAM / ".venv/bin/gunicorn"
    gunicorn.touch(0o755)

    found = analyze("verify", f"--root={tmp_path}", *UNITS)

    assert (found.returncode, found.stdout + found.stderr) == (0, "")
    gunicorn.unlink()
    assert analyze("verify", f"--root={tmp_path}", *UNITS).returncode == 1


@pytest.mark.parametrize(("unit", "score"), [(UNITS[0], "1.2"), (UNITS[1], "0.7")])
def test_the_units_are_as_closed_as_their_comments_say(unit: str, score: str) -> None:
    """`systemd-analyze security` rates 0 as closed and 10 as open."""
    rated = analyze("security", "--offline=true", f"--threshold={score.replace('.', '')}", str(DEPLOY / unit))

    assert rated.returncode == 0, rated.stdout
    assert f"the exposure {score}" in (DEPLOY / unit).read_text(encoding="utf-8")


def test_each_unit_runs_as_the_user_and_in_the_folders_that_install_sh_makes() -> None:
    """One place for each thing."""
    installer = (DEPLOY / "install.sh").read_text(encoding="utf-8")
    assert "name=esc-validator\n" in installer
    assert "program=/opt/$name etc=/etc/$name data=/var/lib/$name backups=/var/backups/$name\n" in installer
    for unit in UNITS[:2]:
        text = (DEPLOY / unit).read_text(encoding="utf-8")
        for line in (
            "User=esc-validator",
            "WorkingDirectory=/opt/esc-validator/current",
            "StateDirectory=esc-validator",
            "EnvironmentFile=/etc/esc-validator/esc-validator.env",
        ):
            assert f"\n{line}\n" in text
    assert "ReadWritePaths=/var/backups/esc-validator\n" in (DEPLOY / UNITS[1]).read_text(encoding="utf-8")


def test_everything_that_install_sh_copies_exists() -> None:
    """The list of what a release consists of."""
    found = re.search(
        r"^code=\((.*?)\)", (DEPLOY / "install.sh").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    assert found

    assert [each for each in found[1].split() if not (ROOT / each).exists()] == []


@pytest.mark.parametrize("script", ["install.sh", "backup.sh"])
def test_scripts_are_programs(script: str) -> None:
    """They can be started, and a shell reads them."""
    path = DEPLOY / script
    shell = path.read_text(encoding="utf-8").partition("\n")[0].rpartition("/")[2].removeprefix("env ")

    assert path.stat().st_mode & stat.S_IXUSR
    assert subprocess.run([shell, "-n", str(path)], check=False).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--help"], "deploy/install.sh --uninstall --purge"),
        (["--purge"], "belongs to --uninstall"),
        (["--host", "evil; rm"], "must be a host name"),
    ],
)
def test_install_sh_refuses_what_it_does_not_know(arguments: list[str], said: str) -> None:
    """Before it changes anything."""
    command = [str(DEPLOY / "install.sh"), *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ran.returncode != 0
    assert said in ran.stdout + ran.stderr or "as root" in ran.stderr


def backup(environ: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the nightly backup once, in the folder of the program."""
    command = [str(DEPLOY / "backup.sh"), str(folder)]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)


def test_the_nightly_backup_keeps_the_newest(tmp_path: Path) -> None:
    """The oldest go, other files stay; a backup that fails deletes nothing."""
    folder = tmp_path / "backups"
    folder.mkdir()
    environ = {"PATH": "/usr/bin:/bin", "ESCV_SECRET_KEY": SECRET, "ESCV_DATA_DIR": str(tmp_path / "data")}
    assert flask(environ, "device", "add", "tablet").returncode == 0
    old = [f"esc-validator-2026-01-0{day}T023000Z.sqlite" for day in range(1, 5)]
    for name in [*old, "esc-validator.key", "other.sqlite"]:
        (folder / name).write_text("kept")

    made = backup(environ | {"ESC_BACKUPS_KEPT": "3"}, folder)

    assert made.returncode == 0, made.stderr
    left = sorted(path.name for path in folder.iterdir())
    assert [name for name in left if name in old] == old[2:]
    assert {"esc-validator.key", "other.sqlite"} < set(left)
    assert len(left) == 5
    assert (folder / max(set(left) - {"other.sqlite", "esc-validator.key"})).stat().st_mode & 0o777 == 0o600
    failed = backup(environ | {"ESC_BACKUPS_KEPT": "1", "ESCV_SECRET_KEY": "short"}, folder)
    assert failed.returncode != 0
    assert backup(environ | {"ESC_BACKUPS_KEPT": "0"}, folder).returncode == 2
    assert sorted(path.name for path in folder.iterdir()) == left
