"""Faults of the data folder and the database are one sentence that says what to do."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import OperationalError

from validator import data_folder
from validator.database import Database
from validator.plain_errors import known

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def file_for_folder(folder: Path) -> None:
    folder.rmdir()
    folder.touch()


def folder_for_database(folder: Path) -> None:
    (folder / "validator.sqlite").mkdir()


def damaged(folder: Path) -> None:
    (folder / "validator.sqlite").write_bytes(os.urandom(9_000))


def newer(folder: Path) -> None:
    database = Database(f"sqlite:///{folder / 'validator.sqlite'}")
    database.upgrade()
    database.close()
    with sqlite3.connect(folder / "validator.sqlite") as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
    file.close()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (file_for_folder, "There is a file where"),
        (folder_for_database, "cannot be opened"),
        (damaged, "put a backup in its place"),
        (newer, "install that version or a later one"),
    ],
)
def test_data_that_cannot_be_opened_is_named_with_what_to_do(
    tmp_path: Path, spoil: Callable[[Path], None], says: str
) -> None:
    """With real files; nothing of the path is repeated."""
    spoil(tmp_path)

    with pytest.raises(Exception, match=r"\w") as raised:
        _open(tmp_path)

    said = known(raised.value)
    assert said is not None
    assert says in said
    assert str(tmp_path) not in said


def _open(folder: Path) -> None:
    data_folder.prepare(folder, folder / "validator.sqlite")
    database = Database(f"sqlite:///{folder / 'validator.sqlite'}")
    try:
        database.upgrade()
    finally:
        database.close()


def sqlite_error(name: str) -> OperationalError:
    error = sqlite3.OperationalError("words of SQLite")
    error.sqlite_errorname = name
    return OperationalError("SELECT", {}, error)


def server_error(words: str) -> OperationalError:
    return OperationalError("SELECT", {}, Exception(f"connection to secret.example failed: {words}"))


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENOSPC, "x"), "The disk is full"),
        (PermissionError(errno.EACCES, "x"), "may not write"),
        (OSError(errno.EROFS, "x"), "may not write"),
        (OSError(errno.ENOLCK, "x"), "network disks"),
        (OSError(errno.ENXIO, "x"), "cannot be opened and written to"),
        (sqlite_error("SQLITE_FULL"), "The disk is full"),
        (sqlite_error("SQLITE_READONLY_DIRECTORY"), "may not write"),
        (sqlite_error("SQLITE_IOERR_SHMMAP"), "network disks"),
        (sqlite_error("SQLITE_PROTOCOL"), "network disks"),
        (sqlite_error("SQLITE_IOERR_READ"), "has a fault"),
        (sqlite_error("SQLITE_BUSY"), "Another program holds"),
        (sqlite_error("SQLITE_NEW"), "ESCV_DATABASE_URL"),
        (server_error("Connection refused"), "does not answer"),
        (server_error('password authentication failed for user "maria"'), "user name or password"),
        (server_error('database "x" does not exist'), "no database of that name"),
    ],
)
def test_each_fault_of_disk_and_database_has_its_sentence(error: Exception, says: str) -> None:
    """One that ends in a full stop and repeats nothing of the error's own text."""
    said = known(error)

    assert said is not None
    assert says in said
    assert said.endswith(".")
    assert not re.search(r"secret\.example|maria|words of SQLite", said)


def test_a_fault_of_the_program_is_not_called_one_of_the_data() -> None:
    """It has no sentence here; whoever asks says that it is to be reported."""
    assert known(KeyError("x")) is None


@pytest.mark.parametrize(
    ("mounts", "kind"),
    [
        ("/dev/a / ext4 rw 0 0\n", "ext4"),
        ("/dev/a / ext4 rw 0 0\nhost:/x {} nfs4 rw 0 0\n", "nfs4"),
        ("/dev/a / ext4 rw 0 0\nme@host: {} fuse.sshfs rw 0 0\n", "sshfs"),
        ("/dev/a / ext4 rw 0 0\nhost:/x {}-other nfs rw 0 0\n", "ext4"),
        ("broken", ""),
    ],
)
def test_the_kind_of_disk_is_that_of_the_nearest_mount(tmp_path: Path, mounts: str, kind: str) -> None:
    """So that a folder on a network disk is warned of at start."""
    assert data_folder.disk_kind(tmp_path / "data", mounts.replace("{}", str(tmp_path))) == kind
