"""Hostile code in the decode worker reaches nothing. Real processes, as root and as the user nobody."""

from __future__ import annotations

import json
import logging
import os
import platform
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scanner import decoders, sandbox, seccomp, worker
from scanner.pool import DecodePool
from scanner.sandbox import Confinement
from tests.support.hostile_worker import ATTEMPTS, EXECUTE, SECRET
from tests.support.raw_pictures import DOT, marked
from tests.support.unprivileged import drop_privileges

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT_FOLDER = Path(__file__).parents[3]
EVERYTHING = {*ATTEMPTS, EXECUTE}
PARENT = {"parent's environment", "parent's memory as a file", "parent's memory", "trace"}
BY_LANDLOCK = PARENT | {"key file", "list /", "create", "unlink", EXECUTE}
BY_LANDLOCK_LATER = {"tcp": 4, "abstract": 6, "signal": 6}
ROOT = pytest.param(
    "root", marks=pytest.mark.skipif(os.getuid() != 0, reason="only root can start a process of root")
)
USERS: dict[str, Callable[[], None] | None] = {"root": None, "anonymous": drop_privileges}


def landlock_version() -> int:
    """The Landlock version of the kernel, found in a separate process."""
    ask = "from scanner import sandbox as c; c._prctl(38, 1); print(c._close_file_system())"
    done = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT_FOLDER, capture_output=True, text=True, check=True
    )
    return int(done.stdout)


LANDLOCK = landlock_version()
needs_landlock = pytest.mark.skipif(LANDLOCK == 0, reason="this kernel has no Landlock")
needs_filter = pytest.mark.skipif(
    platform.machine() not in seccomp.MACHINES, reason="there is no system-call filter for this processor"
)


@cache
def attack(user: str, means: str, *hidden: str) -> dict[str, Any]:
    """What code in a worker with these means reached, and what the worker reported before."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.hostile_worker", "parent", means, *hidden],
        cwd=ROOT_FOLDER,
        env=os.environ | {"ESCV_SECRET_KEY": SECRET},
        preexec_fn=USERS[user],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.parametrize("user", [ROOT, "anonymous"])
def test_without_confinement_every_attempt_succeeds(user: str) -> None:
    """The attempts are real: the sandbox is what blocks them below."""
    reached = set(attack(user, "none")["reached"])
    # A system may hide processes of the same user from each other (Yama).
    optional = PARENT - {"parent's environment"} if user == "anonymous" else set()

    assert reached >= EVERYTHING - optional


@needs_landlock
@needs_filter
@pytest.mark.parametrize("user", [ROOT, "anonymous"])
@pytest.mark.parametrize("hidden", [(), ("hidden",)])
def test_code_in_the_worker_reaches_nothing(user: str, hidden: tuple[str, ...]) -> None:
    """No file, connection, program or process, even if the parent's memory is readable by others."""
    report = attack(user, "all", *hidden)

    assert report["reached"] == []
    assert report["confinement"] == {
        "dumpable": False,
        "no_new_privs": True,
        "capabilities": False,
        "landlock_abi": LANDLOCK,
        "syscall_filter": True,
    }


@needs_landlock
@pytest.mark.parametrize("user", [ROOT, "anonymous"])
def test_landlock_alone_closes_files_and_the_parent(user: str) -> None:
    """Without a filter: files, programs and the parent are closed, also for root."""
    reached = set(attack(user, "landlock")["reached"])
    later = {name for name, version in BY_LANDLOCK_LATER.items() if version <= LANDLOCK}

    assert reached & (BY_LANDLOCK | later) == set()


@needs_filter
@pytest.mark.parametrize("user", [ROOT, "anonymous"])
def test_the_filter_alone_closes_everything(user: str) -> None:
    """Without Landlock: all system calls that reading does not need fail."""
    assert attack(user, "filter")["reached"] == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux hides memory so")
def test_a_process_that_hides_its_memory_is_closed_to_its_own_user() -> None:
    """An unconfined process of the same user reads neither environment nor memory; root may."""
    reached = set(attack("anonymous", "none", "hidden")["reached"])

    assert reached & PARENT == set()
    assert "key file" in reached


@pytest.mark.parametrize("user", [ROOT, "anonymous"])
def test_the_worker_inherits_only_its_pipes(user: str) -> None:
    """Two pipes, and three descriptors on /dev/null."""
    assert attack(user, "none")["open"] == [0, 1, 2, 3, 4]


def test_the_real_worker_has_one_thread() -> None:
    """Landlock and capabilities apply to the calling thread only, so there may be no other."""
    pool = DecodePool()
    try:
        pool.probe()
        pid = pool._idle[0]._process.pid

        assert len(list(Path(f"/proc/{pid}/task").iterdir())) == 1
    finally:
        pool.close()


READING_BY_ZBAR = """
import io, sys, cv2, numpy, segno
from scanner import decoders, sandbox, worker
worker.load_decoders()
def drawn(name):
    picture = io.BytesIO()
    segno.make("card", encoding=name, eci=True, micro=False).save(picture, kind="png", scale=4)
    return cv2.imdecode(numpy.frombuffer(picture.getvalue(), numpy.uint8), cv2.IMREAD_GRAYSCALE)
pictures = [drawn(name) for name in ("latin-1", "iso-8859-15", "shift-jis", "utf-8", None)]
if sys.argv[1] == "confined":
    assert sandbox.confine(lambda: True).dumpable is False
print([[symbol.text for symbol in decoders.decode_zbar(picture)] for picture in pictures], flush=True)
"""


def test_zbar_reads_every_character_set_when_it_can_open_no_file() -> None:
    """The converters of the C library are loaded before the file system is closed."""
    read = [
        subprocess.run(
            [sys.executable, "-c", READING_BY_ZBAR, how],
            cwd=ROOT_FOLDER,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for how in ("free", "confined")
    ]

    assert read[0] == read[1]
    assert decoders.HAS_ZBAR is False or read[0].count("card") == 5


def worker_with(before: str) -> tuple[str, ...]:
    """The real worker, with this code run before it starts."""
    start = f"import sys; from scanner import sandbox, seccomp, worker; {before}; worker.main(sys.argv[1:])"
    return (sys.executable, "-c", start)


WITHOUT_FILTER = Confinement(
    dumpable=False, no_new_privs=True, capabilities=False, landlock_abi=LANDLOCK, syscall_filter=False
)


@pytest.mark.parametrize(
    ("before", "reported"),
    [
        pytest.param(
            "sandbox._LIBC = None; sandbox._syscall = lambda *_: -1; seccomp.MACHINES.clear()",
            Confinement(),
            id="nothing at all",
        ),
        pytest.param("seccomp.MACHINES.clear()", WITHOUT_FILTER, id="no filter"),
        pytest.param(
            "sandbox._syscall = lambda *_: -1",
            replace(WITHOUT_FILTER, landlock_abi=0, syscall_filter=True),
            id="no Landlock",
            marks=needs_filter,
        ),
        pytest.param(
            "seccomp.MACHINES = {name: seccomp.Machine(0, each.seccomp, each.prlimit, each.allowed) "
            "for name, each in seccomp.MACHINES.items()}",
            WITHOUT_FILTER,
            id="a filter that refuses everything",
        ),
        pytest.param(
            "seccomp.MACHINES = {name: seccomp.Machine(each.architecture, each.seccomp, each.prlimit, "
            "tuple(number for number in each.allowed if number not in (9, 12, 214, 222))) "
            "for name, each in seccomp.MACHINES.items()}; worker.SAMPLE = large",
            WITHOUT_FILTER,
            id="a filter that refuses memory",
        ),
    ],
)
def test_reading_continues_if_the_system_lacks_a_means(before: str, reported: Confinement) -> None:
    """A means that is missing, or that would block the work, is omitted and reported; pictures are read."""
    large = "large = __import__('tests.support.raw_pictures', fromlist=['png']).png(3000, 3000)"
    pool = DecodePool(command=worker_with(f"{large}; {before}"))
    try:
        assert pool.read_image(worker.SAMPLE) == ["ESC"]
        assert pool.confinement == reported
    finally:
        pool.close()


def test_the_restrictions_of_a_worker_are_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """Only when they change, not for every worker; as a warning if something is missing."""
    pool = DecodePool(command=(sys.executable, "-P", "-m", "tests.support.faulty_worker"))
    with caplog.at_level(logging.INFO, "scanner"):
        for _ in range(2):
            pool.read(marked("exit"))
            assert pool.read_image(DOT) == []
    pool.close()
    report = [record for record in caplog.records if "confined" in record.getMessage()]

    assert len(report) == 1
    assert pool.confinement is not None
    assert report[0].levelno == (logging.WARNING if pool.confinement.missing else logging.INFO)


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({}, ()),
        ({"landlock_abi": 0}, ("landlock",)),
        ({"syscall_filter": False}, ("syscall_filter",)),
        ({"no_new_privs": False}, ("no_new_privs",)),
        ({"capabilities": True}, ("no_capabilities",)),
        ({"dumpable": True}, ("hidden_memory",)),
    ],
)
def test_each_means_that_is_not_in_use_is_named(change: dict[str, bool], missing: tuple[str, ...]) -> None:
    """`missing` is empty only if all are in use."""
    complete = Confinement(
        dumpable=False, no_new_privs=True, capabilities=False, landlock_abi=1, syscall_filter=True
    )

    assert replace(complete, **change).missing == missing


@pytest.mark.parametrize(
    ("version", "rights"),
    [
        (1, (0x1FFF, 0, 0)),
        (2, (0x3FFF, 0, 0)),
        (3, (0x7FFF, 0, 0)),
        (4, (0x7FFF, 3, 0)),
        (5, (0xFFFF, 3, 0)),
        (6, (0xFFFF, 3, 3)),
        (7, (0xFFFF, 3, 3)),
    ],
)
def test_each_landlock_version_denies_all_it_knows(version: int, rights: tuple[int, int, int]) -> None:
    """From include/uapi/linux/landlock.h; a kernel rejects unknown bits."""
    assert sandbox.landlock_rights(version) == rights


def verdict(
    machine: seccomp.Machine, number: int, argument: int = 0, architecture: int | None = None
) -> bool:
    """Whether the filter allows a call: runs its instructions."""
    steps, at, kept = seccomp.program(machine), 0, 0
    data = {0: number, 4: machine.architecture if architecture is None else architecture, 16: argument}
    while True:
        code, if_equal, if_not, operand = steps[at]
        if code == seccomp._RETURN:
            return operand == seccomp._ALLOW
        if code == seccomp._LOAD:
            kept, at = data[operand], at + 1
        else:
            at += 1 + (if_equal if kept == operand else if_not)


@pytest.mark.parametrize("machine", seccomp.MACHINES.values(), ids=seccomp.MACHINES)
def test_the_filter_allows_what_it_lists_and_nothing_else(machine: seccomp.Machine) -> None:
    """By number, on this architecture only; limits of this process only."""
    allowed = {number for number in range(1000) if verdict(machine, number)}

    assert allowed == {*machine.allowed, machine.prlimit}
    assert not any(verdict(machine, number, architecture=0x40000003) for number in allowed)
    assert not any(verdict(machine, number | 1 << 30) for number in allowed)  # the x32 calls of x86-64
    assert not verdict(machine, machine.prlimit, argument=1234)
    assert len(set(machine.allowed)) == len(machine.allowed)
