"""Uses the installed service under a real systemd, and writes what happened into /root/booted.json.

A unit starts it in a container of systemd-nspawn, as `python3 -m tests.deploy.booted`; see test_install.py.
"""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

from tests.deploy.first_day import (
    BACKUPS,
    COMMAND,
    INSTALL,
    PASSWORD,
    SETTINGS,
    ask,
    checked,
    demo_router,
    run,
)

SERVICE = "esc-validator.service"
REPORT = Path("/root/booted.json")
LIMIT_S = 60.0


def shown(name: str, unit: str = SERVICE) -> str:
    """A property of a unit."""
    return run("systemctl", "show", "--property", name, "--value", unit).strip()


def until(name: str, wanted: str) -> None:
    """Wait until a property of the service has this value."""
    ends = time.monotonic() + LIMIT_S
    while shown(name) != wanted:
        assert time.monotonic() < ends, (name, shown(name))
        time.sleep(0.1)


def until_it_answers() -> None:
    """Wait until the service is ready again."""
    ends = time.monotonic() + LIMIT_S
    while True:
        try:
            if ask("GET", "/readyz")[0] == 200:
                return
        except ConnectionError:
            assert time.monotonic() < ends
        time.sleep(0.1)


def use() -> dict[str, Any]:
    """A tablet's check, a killed process, another check, and a backup."""
    run("systemctl", "restart", SERVICE)
    until_it_answers()
    run(COMMAND, "user", "add", "mia", "--role", "manager", text=PASSWORD)
    token = run(COMMAND, "device", "add", "tablet").split()[-1]
    found: dict[str, Any] = {"first_check": checked(token)}
    killed = time.monotonic()
    os.kill(int(shown("MainPID")), signal.SIGKILL)
    until("NRestarts", "1")
    until_it_answers()
    found |= {"back_after_kill_s": time.monotonic() - killed, "second_check": checked(token)}
    run("systemctl", "start", "esc-validator-backup.service")
    status = Path(f"/proc/{shown('MainPID')}/status").read_text().splitlines()
    pairs = dict(line.split(":\t", 1) for line in status if ":\t" in line)
    return found | {
        "backups": len(list(BACKUPS.iterdir())),
        "timer": shown("ActiveState", "esc-validator-backup.timer"),
        "process": {name: pairs[name] for name in ("NoNewPrivs", "Seccomp", "CapBnd", "CapEff")},
        "log": run("journalctl", "--unit", SERVICE, "--output", "cat", "--no-pager"),
    }


def break_settings() -> dict[str, Any]:
    """A service whose settings cannot be used is not started again and again."""
    kept = SETTINGS.read_text()
    SETTINGS.write_text(f"{kept}ESCV_PROXY_HOPS=many\n")
    run("systemctl", "restart", "--no-block", SERVICE)
    until("ActiveState", "failed")
    found = {"exit_code": shown("ExecMainStatus"), "restarts": shown("NRestarts")}
    SETTINGS.write_text(kept)
    return found


def main() -> None:
    """All of it; a failure is in the report, too."""
    try:
        run(INSTALL)
        with demo_router():
            found = use()
        found |= break_settings()
        run(INSTALL, "--uninstall")
        left = run("systemctl", "list-units", "--all", "--plain", "--no-legend", "esc-validator*")
        REPORT.write_text(json.dumps(found | {"left": left}))
    except BaseException as error:
        REPORT.write_text(json.dumps({"failed": repr(error)}))
        raise


if __name__ == "__main__":
    main()
