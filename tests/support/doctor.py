"""Runs the command `doctor` and reads its result."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tests.support.app_factory import SECRET
from tests.support.demo_site import ROOT
from tests.support.doctor_faults import NOT_PERMITTED
from tests.support.fault_router import refused_url
from validator.commands.doctor import doctor

if TYPE_CHECKING:
    from pathlib import Path

FLASK = ("-m", "flask", "--app", "wsgi", "doctor", "--json", "--quick")
# Variables of the machine that the tests run on must not change the results.
_FOREIGN = ("ESCV_", "FLASK_", "HTTP", "http", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "WEB_")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The result of a run; `said` is all that was printed."""

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


def diagnose(environ: dict[str, str], *arguments: str) -> Diagnosis:
    """Run the command to its end, without the decoders."""
    removed = dict.fromkeys(name for name in os.environ if name not in environ)
    ran = CliRunner().invoke(
        doctor, ["--json", "--quick", *arguments], env=environ | removed, catch_exceptions=False
    )
    return _diagnosis(ran.exit_code, ran.stdout, ran.stderr)


def diagnose_in_process(environ: dict[str, str], *command: str) -> Diagnosis:
    """The same in a process of its own, by this command of Python."""
    ran = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    if ran.returncode == NOT_PERMITTED:
        pytest.skip(f"the system does not permit this fault: {ran.stderr}")
    return _diagnosis(ran.returncode, ran.stdout, ran.stderr)


def diagnose_with(fault: str, environ: dict[str, str]) -> Diagnosis:
    """The diagnosis of a process that has this fault (tests/support/doctor_faults.py)."""
    return diagnose_in_process(environ, "-m", "tests.support.doctor_faults", fault)


def _diagnosis(exit_code: int, stdout: str, stderr: str) -> Diagnosis:
    assert stdout, stderr
    said = json.loads(stdout)
    assert said["exit_code"] == exit_code
    return Diagnosis(exit_code, said["findings"], stdout + stderr)
