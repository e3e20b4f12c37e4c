"""What an operator reads where the server cannot start or a command fails: one sentence that says what to do.

Nothing of an error's own text is repeated, since it may quote an address, a password or a value.
"""

from __future__ import annotations

import errno
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from validator.backup import BackupError
from validator.database import UnusableDatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = "the folder of ESCV_DATA_DIR (or the one of ESCV_DATABASE_URL)"
_NO_FOLDER = f"There is a file where {FOLDER} should be: name a folder."
_FULL = f"The disk is full: free space on the disk of {FOLDER}, then try again."
_NOT_ALLOWED = f"This user may not write to {FOLDER}: change its owner or mode, or name another folder."
_NETWORK_DISK = (
    f"The disk of {FOLDER} does not lock files as SQLite needs it, as network disks often do not: name "
    "a folder on a disk of this machine, or use PostgreSQL."
)
_DAMAGED = (
    "The database file is damaged or no SQLite database: put a backup in its place, or move the file away to "
    "begin with an empty database."
)
_IN_USE = "Another program holds the database: stop it, or try again when it is done."
_ELSEWHERE = "The data was not found: check that {} exists, and that all folders above it do."
_NOT_READ = "The data cannot be read: the disk has a fault. Check the disk, and put a backup in its place."
_PASSWORD = "The database refuses this user name or password: correct them in ESCV_DATABASE_URL."  # noqa: S105 - words
_NO_DATABASE = "The database server has no database of that name: create it, or correct ESCV_DATABASE_URL."
_NO_ANSWER = "The database does not answer: check that it runs, and the host and port in ESCV_DATABASE_URL."
_DATABASE = (
    "The database cannot be used: check that ESCV_DATABASE_URL names a database that this user may change."
)
AGAIN = (
    "A program may be reading the files, or the disk may be full or closed to writing. Run the command "
    "again: it does what is left."
)
_BY_NUMBER = {
    errno.EEXIST: _NO_FOLDER,
    errno.ENOTDIR: _NO_FOLDER,
    errno.EISDIR: f"A folder lies where a file should be in {FOLDER}: move it away.",
    errno.ENOENT: _ELSEWHERE.format(FOLDER),
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.EROFS: _NOT_ALLOWED,
    errno.ENOLCK: _NETWORK_DISK,
    errno.EOPNOTSUPP: _NETWORK_DISK,
    errno.ENOSYS: _NETWORK_DISK,
    errno.ESTALE: _NETWORK_DISK,
    errno.EIO: _NOT_READ,
}
# By the beginning of SQLite's own name of the error; the longer ones first.
_BY_SQLITE_NAME = (
    ("SQLITE_IOERR_LOCK", _NETWORK_DISK),
    ("SQLITE_IOERR_RDLOCK", _NETWORK_DISK),
    ("SQLITE_IOERR_UNLOCK", _NETWORK_DISK),
    ("SQLITE_IOERR_SHM", _NETWORK_DISK),
    ("SQLITE_IOERR_BLOCKED", _NETWORK_DISK),
    ("SQLITE_IOERR", _NOT_READ),
    ("SQLITE_PROTOCOL", _NETWORK_DISK),
    ("SQLITE_NOLFS", _NETWORK_DISK),
    ("SQLITE_NOTADB", _DAMAGED),
    ("SQLITE_CORRUPT", _DAMAGED),
    ("SQLITE_FULL", _FULL),
    (
        "SQLITE_CANTOPEN",
        f"A database file cannot be opened: check {FOLDER}, and that this user may write to it.",
    ),
    ("SQLITE_READONLY", _NOT_ALLOWED),
    ("SQLITE_PERM", _NOT_ALLOWED),
    ("SQLITE_AUTH", _NOT_ALLOWED),
    ("SQLITE_BUSY", _IN_USE),
    ("SQLITE_LOCKED", _IN_USE),
)
# PostgreSQL's driver gives no code where the connection fails, only words.
_BY_STATE = {"28": _PASSWORD, "3D": _NO_DATABASE, "08": _NO_ANSWER, "57": _NO_ANSWER, "53": _FULL}
_BY_WORDS = (
    ("authentication failed", _PASSWORD),
    ("no password supplied", _PASSWORD),
    ("pg_hba", _PASSWORD),
    ("does not exist", _NO_DATABASE),
)


def known(error: BaseException) -> str | None:
    """The sentence about a fault of data folder or database; None for a fault of another kind."""
    if isinstance(error, (UnusableDatabaseError, BackupError)):
        return str(error)
    if isinstance(error, DBAPIError):
        return _of_database(error.orig)
    if isinstance(error, sqlite3.Error):
        return _of_database(error)
    if isinstance(error, SQLAlchemyError):
        return _DATABASE
    if isinstance(error, OSError):
        return _BY_NUMBER.get(error.errno or 0, f"The data cannot be opened and written to: check {FOLDER}.")
    return None


def _of_database(error: BaseException | None) -> str:
    name = getattr(error, "sqlite_errorname", None)
    if name is not None:
        return next((words for start, words in _BY_SQLITE_NAME if name.startswith(start)), _DATABASE)
    state = getattr(error, "sqlstate", None)
    if state:
        return _BY_STATE.get(state[:2], _DATABASE)
    said = str(error).lower()
    return next((words for part, words in _BY_WORDS if part in said), _NO_ANSWER)


@contextmanager
def plainly() -> Iterator[None]:
    """Whatever fails ends the command with a sentence and exit code 1, never with a traceback."""
    try:
        yield
    except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001 - full disks, damaged files and missing tables fail in many ways
        raise click.ClickException(
            known(error) or f"The data cannot be used now ({type(error).__name__}). {AGAIN}"
        ) from None
