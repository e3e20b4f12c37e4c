"""install.sh in a bare Debian 12: from a checkout to a service with two people and a tablet, and back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.demo_site import ROOT
from tests.support.installed import build_wheel

PACKAGES = "python3,python3-venv,make,git,ca-certificates,systemd,systemd-sysv,dbus"
# Landlock, with which the decoders confine themselves: systemd-nspawn closes it by default.
LANDLOCK = "landlock_create_ruleset landlock_add_rule landlock_restrict_self"
UNIT = """
[Service]
Type=oneshot
WorkingDirectory=/srv/esc-validator
ExecStart=/usr/bin/python3 -m tests.deploy.booted
ExecStopPost=/bin/systemctl --no-block poweroff
"""


def in_debian(root: Path, *command: str) -> str:
    """The output of a command in a Debian without anything of ours; BARE_ROOT names one that is made."""
    assert os.getuid() == 0, "scripts/bare_debian needs root"
    ran = subprocess.run(
        [str(ROOT / "scripts/bare_debian"), *command],
        env=os.environ | {"BARE_ROOT": str(root), "BARE_PACKAGES": PACKAGES},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-4_000:]
    return ran.stdout


@pytest.fixture(name="root", scope="module")
def _root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the Debian is."""
    return Path(os.environ.get("BARE_ROOT") or tmp_path_factory.mktemp("bare") / "debian")


@pytest.fixture(name="day", scope="module")
def _day(root: Path) -> dict[str, Any]:
    """What tests/deploy/first_day.py reports, without a running systemd."""
    found: dict[str, Any] = json.loads(
        in_debian(root, "python3", "-m", "tests.deploy.first_day").splitlines()[-1]
    )
    print(found)  # noqa: T201 - the figures of this machine, shown with pytest -s
    return found


@pytest.fixture(name="booted", scope="module")
def _booted(root: Path, day: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - it comes first
    """What tests/deploy/booted.py reports from the same Debian, with a real systemd and no network."""
    program = shutil.which("systemd-nspawn")
    assert program, "systemd-nspawn is missing: apt-get install systemd-container"
    in_debian(root, "deploy/install.sh", "--no-start")
    report = root / "root/booted.json"
    report.unlink(missing_ok=True)
    (root / "etc/systemd/system/booted.service").write_text(UNIT)
    container = [program, "--register=no", "--keep-unit", "--private-network", "--resolv-conf=off"]
    boot = [
        f"--system-call-filter={LANDLOCK}",
        "--boot",
        f"--directory={root}",
        "systemd.wants=booted.service",
    ]
    ran = subprocess.run([*container, *boot], capture_output=True, text=True, check=False, timeout=600)
    assert report.exists(), ran.stdout[-4_000:] + ran.stderr[-4_000:]
    found: dict[str, Any] = json.loads(report.read_text())
    print({name: value for name, value in found.items() if name != "log"})  # noqa: T201 - as above
    return found


@pytest.mark.soak
def test_a_new_service_has_two_people_and_a_tablet_and_comes_back(day: dict[str, Any]) -> None:
    """With empty package caches; it checks a card, and again after its process was killed."""
    assert day["people"] == ["anna", "sam"]
    assert (day["first_check"], day["second_check"]) == ("valid", "valid")


@pytest.mark.soak
def test_the_service_owns_its_data_and_nothing_of_its_program(day: dict[str, Any]) -> None:
    """It runs without root's rights and reads its key; others on the machine read neither."""
    assert day["modes"] == {
        "/etc/esc-validator": ["root", "esc-validator", "0o750"],
        "/etc/esc-validator/esc-validator.env": ["root", "esc-validator", "0o640"],
        "/etc/esc-validator/secret-key": ["root", "esc-validator", "0o640"],
        "/var/lib/esc-validator": ["esc-validator", "esc-validator", "0o700"],
        "/var/backups/esc-validator": ["esc-validator", "esc-validator", "0o700"],
    }
    assert day["service_user"] == "esc-validator"
    assert day["not_of_root"] == 0


@pytest.mark.soak
def test_a_second_installation_changes_nothing(day: dict[str, Any]) -> None:
    """The key, the settings, the data and the program are the same afterwards."""
    assert day["second_install_changed"] == []


@pytest.mark.soak
def test_an_upgrade_keeps_the_data_and_the_release_before(day: dict[str, Any]) -> None:
    """Releases from before that one are removed."""
    assert day["upgraded"] is True
    assert day["releases_are_new_and_before"] is True
    assert day["kept_by_upgrade"] is True


@pytest.mark.soak
def test_removing_keeps_the_data_until_a_purge(day: dict[str, Any]) -> None:
    """The backup of the night is among what is kept."""
    assert day["backups"] == 1
    assert day["left_after_uninstall"] == []
    assert day["kept_by_uninstall"] is True
    assert day["left_after_purge"] == []


@pytest.mark.soak
def test_a_real_systemd_runs_the_closed_unit(booted: dict[str, Any]) -> None:
    """It checks a card, comes back after a kill, and the nightly backup works; its decoders are confined."""
    assert "failed" not in booted, booted
    assert (booted["first_check"], booted["second_check"]) == ("valid", "valid")
    assert (booted["timer"], booted["backups"]) == ("active", 1)
    none = "0" * 16
    assert booted["process"] == {"NoNewPrivs": "1", "Seccomp": "2", "CapBnd": none, "CapEff": none}
    assert "only partly confined" not in booted["log"]


@pytest.mark.soak
def test_systemd_does_not_repeat_a_start_that_cannot_succeed(booted: dict[str, Any]) -> None:
    """With unusable settings it stops at once; nothing of the service is left after its removal."""
    assert booted["exit_code"] == "2"
    assert booted["restarts"] == "0"
    assert booted["left"] == ""


@pytest.mark.soak
def test_the_program_can_come_from_a_wheel(root: Path, tmp_path: Path) -> None:
    """Then nothing is fetched for browsers; commands run as they do from a checkout."""
    wheel = build_wheel(tmp_path)
    shutil.copy(wheel, root / "root")
    install = f"deploy/install.sh --no-start --wheel /root/{wheel.name}"

    use = "esc-validator device add tablet; esc-validator device list"
    in_debian(root, "deploy/install.sh", "--uninstall", "--purge")
    said = in_debian(root, "bash", "-euc", f"{install}; {use}")
    in_debian(root, "deploy/install.sh", "--uninstall", "--purge")

    assert "tablet\tadded" in said
