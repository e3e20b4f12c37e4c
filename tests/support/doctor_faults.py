"""Break a part of the machine, then run the doctor: `python -m tests.support.doctor_faults FAULT`.

Runs in its own process because the faults cannot be undone. They concern the folder of ESCV_DATA_DIR. Exit
code NOT_PERMITTED where the system does not permit the fault.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.failing_disk import full, read_only
from validator import logging
from validator.commands.doctor import doctor

if TYPE_CHECKING:
    from collections.abc import Callable

NOT_PERMITTED = 77
_LIBC = ctypes.CDLL(None, use_errno=True)
_NEW_MOUNTS, _NEW_NETWORK = 0x00020000, 0x40000000  # CLONE_NEWNS, CLONE_NEWNET
_PRIVATE, _READ_ONLY, _REMOUNT = 1 << 14 | 1 << 18, 1, 1 << 5  # MS_REC | MS_PRIVATE, MS_RDONLY, MS_REMOUNT
_NO_NEW_PRIVS, _SET_FILTER, _FILTER_MODE = 38, 22, 2
_FCNTL = {"x86_64": 72, "aarch64": 25}
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_LOCKING = (37, 38, 6, 7)  # F_OFD_SETLK, F_OFD_SETLKW, F_SETLK, F_SETLKW


def _permitted(result: int) -> None:
    if result != 0:
        sys.stderr.write(os.strerror(ctypes.get_errno()))
        raise SystemExit(NOT_PERMITTED)


def _small_disk(folder: Path) -> None:
    _permitted(_LIBC.unshare(_NEW_MOUNTS))
    _permitted(_LIBC.mount(b"none", b"/", None, _PRIVATE, None))
    _permitted(_LIBC.mount(b"small", str(folder).encode(), b"tmpfs", 0, b"size=64k,mode=700"))


def full_disk(folder: Path) -> None:
    """Put a disk of 64 KiB there, and fill it."""
    _small_disk(folder)
    with (folder / "log").open("wb") as file:
        file.write(bytes(60_000))


def read_only_disk(folder: Path) -> None:
    """Put a disk there that can only be read."""
    _small_disk(folder)
    _permitted(_LIBC.mount(b"small", str(folder).encode(), b"tmpfs", _REMOUNT | _READ_ONLY, None))


def no_locks(_folder: Path) -> None:
    """Let the kernel refuse every lock of a file with ENOLCK, as for a network disk without a lock server."""
    number = _FCNTL[platform.machine()]
    steps = [(_LOAD, 0, 0, 0), (_EQUAL, 0, 1 + len(_LOCKING), number)]
    steps += [(_LOAD, 0, 0, 24)]  # the command of fcntl
    steps += [(_EQUAL, len(_LOCKING) - at, 0, command) for at, command in enumerate(_LOCKING)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _ERRNO | errno.ENOLCK)]
    packed = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(packed))
    _permitted(_LIBC.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0))
    _permitted(_LIBC.prctl(_SET_FILTER, _FILTER_MODE, program, 0, 0))


def no_network(_folder: Path) -> None:
    """Take all routes away, also the one to this machine."""
    _permitted(_LIBC.unshare(_NEW_NETWORK))


FAULTS: dict[str, Callable[[Path], None]] = {
    "full": full,
    "full_disk": full_disk,
    "read_only": read_only,
    "read_only_disk": read_only_disk,
    "no_locks": no_locks,
    "no_network": no_network,
}


if __name__ == "__main__":
    FAULTS[sys.argv[1]](Path(os.environ["ESCV_DATA_DIR"]))
    logging.configure()
    doctor.main(["--json", "--quick"])
