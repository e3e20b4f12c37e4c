"""Copies of an SQLite database: consistent while the service runs, and checked before they are used."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Copies that an upgrade or a restore makes: "validator.before-upgrade-of-0008.sqlite".
COPY = "{stem}.before-{what}.sqlite"
# Long enough to notice that a new version does not work; a copy holds data that is deleted elsewhere.
KEEP_COPIES_S = 7 * 86_400
# The table of each number of rows, and the query for it.
_COUNTS = {
    "people": ("people", "SELECT count(*) FROM people"),
    "devices": ("devices", "SELECT count(*) FROM devices"),
    "entries": ("check_log", "SELECT count(*) FROM check_log"),
}
_NO_BACKUP = "The file is no database of ESC Validator: name a file that “backup” wrote."
_DAMAGED = "The file is damaged: use another backup."
_RUNNING = "The service is running: stop it, then restore again."


class BackupError(Exception):
    """A copy cannot be made or used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The number of rows that a database holds, and the revision of its tables."""

    revision: str
    people: int = 0
    devices: int = 0
    entries: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be lost with it."""
        return not (self.people or self.devices or self.entries)


def copy_database(source: Path, target: Path) -> Contents:
    """Copy `source` into the new file `target`, readable by its owner only, and check the copy.

    Raises BackupError, OSError or sqlite3.Error; then there is no file `target`.
    """
    if target.exists():
        raise BackupError(f"There is a file {target.name} already: name another file.")
    unfinished = target.with_name(f".{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        with _opened(source, "rw") as live, closing(sqlite3.connect(unfinished)) as copy:
            live.backup(copy)
            # One file: the copy needs no write-ahead log beside it.
            copy.execute("PRAGMA journal_mode=DELETE")
        contents = inspect(unfinished)
        _flush(unfinished)
        unfinished.rename(target)
        _flush(target.parent)
    finally:
        unfinished.unlink(missing_ok=True)
    return contents


def inspect(path: Path) -> Contents:
    """Check each page of this database and count its rows; BackupError where it cannot be used."""
    if not path.is_file():
        raise BackupError(f"There is no file {path.name}: check its name and its folder.")
    try:
        with _opened(path, "ro") as database:
            if database.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
                raise BackupError(_DAMAGED)
            if database.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise BackupError(_DAMAGED)
            (revision,) = database.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
            return Contents(revision, **_rows(database))
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorname == "SQLITE_CORRUPT":
            raise BackupError(_DAMAGED) from error
        if error.sqlite_errorname in {"SQLITE_NOTADB", "SQLITE_ERROR"}:
            raise BackupError(_NO_BACKUP) from error
        raise


def restore_database(backup: Path, live: Path, upgrade: Callable[[Path], None]) -> Contents:
    """Replace the contents of `live` by those of `backup`; all sessions end.

    `upgrade` brings the tables of a file up to date. A session that was ended after the backup must not come
    back. Raises BackupError, OSError, sqlite3.Error or what `upgrade` raises; `live` is unchanged then.
    """
    inspect(backup)
    staged = live.with_name(f".{live.name}.restored")
    try:
        staged.unlink(missing_ok=True)
        copy_database(backup, staged)
        upgrade(staged)
        with _opened(staged, "rw") as source, _opened(live, "rw") as target:
            _require_alone(target)
            source.execute("DELETE FROM pending_steps")
            source.execute("DELETE FROM sessions")
            source.commit()
            try:
                source.backup(target)
            finally:
                target.execute("PRAGMA journal_mode=WAL")
    finally:
        for path in live.parent.glob(f"{staged.name}*"):
            path.unlink(missing_ok=True)
    return inspect(live)


def delete_old_copies(database: Path | None, now: float) -> int:
    """Delete the copies beside this database that are past their end; the number of them.

    A copy that was interrupted, by a kill or a power cut, is among them.
    """
    if database is None:
        return 0
    copies = COPY.format(stem=database.stem, what="*")
    patterns = (
        copies,
        f".{copies}.unfinished",
        f".{database.name}.restored*",
        f"..{database.name}.restored*",
    )
    found = [path for pattern in patterns for path in database.parent.glob(pattern)]
    old = [path for path in found if path.stat().st_mtime < now - KEEP_COPIES_S]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def copy_beside(database: Path, what: str) -> Path:
    """Copy the database into its own folder, under the name `COPY`; an earlier one is replaced."""
    target = database.with_name(COPY.format(stem=database.stem, what=what))
    target.unlink(missing_ok=True)
    copy_database(database, target)
    return target


def restore_time() -> str:
    """The name of a copy that a restore makes: the time in UTC."""
    return time.strftime("restore-%Y%m%dT%H%M%SZ", time.gmtime())


def _opened(path: Path, mode: str) -> closing[sqlite3.Connection]:
    address = f"file:{quote(str(path.absolute()))}?mode={mode}"
    return closing(sqlite3.connect(address, uri=True, timeout=10))


def _rows(database: sqlite3.Connection) -> dict[str, int]:
    present = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return {
        field: database.execute(query).fetchone()[0]
        for field, (table, query) in _COUNTS.items()
        if table in present
    }


def _require_alone(database: sqlite3.Connection) -> None:
    """Raise BackupError where another connection is open: SQLite then refuses to leave the WAL mode."""
    try:
        database.execute("PRAGMA busy_timeout=0")
        database.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise BackupError(_RUNNING) from error


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
