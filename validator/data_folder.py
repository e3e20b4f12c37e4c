"""The data folder: what is in it is for the service's own user only.

Files that the service makes are 0600, folders 0700. Its files that other users can read are closed at start.
A folder that existed before keeps its mode, since other programs may need access; an open one is reported.
"""

from __future__ import annotations

import stat
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)
OTHERS = 0o077
OURS = ("*.sqlite", "*.sqlite-*", "*.sqlite.lock", "demo-*.pem", "secret-key")
_OF_DATABASE = ("", "-wal", "-shm", "-journal", ".lock")
_WERE_OPEN = "Other users of this machine could read files of this service; now only its own user can."
_ARE_OPEN = "Other users of this machine can read files of this service: run “chmod 600” as their owner."
NETWORK_DISKS = frozenset(
    {"9p", "afs", "ceph", "cifs", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs", "sshfs"}
)
_ON_NETWORK = (
    "The folder of ESCV_DATA_DIR or the file of ESCV_DATABASE_URL is on a network disk, where SQLite may "
    "lose data: name a place on a disk of this machine, or use PostgreSQL."
)
_FOLDER_IS_OPEN = (
    "Other users of this machine can look into the folder of ESCV_DATA_DIR: run “chmod 700” on it."
)


def prepare(folder: Path, database: Path | None) -> None:
    """Make the folder where there is none, close our files to others, and say in the log what was open.

    `database` is the database's file, None where it is elsewhere. Raises OSError where the folder cannot be
    made or read.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = [path for path in {*_ours(folder), *_companions(database)} if _is_open(path)]
    left = [path for path in found if not _close(path)]
    if len(left) < len(found):
        log.warning("data_files_were_open", count=len(found) - len(left), hint=_WERE_OPEN)
    if left:
        log.warning("data_files_are_open", count=len(left), hint=_ARE_OPEN)
    if _is_open(folder):
        log.warning("data_folder_is_open", hint=_FOLDER_IS_OPEN)
    mounted = mounts()
    if any(disk_kind(one, mounted) in NETWORK_DISKS for one in (folder, database) if one):
        log.warning("data_on_network_disk", hint=_ON_NETWORK)


def disk_kind(folder: Path, mounted: str) -> str:
    """The kind of file system that the folder is on, from the text of /proc/self/mounts; "" where unknown."""
    above = {str(one) for one in (folder.resolve(), *folder.resolve().parents)}
    found = [line.split(" ") for line in mounted.splitlines()]
    # A later line hides an earlier one of the same place. Blanks in a name are written as octal numbers.
    kinds = {part[1].replace("\\040", " "): part[2] for part in found if len(part) > 2}  # noqa: PLR2004 - its columns
    return kinds.get(max(above & kinds.keys(), key=len, default=""), "").removeprefix("fuse.")


def mounts() -> str:
    """The text of /proc/self/mounts; "" where there is none."""
    try:
        return Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def is_private(folder: Path) -> bool:
    """Whether only the service's own user can list the folder and read the service's files in it."""
    try:
        return not any(_is_open(path) for path in (folder, *_ours(folder)))
    except OSError:
        # A folder that is gone or unreadable is reported elsewhere.
        return True


def _ours(folder: Path) -> list[Path]:
    found = (path for pattern in OURS for path in folder.glob(pattern))
    return [path for path in found if path.is_file() and not path.is_symlink()]


def _companions(database: Path | None) -> list[Path]:
    if database is None:
        return []
    found = (database.with_name(database.name + each) for each in _OF_DATABASE)
    return [path for path in found if path.is_file()]


def _is_open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & OTHERS)
    except FileNotFoundError:
        # SQLite removes its companions at any time.
        return False


def _close(path: Path) -> bool:
    """Whether only its owner may use it from now on."""
    try:
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~OTHERS)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True
