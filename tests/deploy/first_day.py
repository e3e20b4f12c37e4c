"""Installs the service in a bare Debian, uses it as on its first day, and prints what happened as JSON.

Runs there as root, with Python's standard library alone, by
`scripts/bare_debian python3 -m tests.deploy.first_day`. The demo Router of the release answers in place of
the real one. The caches of pip and npm are emptied first.
"""

from __future__ import annotations

import http.client
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.documented import documented
from tests.support.unit_runner import Runner

if TYPE_CHECKING:
    from collections.abc import Iterator

INSTALL = "deploy/install.sh"
COMMAND = "/usr/local/sbin/esc-validator"
CURRENT = Path("/opt/esc-validator/current")
SETTINGS = Path("/etc/esc-validator/esc-validator.env")
UNIT = Path("/etc/systemd/system/esc-validator.service")
BACKUPS = Path("/var/backups/esc-validator")
KEPT = [SETTINGS.parent, Path("/var/lib/esc-validator"), BACKUPS]
PASSWORD = "lindenburg on the lake\n"
ANNA = "93be43d0-4a6d-103c-ab04-001120304051"


def run(*command: str, text: str = "") -> str:
    """The output of a command that must succeed."""
    ran = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, (command, ran.stdout, ran.stderr)
    sys.stderr.write(ran.stderr)
    return ran.stdout


def commands(example: str) -> list[list[str]]:
    """The commands of an example, word by word."""
    return [shlex.split(line, comments=True) for line in example.splitlines()]


def tree(*folders: Path) -> dict[str, tuple[int, int, int]]:
    """Mode, owner and size of everything in these folders."""
    paths = [path for folder in folders for path in [folder, *folder.rglob("*")]]
    found = {str(path): path.lstat() for path in paths}
    return {name: (each.st_mode, each.st_uid, each.st_size) for name, each in found.items()}


def port() -> int:
    """Where the service listens."""
    return int(SETTINGS.read_text().rpartition("\nPORT=")[2].split()[0])


def free_port() -> int:
    """A port of this machine that is free now; a bare Debian shares them with it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def ask(method: str, path: str, token: str = "", body: Any = None) -> tuple[int, Any]:
    """Status and JSON of an answer of the service."""
    connection = http.client.HTTPConnection("127.0.0.1", port(), timeout=30)
    headers = {"Content-Type": "application/json", "X-Forwarded-Host": "esc.example.edu"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    connection.request(method, path, json.dumps(body) if body else None, headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text)


@contextmanager
def demo_router() -> Iterator[None]:
    """The simulated Router of the release, and the settings that name it and a free port."""
    router_port = free_port()
    with SETTINGS.open("a") as settings:
        settings.write(f"ESCV_ROUTER_URL=http://127.0.0.1:{router_port}\nPORT={free_port()}\n")
    gunicorn = [
        str(CURRENT / ".venv/bin/gunicorn"),
        "--bind",
        f"127.0.0.1:{router_port}",
        "--no-control-socket",
    ]
    router = subprocess.Popen([*gunicorn, "validator.demo.router:create_router()"], cwd=CURRENT)
    try:
        yield
    finally:
        router.terminate()
        router.wait()


def checked(token: str) -> str:
    """What the tablet is told about a card."""
    status, verdict = ask("POST", "/api/v1/validations", token, {"input": ANNA})
    assert status == 200, verdict
    return str(verdict["outcome"])


def use_service(runner: Runner, began: float) -> dict[str, Any]:
    """Two people, a tablet, a check, a killed process, another check; the seconds since the beginning."""
    took: dict[str, Any] = {"started_s": time.monotonic() - began}
    printed = [run(*words, text=PASSWORD) for words in commands(documented("docs/install.md", "add-people"))]
    token = printed[-1].split()[-1]
    took["first_check"] = checked(token)
    killed = time.monotonic()
    os.kill(runner.pid, signal.SIGKILL)
    runner.wait_started(2)
    took["back_after_kill_s"] = time.monotonic() - killed
    took["second_check"] = checked(token)
    took["ready_s"] = time.monotonic() - began
    took["people"] = [line.partition("\t")[0] for line in run(COMMAND, "user", "list").splitlines()]
    took["service_user"] = Path(f"/proc/{runner.pid}").owner()
    return took


def install_and_use() -> dict[str, Any]:
    """From nothing to the first backup."""
    for cache in (".cache", ".npm"):
        shutil.rmtree(Path.home() / cache, ignore_errors=True)
    began = time.monotonic()
    for words in commands(documented("docs/install.md", "install-service")):
        run(*words)
    took: dict[str, Any] = {"installed_s": time.monotonic() - began}
    with demo_router():
        runner = Runner(UNIT)
        runner.start()
        try:
            took |= use_service(runner, began)
            settings = [
                line for line in SETTINGS.read_text().splitlines() if line and not line.startswith("#")
            ]
            backup = [*settings, str(CURRENT / "deploy/backup.sh"), str(BACKUPS)]
            run("runuser", "-u", "esc-validator", "--", "env", "-C", str(CURRENT), *backup)
        finally:
            runner.stop()
    return took


def install_again() -> dict[str, Any]:
    """What a second installation changes, and how long it takes."""
    before, began = tree(*KEPT, CURRENT.resolve()), time.monotonic()
    run(INSTALL)
    took = time.monotonic() - began
    changed = sorted(set(before.items()) ^ set(tree(*KEPT, CURRENT.resolve()).items()))
    return {"second_install_s": took, "second_install_changed": changed}


def upgrade() -> dict[str, Any]:
    """What is there after an installation of changed code: the new release and the one before."""
    kept, before = tree(*KEPT), CURRENT.resolve()
    (before.parent / "000000000000").mkdir()
    with Path("README.md").open("a") as text:
        text.write("Changed.\n")
    run(INSTALL)
    releases = {path.name for path in before.parent.iterdir()}
    return {
        "upgraded": CURRENT.resolve() != before,
        "releases_are_new_and_before": releases == {before.name, CURRENT.resolve().name},
        "kept_by_upgrade": tree(*KEPT) == kept,
    }


def owners() -> dict[str, Any]:
    """Who owns what, and the size of the program."""
    found = [path.lstat() for path in CURRENT.resolve().rglob("*")]
    return {
        "modes": {
            str(path): [path.owner(), path.group(), oct(path.stat().st_mode & 0o777)]
            for path in [*KEPT, SETTINGS, SETTINGS.parent / "secret-key"]
        },
        "not_of_root": sum(each.st_uid for each in found),
        "release_bytes": sum(each.st_size for each in found),
        "backups": len(list(BACKUPS.iterdir())),
    }


def remove() -> dict[str, Any]:
    """What is left after each kind of removal."""
    kept = tree(*KEPT)
    run(INSTALL, "--uninstall")
    left = [str(path) for path in (CURRENT.parent, Path(COMMAND), UNIT) if path.exists()]
    is_kept = tree(*KEPT) == kept
    run(INSTALL, "--uninstall", "--purge")
    purged = [str(path) for path in KEPT if path.exists()]
    return {"left_after_uninstall": left, "kept_by_uninstall": is_kept, "left_after_purge": purged}


if __name__ == "__main__":
    report = install_and_use() | install_again() | owners() | upgrade() | remove()
    print(json.dumps(report))  # noqa: T201 - read by test_install.py
