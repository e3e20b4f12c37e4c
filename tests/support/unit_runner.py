"""Runs the service's unit in place of systemd: its command as its user, with its environment.

It needs only Python's standard library, since it runs in a bare Debian. It applies what a process can apply:
user and groups, environment file, working and state directory, umask, NoNewPrivileges, Restart, and the
socket of Type=notify. The rest of the sandbox is for systemd alone.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import resource
import shlex
import socket
import subprocess
import threading
import time
from pathlib import Path

NO_NEW_PRIVILEGES = 38


def read_unit(path: Path) -> dict[str, str]:
    """The keys of the section [Service]; of a key that is named several times, the last value."""
    section = path.read_text(encoding="utf-8").partition("[Service]")[2].partition("\n[")[0]
    pairs = (line.partition("=") for line in section.splitlines() if "=" in line and not line.startswith("#"))
    return {key.strip(): value.strip() for key, _, value in pairs}


def environment(unit: dict[str, str]) -> dict[str, str]:
    """What systemd gives: a short PATH, the user, and the environment file."""
    found = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin",
        "LANG": "C.UTF-8",
        "USER": unit["User"],
    }
    for line in Path(unit["EnvironmentFile"]).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            key, _, value = line.partition("=")
            found[key] = shlex.split(value)[0] if value else ""
    return found


class Runner:
    """Keeps a unit's process running until `stop`."""

    def __init__(self, unit: Path) -> None:
        self._unit = read_unit(unit)
        self._address = f"/run/{unit.stem}.notify"
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self.starts = 0
        self._thread = threading.Thread(target=self._run)

    @property
    def pid(self) -> int:
        """The main process."""
        assert self._process
        return self._process.pid

    def start(self) -> None:
        """Start the unit; return when its process has reported that it is ready."""
        self._thread.start()
        self.wait_started(1)

    def wait_started(self, times: int) -> None:
        """Wait until the unit was ready for this many times."""
        ends = time.monotonic() + float(self._unit["TimeoutStartSec"])
        while self.starts < times:
            if time.monotonic() > ends or not self._thread.is_alive():
                raise TimeoutError("the unit is not ready")
            time.sleep(0.02)

    def stop(self) -> None:
        """End the process, and start it no more."""
        self._stopping.set()
        if self._process:
            self._process.terminate()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            code = self._run_once()
            if code == int(self._unit["RestartPreventExitStatus"]):
                return
            self._stopping.wait(float(self._unit["RestartSec"]))

    def _run_once(self) -> int:
        Path(self._address).unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
            notified.bind(self._address)
            Path(self._address).chmod(0o666)
            notified.settimeout(0.1)
            self._process = self._begin()
            while self._process.poll() is None:
                try:
                    self.starts += b"READY=1" in notified.recv(4096)
                except TimeoutError:
                    continue
        return self._process.returncode

    def _begin(self) -> subprocess.Popen[bytes]:
        unit, user = self._unit, pwd.getpwnam(self._unit["User"])
        state = Path("/var/lib") / unit["StateDirectory"]
        state.mkdir(exist_ok=True)
        state.chmod(int(unit["StateDirectoryMode"], 8))
        os.chown(state, user.pw_uid, user.pw_gid)
        return subprocess.Popen(
            shlex.split(unit["ExecStart"]),
            cwd=unit["WorkingDirectory"],
            env=environment(unit) | {"NOTIFY_SOCKET": self._address},
            stdin=subprocess.DEVNULL,
            preexec_fn=lambda: _become(unit, user),  # noqa: PLW1509 - no thread of ours holds a lock here
            start_new_session=True,
        )


def _become(unit: dict[str, str], user: pwd.struct_passwd) -> None:
    files = int(unit["LimitNOFILE"])
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    os.umask(int(unit["UMask"], 8))
    os.initgroups(user.pw_name, user.pw_gid)
    os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
    os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
    ctypes.CDLL(None).prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
