"""The data folder, its disk, its file locks and the database: facts → findings. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from validator.data_folder import NETWORK_DISKS
from validator.doctor.finding import Check, Finding, failed, ok, skipped, warning
from validator.health.status import DiskState, StoreState, Trouble
from validator.health.words import TROUBLES
from validator.i18n import gettext as _
from validator.migrations.upgrade import Tables

if TYPE_CHECKING:
    from collections.abc import Callable

MIB = 1024 * 1024
# A month of checks of a busy site needs some ten MiB; the rest is for logs and copies before upgrades.
LOW_BYTES = 256 * MIB


class Locks(StrEnum):
    """Whether the disk keeps two programs from writing to one file at once, as SQLite needs it."""

    WORK = "work"
    MISSING = "missing"
    WITHOUT_EFFECT = "without_effect"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FolderFacts:
    """The data folder. If it is missing, `disk` and `free_bytes` are those of the folder above it.

    `disk_kinds` are the file systems of the folder and of the database's file. `owner` and `user` are
    numbers.
    """

    path: str
    exists: bool = True
    is_folder: bool = True
    is_private: bool = True
    owner: int = 0
    user: int = 0
    disk: DiskState = DiskState.WORKS
    free_bytes: int = 0
    disk_kinds: tuple[str, ...] = ()
    locks: Locks = Locks.WORK


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """`fault` says in a sentence why it cannot be opened. `tables` are compared with this version."""

    is_sqlite: bool = True
    tables: Tables = Tables.CURRENT
    state: StoreState = StoreState.WORKS
    fault: str | None = None


def judge_folder(facts: FolderFacts) -> list[Finding]:
    """The findings about folder, disk and locks."""
    if not facts.is_folder:
        text = _("There is a file in place of the data folder %(path)s.", path=facts.path)
        advice = _("Name a folder in ESCV_DATA_DIR.")
        unseen = _("There is no data folder.")
        rest = [skipped(check, unseen) for check in (Check.DISK, Check.LOCKS)]
        return [failed(Check.DATA_FOLDER, "no_folder", text, advice), *rest]
    return [_folder(facts), _disk(facts), _locks(facts)]


def _folder(facts: FolderFacts) -> Finding:
    if not facts.exists:
        return ok(
            Check.DATA_FOLDER,
            _("There is no folder %(path)s yet: the first start makes it.", path=facts.path),
        )
    if facts.user != facts.owner:
        return warning(
            Check.DATA_FOLDER,
            "other_user",
            _(
                "The data folder %(path)s belongs to the user %(owner)s, and this check runs as the user "
                "%(user)s: it does not show what the service may do.",
                path=facts.path,
                owner=facts.owner,
                user=facts.user,
            ),
            _("Run this check as the user of the service, for example with “runuser -u NAME --”."),
        )
    if not facts.is_private:
        return _of_trouble(warning, Check.DATA_FOLDER, Trouble.FOLDER_OPEN)
    return ok(Check.DATA_FOLDER, _("Only the service’s own user can read %(path)s.", path=facts.path))


_DISK_TROUBLES = {
    DiskState.FULL: Trouble.DISK_FULL,
    DiskState.READ_ONLY: Trouble.DISK_READ_ONLY,
    DiskState.UNUSABLE: Trouble.DISK_UNUSABLE,
}


def _disk(facts: FolderFacts) -> Finding:
    if facts.disk is not DiskState.WORKS:
        return _of_trouble(failed, Check.DISK, _DISK_TROUBLES[facts.disk])
    free = facts.free_bytes // MIB
    if facts.free_bytes < LOW_BYTES:
        return warning(
            Check.DISK,
            "disk_low",
            _("Only %(free)s MiB are free on the disk of the data folder.", free=free),
            _("Make room on it before it is full: then nothing new can be kept."),
        )
    return ok(Check.DISK, _("Files can be written, and %(free)s MiB are free.", free=free))


def _locks(facts: FolderFacts) -> Finding:
    kind = next((kind for kind in facts.disk_kinds if kind in NETWORK_DISKS), None)
    advice = _(
        "Name a folder on a disk of this machine in ESCV_DATA_DIR, or use PostgreSQL for the database."
    )
    if facts.locks is Locks.UNKNOWN:
        return skipped(Check.LOCKS, _("No file can be written to try it."))
    if facts.locks is not Locks.WORK:
        text = _("The disk of the data folder does not lock files, so data will be lost.")
        if kind:
            text = _(
                "The data is on a network disk (%(kind)s) that does not lock files, so data will be lost.",
                kind=kind,
            )
        return failed(Check.LOCKS, "no_locks", text, advice)
    if kind:
        text = _("The data is on a network disk (%(kind)s), where SQLite may lose data.", kind=kind)
        return warning(Check.LOCKS, "network_disk", text, advice)
    return ok(Check.LOCKS, _("The disk locks files as SQLite needs it."))


def judge_database(facts: DatabaseFacts) -> list[Finding]:
    """The finding about the database and its tables."""
    if facts.fault is not None:
        text = _("The database cannot be used, so people cannot sign in or check cards here.")
        return [failed(Check.DATABASE, "database_down", text, facts.fault)]
    if facts.tables is Tables.NEWER:
        text = _("A newer version of ESC Validator made the database’s tables: this version does not start.")
        advice = _(
            "Install that version or a later one, or restore the copy that was made before the upgrade."
        )
        return [failed(Check.DATABASE, "database_newer", text, advice)]
    if facts.state is StoreState.LOCKED:
        return [_of_trouble(warning, Check.DATABASE, Trouble.DATABASE_LOCKED)]
    return [ok(Check.DATABASE, _tables_text(facts))]


def _tables_text(facts: DatabaseFacts) -> str:
    kind = "SQLite" if facts.is_sqlite else "PostgreSQL"
    if facts.tables is Tables.NONE:
        return _("%(kind)s: there are no tables yet, the first start makes them.", kind=kind)
    if facts.tables is Tables.OLDER:
        return _("%(kind)s: the next start brings the tables up to date.", kind=kind)
    return _("%(kind)s: it can be read and written, and its tables are those of this version.", kind=kind)


def _of_trouble(make: Callable[[Check, str, str, str], Finding], check: Check, trouble: Trouble) -> Finding:
    """The finding with the words of the Health page."""
    words = TROUBLES[trouble]
    return make(check, trouble, _(words.happened), _(words.next))
