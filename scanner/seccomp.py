"""A system-call filter for the decode worker: allows what decoding a picture needs, all other calls fail.

Classic BPF for seccomp(2). An allow list also blocks the calls of future kernels.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Machine:
    """A processor: its AUDIT_ARCH value and the numbers of the allowed calls."""

    architecture: int
    seccomp: int
    prlimit: int
    allowed: tuple[int, ...]


# What a ready worker needs: open descriptors, memory, clocks, signals, and exit. The numbers of x86-64 and of
# 64-bit ARM, None if there is no such call (asm/unistd.h of the kernel).
_ALLOWED: dict[str, tuple[int, int | None]] = {
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "close": (3, 57),
    "poll": (7, None),
    "ppoll": (271, 73),
    "mmap": (9, 222),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "mprotect": (10, 226),
    "madvise": (28, 233),
    "brk": (12, 214),
    "futex": (202, 98),
    "membarrier": (324, 283),
    "rseq": (334, 293),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "setitimer": (38, 103),
    "restart_syscall": (219, 128),
    "getrusage": (98, 165),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getrandom": (318, 278),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "sysinfo": (99, 179),
    "uname": (63, 160),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
MACHINES = {
    "x86_64": Machine(0xC000003E, 317, 302, tuple(numbers[0] for numbers in _ALLOWED.values())),
    "aarch64": Machine(
        0xC00000B7, 277, 261, tuple(number for _, number in _ALLOWED.values() if number is not None)
    ),
}

_SET_MODE_FILTER = 1
_ALL_THREADS = 1
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000 | errno.EPERM
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data

Instruction = tuple[int, int, int, int]  # code, instructions to skip if true, if false, operand


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("jt", ctypes.c_uint8),
        ("jf", ctypes.c_uint8),
        ("k", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.POINTER(_Instruction)))


def program(machine: Machine) -> list[Instruction]:
    """The filter: calls of another architecture fail, and limits may be set on this process only."""
    allowed = machine.allowed
    listed = [(_JUMP_IF_EQUAL, len(allowed) - at, 0, number) for at, number in enumerate(allowed)]
    return [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_IF_EQUAL, 1, 0, machine.architecture),
        (_RETURN, 0, 0, _FAIL),
        (_LOAD, 0, 0, _NUMBER),
        (_JUMP_IF_EQUAL, 0, 3, machine.prlimit),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),  # a process id has 32 bits; 0 is this process
        (_JUMP_IF_EQUAL, len(allowed) + 2, 0, 0),
        (_RETURN, 0, 0, _FAIL),
        *listed,
        (_RETURN, 0, 0, _FAIL),
        (_RETURN, 0, 0, _ALLOW),
    ]


def install() -> bool:
    """Filter the calls of all threads from now on; False on failure. Needs no_new_privs."""
    machine = this_machine()
    if machine is None:
        return False
    instructions = program(machine)
    array = (_Instruction * len(instructions))(*(_Instruction(*step) for step in instructions))
    filtering = _Program(len(instructions), array)
    call = ctypes.CDLL(None).syscall
    mode, threads = ctypes.c_ulong(_SET_MODE_FILTER), ctypes.c_ulong(_ALL_THREADS)
    return int(call(ctypes.c_long(machine.seccomp), mode, threads, ctypes.byref(filtering))) == 0


def this_machine() -> Machine | None:
    """The processor of this machine; None if there is no filter for it."""
    has_64_bits = sys.maxsize > 1 << 32  # a 32-bit program uses other call numbers
    return MACHINES.get(platform.machine()) if has_64_bits and sys.platform == "linux" else None
