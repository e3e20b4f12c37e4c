"""Runs the command `doctor` as an operator does, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.support.app_factory import SECRET
from tests.support.demo_site import ROOT
from tests.support.doctor_faults import NOT_PERMITTED
from tests.support.fault_router import refused_url

if TYPE_CHECKING:
    from pathlib import Path

FLASK = ("-m", "flask", "--app", "wsgi", "doctor", "--json")
# Variables of the machine that the tests run on must not change the results.
_FOREIGN = ("ESCV_", "FLASK_", "HTTP", "http", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "WEB_")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The result of a run: the exit code, and each finding that is not "ok" by its check."""

    exit_code: int
    findings: list[dict[str, str]]
    said: str

    @property
    def ids(self) -> dict[str, str]:
        """The cause of each check, also "ok"."""
        return {one["check"]: one["id"] for one in self.findings}

    def of(self, check: str) -> dict[str, str]:
        """The finding of this check."""
        (found,) = [one for one in self.findings if one["check"] == check]
        return found


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """The environment of a small site whose Router does not answer, with these settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    values = {"secret_key": SECRET, "data_dir": str(folder), "router_url": refused_url(), "limits": "off"}
    return kept | {f"ESCV_{name.upper()}": value for name, value in (values | settings).items()}


def diagnose(environ: dict[str, str], *arguments: str, fault: str = "") -> Diagnosis:
    """Run the doctor to its end; with `fault`, in a process that has this fault."""
    command = ["-m", "tests.support.doctor_faults", fault] if fault else [*FLASK, *arguments]
    ran = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    if ran.returncode == NOT_PERMITTED:
        pytest.skip(f"the system does not permit {fault}: {ran.stderr}")
    assert ran.stdout, ran.stderr
    said = json.loads(ran.stdout)
    assert said["exit_code"] == ran.returncode
    return Diagnosis(ran.returncode, said["findings"], ran.stdout + ran.stderr)
