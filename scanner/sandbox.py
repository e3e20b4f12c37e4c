"""Sandbox of a process, so that hostile code in it can reach little: Linux only, by ctypes.

If a kernel lacks one of the means, the others still apply. `Confinement` reports which are in use.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanner import seccomp

if TYPE_CHECKING:
    from collections.abc import Callable

_LIBC = ctypes.CDLL(None)
_SET_DUMPABLE, _GET_DUMPABLE = 4, 3
_SET_NO_NEW_PRIVS, _GET_NO_NEW_PRIVS = 38, 39
_CAPABILITIES_V3 = 0x20080522
# These numbers are the same on every processor.
_LANDLOCK_CREATE_RULESET, _LANDLOCK_RESTRICT_SELF = 444, 446
_LANDLOCK_GET_VERSION = 1
MAX_TRIAL_S = 5.0  # some milliseconds are usual


@dataclass(frozen=True, slots=True)
class Confinement:
    """The restrictions of a process; by default none.

    `dumpable`: other processes of its user may read its memory. `capabilities`: it has some of root's rights.
    `landlock_abi`: the Landlock version that closes the file system, 0 for none. `syscall_filter`: only the
    system calls that decoding a picture needs are allowed.
    """

    dumpable: bool = True
    no_new_privs: bool = False
    capabilities: bool = True
    landlock_abi: int = 0
    syscall_filter: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """The means that are not in use, most important first; () if the sandbox is complete."""
        in_use = {
            "landlock": self.landlock_abi > 0,
            "syscall_filter": self.syscall_filter,
            "no_new_privs": self.no_new_privs,
            "no_capabilities": not self.capabilities,
            "hidden_memory": not self.dumpable,
        }
        return tuple(name for name, is_on in in_use.items() if not is_on)


def hide_memory() -> bool:
    """Hide this memory from other processes of the same user and from core dumps; False on failure.

    For every process that holds a secret. A program that it executes is not covered.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(_SET_DUMPABLE, 0)
    return _prctl(_GET_DUMPABLE, 0) == 0


def confine(trial: Callable[[], bool]) -> Confinement:
    """Permanently give up everything but open descriptors, memory and time. The process must have one thread.

    `trial` checks whether the process can still work; it runs in a fully confined forked copy. If it fails
    there, the system-call filter is omitted, because on some systems it may block the work.
    """
    return _confine(has_filter=seccomp.this_machine() is not None and _succeeds_confined(trial))


def _confine(*, has_filter: bool) -> Confinement:
    is_hidden = hide_memory()
    _prctl(_SET_NO_NEW_PRIVS, 1)
    lost = _drop_capabilities()
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))  # no further process or thread
    return Confinement(
        dumpable=not is_hidden,
        no_new_privs=_prctl(_GET_NO_NEW_PRIVS, 0) == 1,
        capabilities=not lost,
        landlock_abi=_close_file_system(),
        syscall_filter=has_filter and seccomp.install(),
    )


def _succeeds_confined(trial: Callable[[], bool]) -> bool:
    """Whether the trial succeeds in a confined copy of this process."""
    try:
        copy = os.fork()
    except OSError:
        return False
    if copy == 0:
        try:
            signal.setitimer(
                signal.ITIMER_REAL, MAX_TRIAL_S
            )  # a filter that blocks everything may also block the exit
            _confine(has_filter=True)
            os._exit(0 if trial() else 1)
        finally:
            os._exit(1)
    return os.waitpid(copy, 0)[1] == 0


def _prctl(option: int, value: int) -> int:
    """The result of prctl; -1 if there is no such call."""
    call = getattr(_LIBC, "prctl", None)
    return int(call(option, *(ctypes.c_ulong(each) for each in (value, 0, 0, 0)))) if call else -1


def _drop_capabilities() -> bool:
    """Drop the capabilities of root, so that even a process of root cannot read its parent's memory."""
    call = getattr(_LIBC, "capset", None)
    header, nothing = (ctypes.c_uint32 * 2)(_CAPABILITIES_V3, 0), (ctypes.c_uint32 * 6)()
    return call is not None and int(call(header, nothing)) == 0


def _close_file_system() -> int:
    """Deny every access that Landlock covers. Returns its version, or 0 if it is not in use."""
    none = ctypes.c_void_p(None)
    abi = _syscall(_LANDLOCK_CREATE_RULESET, none, ctypes.c_size_t(0), ctypes.c_uint32(_LANDLOCK_GET_VERSION))
    if abi < 1:
        return 0
    rights = landlock_rights(abi)
    ruleset = (ctypes.c_uint64 * len(rights))(*rights)
    size = ctypes.c_size_t(ctypes.sizeof(ruleset))
    handle = _syscall(_LANDLOCK_CREATE_RULESET, ctypes.byref(ruleset), size, ctypes.c_uint32(0))
    if handle < 0:
        return 0
    is_closed = _syscall(_LANDLOCK_RESTRICT_SELF, ctypes.c_int(handle), ctypes.c_uint32(0)) == 0
    os.close(handle)
    return abi if is_closed else 0


def landlock_rights(abi: int) -> tuple[int, int, int]:
    """The bits of all rights that this version can deny: for files, for TCP, and by scope.

    Files and folders since 1, moving since 2, truncating since 3, TCP since 4, devices since 5, abstract
    UNIX sockets and signals since 6.
    """
    files = 13 + (abi >= 2) + (abi >= 3) + (abi >= 5)  # noqa: PLR2004 - versions, see above
    tcp, scopes = (2 if abi >= 4 else 0), (2 if abi >= 6 else 0)  # noqa: PLR2004 - versions
    return (1 << files) - 1, (1 << tcp) - 1, (1 << scopes) - 1


def _syscall(number: int, *arguments: object) -> int:
    """The result of the system call; -1 on other systems, where the number has another meaning."""
    if sys.platform != "linux":
        return -1
    return int(_LIBC.syscall(ctypes.c_long(number), *arguments))
