"""Ask PyPI and npm whether a locked version has a known vulnerability.

Exit codes: 0 none known, 1 some known (listed), 3 a service left a package without an answer.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from enum import IntEnum
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCKS = (
    "requirements/app.txt",
    "requirements/extras.txt",
    "requirements/dev.txt",
    "requirements/node.txt",
    "requirements/tools.txt",
    "requirements/mutants.txt",
)
SHOWN = 3  # packages without an answer: the rest is reported as a number


class Outcome(IntEnum):
    """What is known after asking; the values are the exit codes."""

    CLEAN = 0
    FOUND = 1
    NOT_ASKED = 3


Finding = tuple[Outcome, list[str]]
SAYS = {
    Outcome.CLEAN: "no known vulnerability",
    Outcome.FOUND: "KNOWN VULNERABILITIES; raise the versions (make lock), or write down why not",
    Outcome.NOT_ASKED: "COULD NOT BE ASKED, so nothing is known of these versions; try again with a network",
}


def of_pip_audit(report: dict[str, Any]) -> Finding:
    """What pip-audit's JSON says. It calls a package clean that PyPI did not know: here that is NOT_ASKED."""
    packages = report.get("dependencies", [])
    found = [
        f"{package['name']} {package['version']}: {one['id']}, mended in {one['fix_versions'] or 'none yet'}"
        for package in packages
        for one in package.get("vulns", [])
    ]
    silent = [f"{package['name']}: no answer" for package in packages if "vulns" not in package]
    if found:
        return Outcome.FOUND, found
    if silent or not packages:
        shown = silent[:SHOWN] or [str(report.get("message", "no answer"))]
        return Outcome.NOT_ASKED, [*shown, f"({len(silent)} of {len(packages)} packages)"]
    return Outcome.CLEAN, [f"{len(packages)} packages"]


def of_npm_audit(report: dict[str, Any]) -> Finding:
    """What npm's JSON says; without its counts there was no answer."""
    counts = report.get("metadata", {}).get("vulnerabilities")
    if counts is None:
        return Outcome.NOT_ASKED, [str(report.get("message", "no answer"))]
    if counts["total"]:
        found = report["vulnerabilities"].items()
        return Outcome.FOUND, [f"{name}: {one['severity']}" for name, one in found]
    return Outcome.CLEAN, [f"{report['metadata']['dependencies']['total']} packages"]


def verdict(outcomes: list[Outcome]) -> Outcome:
    """One exit code for all: findings outrank silence, and silence is never a pass."""
    for outcome in (Outcome.FOUND, Outcome.NOT_ASKED):
        if outcome in outcomes:
            return outcome
    return Outcome.CLEAN


def _json_of(*command: str) -> dict[str, Any]:
    if shutil.which(command[0]) is None:
        return {"message": f"{command[0]} is missing"}
    ran = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)  # noqa: S603 - fixed
    try:
        return dict(json.loads(ran.stdout))
    except (TypeError, ValueError):
        return {"message": ran.stderr.strip()[-300:] or "no answer"}


def main() -> int:
    """Ask about every lock and say what is known of each."""
    pip_audit = [str(Path(sys.executable).with_name("pip-audit")), "--disable-pip", "--require-hashes"]
    asked = {lock: of_pip_audit(_json_of(*pip_audit, "-f", "json", "-r", lock)) for lock in LOCKS}
    asked["package-lock.json"] = of_npm_audit(_json_of("npm", "audit", "--package-lock-only", "--json"))
    for lock, (outcome, lines) in asked.items():
        print(f"{lock}: {SAYS[outcome]}")
        print("".join(f"  {line}\n" for line in lines), end="")
    return verdict([outcome for outcome, _ in asked.values()])


if __name__ == "__main__":
    sys.exit(main())
