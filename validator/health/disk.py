"""Whether a folder takes files, found out by writing one that has no name and is gone at once."""

from __future__ import annotations

import errno
import os
import tempfile
from typing import TYPE_CHECKING

from validator.health.condition import Disk

if TYPE_CHECKING:
    from pathlib import Path

TRIED = 64 * 1024
LEAST_FREE = 8 * 1024 * 1024
"""Bytes below which a disk counts as full: the database's log alone may grow by half of this in a minute."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


def disk(folder: Path) -> Disk:
    """How the disk of this folder fares."""
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            file.write(bytes(TRIED))
        room = os.statvfs(folder)
    except OSError as fault:
        if fault.errno in _FULL:
            return Disk.FULL
        return Disk.READ_ONLY if fault.errno in _READ_ONLY else Disk.UNUSABLE
    return Disk.FULL if room.f_bavail * room.f_frsize < LEAST_FREE else Disk.WORKS
