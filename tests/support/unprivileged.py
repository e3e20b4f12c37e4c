"""Running a program as an unprivileged user, wherever the tests and their Python are installed."""

from __future__ import annotations

import ctypes
import os

UNPRIVILEGED_ID = 65534
_KEEP_CAPABILITIES, _AMBIENT, _RAISE = 8, 47, 2
_VERSION_3 = 0x20080522
_READ_ANYTHING = 1  # CAP_DAC_OVERRIDE


def drop_privileges() -> None:
    """For `preexec_fn`: the user nobody, who may still open the tests and their Python below root's home.

    Does nothing where the tests do not run as root. Files that are root's are open to it, processes are not.
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
