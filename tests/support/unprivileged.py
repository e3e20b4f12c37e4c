"""Runs a program as an unprivileged user, independent of where the tests and Python are installed."""

from __future__ import annotations

import ctypes
import os

UNPRIVILEGED_ID = 65534
_KEEP_CAPABILITIES, _AMBIENT, _RAISE = 8, 47, 2
_VERSION_3 = 0x20080522
_READ_ANYTHING = 1  # CAP_DAC_OVERRIDE


def drop_privileges() -> None:
    """For `preexec_fn`: become the user `nobody`, which can still read the tests and Python in root's home.

    Does nothing if the tests do not run as root. The process can read root's files, but not root's processes.
    """
    if os.getuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_KEEP_CAPABILITIES, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(UNPRIVILEGED_ID, UNPRIVILEGED_ID, UNPRIVILEGED_ID)
    os.setresuid(UNPRIVILEGED_ID, UNPRIVILEGED_ID, UNPRIVILEGED_ID)
    kept = 1 << _READ_ANYTHING
    header, sets = (ctypes.c_uint32 * 2)(_VERSION_3, 0), (ctypes.c_uint32 * 6)(kept, kept, kept, 0, 0, 0)
    if libc.capset(header, sets) != 0 or libc.prctl(_AMBIENT, _RAISE, _READ_ANYTHING, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the capability to open files could not be kept")
