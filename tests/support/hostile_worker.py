"""Hostile code in a decode worker, and a parent with secrets: which attempts succeed with which means.

`python -m tests.support.hostile_worker parent MEANS [hidden]` prints as JSON the report of the worker at its
start and the attempts that succeeded. `hidden`: the parent hides its memory, as the server does.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import socket
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner import sandbox, seccomp, worker
from scanner.errors import ImageRefused
from scanner.sandbox import Confinement
from scanner.worker_process import WorkerEnded, WorkerLimits, WorkerProcess
from tests.support.raw_pictures import DOT, marked

if TYPE_CHECKING:
    from collections.abc import Callable

    Targets = dict[str, Any]

SECRET = "a secret of the parent"
SEIZE = 0x4206  # PTRACE_SEIZE: attaches without stopping
LIBC = ctypes.CDLL(None, use_errno=True)


class Vector(ctypes.Structure):
    """An iovec."""

    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


def read_environment(to: Targets) -> bool:
    """Read the parent's environment, which contains settings."""
    return SECRET.encode() in Path(f"/proc/{to['parent']}/environ").read_bytes()


def read_memory_file(to: Targets) -> bool:
    """Read the parent's memory as a file."""
    with Path(f"/proc/{to['parent']}/mem").open("rb", buffering=0) as memory:
        memory.seek(to["address"])
        return memory.read(len(SECRET)) == SECRET.encode()


def read_memory(to: Targets) -> bool:
    """Read the parent's memory by a system call."""
    buffer = ctypes.create_string_buffer(len(SECRET))
    here = Vector(ctypes.addressof(buffer), len(SECRET))
    there = Vector(to["address"], len(SECRET))
    count = LIBC.process_vm_readv(to["parent"], ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
    return count > 0 and buffer.raw == SECRET.encode()


def trace(to: Targets) -> bool:
    """Become the parent's debugger."""
    nothing = ctypes.c_void_p(None)
    return int(LIBC.ptrace(ctypes.c_long(SEIZE), ctypes.c_long(to["parent"]), nothing, nothing)) == 0


def send_signal(to: Targets) -> bool:
    """Send the parent a harmless signal."""
    os.kill(to["parent"], signal.SIGURG)
    return True


def fork(_: Targets) -> bool:
    """Start another process."""
    copy = os.fork()
    if copy == 0:
        os._exit(0)
    return os.waitpid(copy, 0)[1] == 0


def create(to: Targets) -> bool:
    """Make a file."""
    os.close(os.open(f"{to['folder']}/new", os.O_CREAT | os.O_WRONLY))
    return True


def open_to_all(to: Targets) -> bool:
    """Make the key file readable for all users."""
    Path(to["folder"], "key").chmod(0o777)
    return True


def unlink(to: Targets) -> bool:
    """Delete the key file."""
    Path(to["folder"], "key").unlink()
    return True


def connect(family: int, kind: int, address: object) -> bool:
    """Reach a socket outside."""
    with socket.socket(family, kind) as sock:
        sock.connect(address)  # type: ignore[arg-type] # as the family has it
        return sock.send(b"x") == 1


# The attempts that change the folder come last.
ATTEMPTS: dict[str, Callable[[Targets], object]] = {
    "parent's environment": read_environment,
    "parent's memory as a file": read_memory_file,
    "parent's memory": read_memory,
    "key file": lambda to: Path(to["folder"], "key").read_text(encoding="utf-8") == SECRET,
    "list /": lambda _: list(Path("/").iterdir()),
    "state of a file": lambda to: Path(to["folder"], "key").stat(),
    "tcp": lambda to: connect(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", to["tcp"])),
    "udp": lambda to: connect(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", to["udp"])),
    "unix": lambda to: connect(socket.AF_UNIX, socket.SOCK_STREAM, to["unix"]),
    "abstract": lambda to: connect(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + to["abstract"]),
    "fork": fork,
    "signal": send_signal,
    "rights of a file": open_to_all,
    "create": create,
    "unlink": unlink,
    "trace": trace,
}
EXECUTE = "execute"


def descriptors() -> list[int]:
    """The open descriptors, found by poll, which the filter allows."""
    asking = select.poll()
    for number in range(worker.MAX_OPEN_FILES):
        asking.register(number, 0)
    closed = {number for number, event in asking.poll(0) if event & select.POLLNVAL}
    return [number for number in range(worker.MAX_OPEN_FILES) if number not in closed]


def read(data: bytes) -> list[str]:
    """The attempts that succeeded, for a picture that names the targets."""
    text = data.removeprefix(DOT)
    if not text.startswith(b"{"):
        return []
    to = json.loads(text)
    if to.get(EXECUTE):
        os.execv("/bin/true", ["true"])  # noqa: S606 - an attempt
    return [
        json.dumps({"reached": [name for name in ATTEMPTS if _succeeds(name, to)], "open": descriptors()})
    ]


def _succeeds(name: str, to: Targets) -> bool:
    try:
        return bool(ATTEMPTS[name](to))
    except OSError:
        return False


def landlock_alone(_: object) -> Confinement:
    """Landlock and its requirement."""
    sandbox._prctl(sandbox._SET_NO_NEW_PRIVS, 1)
    return Confinement(landlock_abi=sandbox._close_file_system())


def filter_alone(_: object) -> Confinement:
    """The system-call filter and its requirement."""
    sandbox._prctl(sandbox._SET_NO_NEW_PRIVS, 1)
    return Confinement(syscall_filter=seccomp.install())


MEANS: dict[str, Callable[[Callable[[], bool]], Confinement]] = {
    "all": sandbox.confine,
    "landlock": landlock_alone,
    "filter": filter_alone,
    "none": lambda _: Confinement(),
}


def parent(means: str) -> dict[str, Any]:
    """Start the worker, give it every target, and return what it reached."""
    command = (sys.executable, "-P", "-m", "tests.support.hostile_worker", means)
    secret = ctypes.create_string_buffer(SECRET.encode())
    with tempfile.TemporaryDirectory() as folder, ExitStack() as sockets:
        Path(folder, "key").write_text(SECRET, encoding="utf-8")
        targets = {"parent": os.getpid(), "address": ctypes.addressof(secret), "folder": folder}
        targets |= _listeners(sockets, folder)
        process = WorkerProcess(WorkerLimits(wall_s=20), command)
        (text,) = process.read(marked(json.dumps(targets)))
        report: dict[str, Any] = json.loads(text) | {"confinement": asdict(process.confinement)}
        try:
            process.read(marked(json.dumps({EXECUTE: True})))
        except WorkerEnded:  # another program replaced the worker, and sends no messages
            report["reached"].append(EXECUTE)
        except ImageRefused:
            process.end()
    return report


def _listeners(sockets: ExitStack, folder: str) -> Targets:
    abstract = f"hostile child {os.getpid()}"
    tcp, udp, unix, hidden = (
        sockets.enter_context(socket.socket(family, kind))
        for family, kind in (
            (socket.AF_INET, socket.SOCK_STREAM),
            (socket.AF_INET, socket.SOCK_DGRAM),
            (socket.AF_UNIX, socket.SOCK_STREAM),
            (socket.AF_UNIX, socket.SOCK_STREAM),
        )
    )
    for sock, address in ((tcp, ("127.0.0.1", 0)), (udp, ("127.0.0.1", 0))):
        sock.bind(address)
    unix.bind(f"{folder}/unix")
    hidden.bind("\0" + abstract)
    for sock in (tcp, unix, hidden):
        sock.listen()
    ports = {"tcp": tcp.getsockname()[1], "udp": udp.getsockname()[1]}
    return ports | {"unix": f"{folder}/unix", "abstract": abstract}


if __name__ == "__main__":
    if sys.argv[1] == "parent":
        if "hidden" in sys.argv:
            assert sandbox.hide_memory()
        print(json.dumps(parent(sys.argv[2])))  # noqa: T201 - what a test reads
        sys.exit(0)
    sys.exit(worker.main(sys.argv[2:], read, MEANS[sys.argv[1]]))
