"""install.sh in a bare Debian 12: from a checkout to a service with two people and a tablet, and back."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.demo_site import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(name="day", scope="module")
def _day(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What tests/deploy/first_day.py reports from a Debian without anything of ours."""
    assert os.getuid() == 0, "scripts/bare_debian needs root"
    root: Path = tmp_path_factory.mktemp("bare")
    ran = subprocess.run(
        [str(ROOT / "scripts/bare_debian"), "python3", "-m", "tests.deploy.first_day"],
        env={"BARE_ROOT": str(root / "debian")} | os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-4_000:]
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    print(found)  # noqa: T201 - the figures of this machine, shown with pytest -s
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
def test_removing_keeps_the_data_until_a_purge(day: dict[str, Any]) -> None:
    """The backup of the night is among what is kept."""
    assert day["backups"] == 1
    assert day["left_after_uninstall"] == []
    assert day["kept_by_uninstall"] is True
    assert day["left_after_purge"] == []
