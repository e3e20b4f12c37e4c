"""Data folder, disk, locks and database: the doctor names the cause of each fault, where nothing starts."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.app_factory import close, make_app
from tests.support.doctor import FLASK, diagnose, diagnose_in_process, diagnose_with, environment
from validator.data_folder import NETWORK_DISKS
from validator.doctor.host import folder_facts
from validator.doctor.storage import Locks, judge_folder
from validator.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """A data folder that a service has used."""
    close(make_app(tmp_path / "data", "http://127.0.0.1:9"))
    return tmp_path / "data"


def test_a_folder_that_works_is_green(folder: Path) -> None:
    """Each line says so, and nothing in the folder changes."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    found = diagnose(environment(folder))

    assert [found.ids[name] for name in ("data_folder", "disk", "locks", "database")] == ["ok"] * 4
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_before_the_first_start_nothing_is_made(tmp_path: Path) -> None:
    """A missing folder is no fault, and stays missing."""
    found = diagnose(environment(tmp_path / "not" / "yet"))

    assert [found.ids[name] for name in ("data_folder", "disk", "locks", "database")] == ["ok"] * 4
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fault", ["full", "full_disk"])
def test_a_full_disk(folder: Path, fault: str) -> None:
    """No file can grow, by a limit of the process or on a disk of its own."""
    found = diagnose_with(fault, environment(folder))

    assert found.of("disk")["id"] == "disk_full"
    assert "Make room" in found.of("disk")["next"]
    assert found.exit_code == 2


@pytest.mark.parametrize("fault", ["read_only", "read_only_disk"])
def test_a_folder_that_cannot_be_written_to(folder: Path, fault: str) -> None:
    """The right to write is missing, or the disk is mounted read-only."""
    found = diagnose_with(fault, environment(folder))
    folder.chmod(0o700)

    assert found.of("disk")["id"] == "disk_read_only"
    assert found.exit_code == 2


def test_a_disk_without_locks(folder: Path) -> None:
    """The kernel refuses each lock, as for a network disk whose server has none."""
    found = diagnose_with("no_locks", environment(folder))

    assert found.of("locks")["id"] == "no_locks"
    assert "disk of this machine" in found.of("locks")["next"]
    assert found.exit_code == 2


@pytest.mark.parametrize("kind", sorted(NETWORK_DISKS))
def test_a_network_disk(folder: Path, kind: str) -> None:
    """It is named with its kind: a warning while its locks work, a failure where they do not."""
    settings = Settings.from_env(environment(folder))
    facts = folder_facts(settings, f"/dev/a / ext4 rw 0 0\nhost:/x {folder} {kind} rw 0 0\n")
    assert facts.locks is Locks.WORK

    (locks,) = [one for one in judge_folder(facts) if one.check == "locks"]

    assert (locks.id, locks.state) == ("network_disk", "warning")
    assert f"({kind})" in locks.text
    for fault in (Locks.MISSING, Locks.WITHOUT_EFFECT):
        (locks,) = [one for one in judge_folder(replace(facts, locks=fault)) if one.check == "locks"]
        assert (locks.id, locks.state) == ("no_locks", "failed")
        assert f"({kind})" in locks.text


def test_a_newer_database(folder: Path) -> None:
    """The service does not start; the doctor runs and says why."""
    with closing(sqlite3.connect(folder / "validator.sqlite", isolation_level=None)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")

    found = diagnose_in_process(environment(folder), *FLASK)

    assert found.of("database")["id"] == "database_newer"
    assert found.exit_code == 2


def test_older_tables_are_no_fault(folder: Path) -> None:
    """The next start brings them up to date; the doctor itself does not."""
    path = folder / "validator.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("UPDATE alembic_version SET version_num = '0001'")

        found = diagnose(environment(folder))

        assert "next start" in found.of("database")["text"]
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)


def test_a_damaged_database(folder: Path) -> None:
    """What to do is said, and nothing of the file is quoted."""
    (folder / "validator.sqlite").write_bytes(b"geheim" * 10_000)

    found = diagnose(environment(folder))

    assert found.of("database")["id"] == "database_down"
    assert "backup" in found.of("database")["next"]
    assert "geheim" not in found.said


def test_a_locked_database(folder: Path) -> None:
    """Another program holds it: a warning."""
    with closing(sqlite3.connect(folder / "validator.sqlite", isolation_level=None)) as backup:
        backup.execute("BEGIN IMMEDIATE")
        found = diagnose(environment(folder))

    assert found.of("database")["id"] == "database_locked"


def test_a_folder_of_another_user_or_open_to_others(folder: Path) -> None:
    """A run as another user shows not what the service may do."""
    folder.chmod(0o755)
    assert diagnose(environment(folder)).of("data_folder")["id"] == "folder_open"
    folder.chmod(0o700)
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder to another user")
    os.chown(folder, 65534, -1)

    assert diagnose(environment(folder)).of("data_folder")["id"] == "other_user"


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    """The other lines say that they were not checked."""
    (tmp_path / "data").touch()

    found = diagnose(environment(tmp_path / "data"))

    assert found.of("data_folder")["id"] == "no_folder"
    assert found.of("locks")["state"] == "skipped"


def test_faulty_settings_are_named_without_their_values(tmp_path: Path) -> None:
    """All of them, although the service does not start with them."""
    found = diagnose_in_process(environment(tmp_path, secret_key="geheim", proxy_hops="nine"), *FLASK)

    texts = [one["next"] for one in found.findings]
    assert len(texts) == 2
    assert "ESCV_PROXY_HOPS" in texts[0]
    assert "ESCV_SECRET_KEY" in texts[1]
    assert "geheim" not in found.said
    assert found.exit_code == 2


def test_settings_for_tests_and_unknown_ones_are_warned_of(tmp_path: Path) -> None:
    """Another program may use the prefix, so an unknown name alone is no fault."""
    found = diagnose(environment(tmp_path, secure_cookies="false", loglevel="1"))

    settings = {one["id"]: one for one in found.findings if one["check"] == "settings"}
    assert set(settings) == {"setting_unknown", "limits_off", "cookies_open"}
    assert "ESCV_LOGLEVEL" in settings["setting_unknown"]["text"]
