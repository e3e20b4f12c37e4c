"""What a process gives up, so that foreign code inside it reaches little: Linux, by ctypes, no dependency.

Where a kernel lacks one of these means the others still hold, and `Confinement` says which do.
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
# The same numbers on every processor.
_LANDLOCK_CREATE_RULESET, _LANDLOCK_RESTRICT_SELF = 444, 446
_LANDLOCK_GET_VERSION = 1
TRIAL_S = 5.0  # some milliseconds are usual


@dataclass(frozen=True, slots=True)
class Confinement:
    """What holds for a process. The default is one that gave up nothing.

    `dumpable`: other processes of its user may read its memory. `capabilities`: it has some of root's rights.
    `landlock_abi`: the version of Landlock that closes the file system, 0 for none. `syscall_filter`: only
    what reading a picture needs may be asked of the kernel.
    """

    dumpable: bool = True
    no_new_privs: bool = False
    capabilities: bool = True
    landlock_abi: int = 0
    syscall_filter: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """The means that are not in use, the weightiest first; () where confinement is complete."""
        in_use = {
            "landlock": self.landlock_abi > 0,
            "syscall_filter": self.syscall_filter,
            "no_new_privs": self.no_new_privs,
            "no_capabilities": not self.capabilities,
            "hidden_memory": not self.dumpable,
        }
        return tuple(name for name, is_on in in_use.items() if not is_on)


def hide_memory() -> bool:
    """Keep other processes of this user, and core dumps, from this one's memory; whether that worked.

    For every process that holds a secret. A program that it executes starts dumpable again.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(_SET_DUMPABLE, 0)
    return _prctl(_GET_DUMPABLE, 0) == 0


def confine(trial: Callable[[], bool]) -> Confinement:
    """Give up everything but open descriptors, memory and time; for a process of one thread, for good.

    `trial` says whether the process can do its work: it runs in a forked copy that is fully confined. Where
    it fails there, the system-call filter is left out: on some systems it might stop the work.
    """
    return _confine(has_filter=seccomp.this_machine() is not None and _succeeds_confined(trial))


def _confine(*, has_filter: bool) -> Confinement:
    is_hidden = hide_memory()
    _prctl(_SET_NO_NEW_PRIVS, 1)
    lost = _drop_capabilities()
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))  # no process and no thread more
    return Confinement(
        dumpable=not is_hidden,
        no_new_privs=_prctl(_GET_NO_NEW_PRIVS, 0) == 1,
        capabilities=not lost,
        landlock_abi=_close_file_system(),
        syscall_filter=has_filter and seccomp.install(),
    )


def _succeeds_confined(trial: Callable[[], bool]) -> bool:
    """Whether the trial succeeds in a confined copy of this process, before it is too late to know."""
    try:
        copy = os.fork()
    except OSError:
        return False
    if copy == 0:
        try:
            signal.setitimer(signal.ITIMER_REAL, TRIAL_S)  # a filter that refuses all may also refuse the end
            _confine(has_filter=True)
            os._exit(0 if trial() else 1)
        finally:
            os._exit(1)
    return os.waitpid(copy, 0)[1] == 0


def _prctl(option: int, value: int) -> int:
    """The kernel's answer; -1 where there is no such call."""
    call = getattr(_LIBC, "prctl", None)
    return int(call(option, *(ctypes.c_ulong(each) for each in (value, 0, 0, 0)))) if call else -1


def _drop_capabilities() -> bool:
    """Give up what root may do beyond others, so that even root's child cannot look into its parent."""
    call = getattr(_LIBC, "capset", None)
    header, nothing = (ctypes.c_uint32 * 2)(_CAPABILITIES_V3, 0), (ctypes.c_uint32 * 6)()
    return call is not None and int(call(header, nothing)) == 0


def _close_file_system() -> int:
    """Deny every access that this kernel's Landlock knows; its version, or 0 where it is not in force."""
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
    """Bits of everything that can be denied: file system, TCP, and what is outside by scope.

    Files and folders since 1, moving since 2, truncating since 3, TCP since 4, devices since 5, abstract
    UNIX sockets and signals since 6.
    """
    files = 13 + (abi >= 2) + (abi >= 3) + (abi >= 5)  # noqa: PLR2004 - versions, as said above
    tcp, scopes = (2 if abi >= 4 else 0), (2 if abi >= 6 else 0)  # noqa: PLR2004 - the same
    return (1 << files) - 1, (1 << tcp) - 1, (1 << scopes) - 1


def _syscall(number: int, *arguments: object) -> int:
    """The kernel's answer; -1 on other systems, where the number means something else."""
    if sys.platform != "linux":
        return -1
    return int(_LIBC.syscall(ctypes.c_long(number), *arguments))
