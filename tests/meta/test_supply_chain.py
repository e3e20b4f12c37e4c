"""The dependencies: every package is pinned, hashed, without machine-specific addresses, and audited."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[2]
WEEK = timedelta(days=7)
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
NPM = (".", "bench/lighthouse_page")  # the folders of a package.json
PIN = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9-]*)==(?P<version>[0-9a-z.+!-]+)"
    r"( ; [^\\]+)?"  # on which Python or system
    r"( --hash=sha256:[0-9a-f]{64})+"
)


def _load(name: str) -> ModuleType:
    """One of the scripts as a module; scripts/ is no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


audit = _load("audit")


def pins(lock: Path) -> dict[str, str]:
    """Name to version of every package in a lock; a line of any other form fails."""
    lines = re.sub(r" *\\\n *", " ", lock.read_text(encoding="utf-8")).splitlines()
    matches = [(line, PIN.fullmatch(line)) for line in lines if line.strip()]
    assert [line[:60] for line, match in matches if match is None] == []
    return {match["name"]: match["version"] for _, match in matches if match}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_line_of_a_lock_is_one_version_with_its_hashes(lock: Path) -> None:
    """No other file can replace a package; no line names a host, a folder or an option."""
    assert pins(lock)


def test_what_is_tested_is_what_is_installed() -> None:
    """The lock for tests holds every package of the lock for production, at the same version."""
    app, dev = pins(ROOT / "requirements/app.txt"), pins(ROOT / "requirements/dev.txt")

    assert {name: version for name, version in app.items() if dev.get(name) != version} == {}


def test_every_direct_dependency_is_locked() -> None:
    """What pyproject.toml asks for is in the lock: installing never looks for a newest version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = {re.split(r"[^A-Za-z0-9_-]", line)[0].lower() for line in project["project"]["dependencies"]}

    assert asked - set(pins(ROOT / "requirements/app.txt")) == set()


@pytest.mark.parametrize("folder", NPM)
def test_every_package_from_npm_has_its_integrity_and_no_address(folder: str) -> None:
    """Each file is checked against the lock by npm, whichever registry a site uses."""
    lock = json.loads((ROOT / folder / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}

    whole = {name for name, one in packages.items() if one.get("integrity", "").startswith("sha512-")}
    placed = {name for name, one in packages.items() if "resolved" in one}
    running = {name for name, one in packages.items() if one.get("hasInstallScript") and not one.get("dev")}

    assert packages
    assert (set(packages) - whole, placed, running) == (set(), set(), set())


@pytest.mark.parametrize("folder", NPM)
def test_packages_from_npm_are_pinned_to_one_version(folder: str) -> None:
    """package.json names versions, not ranges, so that a new lock is a decision."""
    package = json.loads((ROOT / folder / "package.json").read_text(encoding="utf-8"))
    named = package["dependencies"] | package.get("devDependencies", {})

    assert {name: asked for name, asked in named.items() if not re.fullmatch(r"\d+\.\d+\.\d+", asked)} == {}


def test_new_locks_take_nothing_younger_than_a_week() -> None:
    """`make lock` hands every resolver the instant of seven days ago: a stolen version is found by then."""
    make = shutil.which("make")
    assert make
    said = subprocess.run([make, "-n", "lock"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    compiling = [line for line in said.splitlines() if "uv pip compile" in line]
    instants = [datetime.fromisoformat(line.split("--exclude-newer ")[1].split()[0]) for line in compiling]

    assert len(compiling) == len(LOCKS)
    assert all("--generate-hashes" in line for line in compiling)
    assert all(WEEK <= datetime.now(UTC) - instant < WEEK + timedelta(hours=1) for instant in instants)


def test_installing_runs_no_package_script_and_checks_every_hash() -> None:
    """What a package brings is files; npm's scripts stay unrun, pip's files bear the hashes of the lock."""
    scripts = [(ROOT / "scripts" / name).read_text(encoding="utf-8") for name in ("setup", "tools")]
    lines = "\n".join(scripts).replace("\\\n", " ").splitlines()
    pip, npm = ([line for line in lines if re.search(word, line)] for word in ("pip install", r"^\s*npm ci"))

    assert pip
    assert npm
    assert all("--require-hashes" in line for line in pip)
    assert all("--ignore-scripts" in line for line in npm)


def test_the_lock_of_the_pages_asks_for_no_tag() -> None:
    """Npm 9 cannot read a lock in which a package asks for "latest"."""
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    kinds = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
    asked = [
        one
        for package in lock["packages"].values()
        for kind in kinds
        for one in package.get(kind, {}).items()
    ]

    assert asked
    assert [(name, version) for name, version in asked if not re.search(r"\d", version)] == []


CLEAN = {"name": "flask", "version": "3.1.2", "vulns": []}
HURT = {"name": "flask", "version": "3.1.2", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["3.1.3"]}]}
SILENT = {"name": "flask", "skip_reason": "Dependency not found on PyPI and could not be audited: flask"}


@pytest.mark.parametrize(
    ("packages", "outcome"),
    [
        ([CLEAN, CLEAN], audit.Outcome.CLEAN),
        ([CLEAN, HURT], audit.Outcome.FOUND),
        ([SILENT, HURT], audit.Outcome.FOUND),
        ([CLEAN, SILENT], audit.Outcome.NOT_ASKED),
        ([], audit.Outcome.NOT_ASKED),
    ],
)
def test_a_python_package_that_pypi_does_not_know_is_not_clean(packages: list[Any], outcome: int) -> None:
    """pip-audit ends with 0 where PyPI answers nothing; the audit does not."""
    assert audit.of_pip_audit({"dependencies": packages, "fixes": []})[0] is outcome
    assert audit.of_pip_audit({"message": "Connection refused"})[0] is audit.Outcome.NOT_ASKED


def test_an_npm_registry_that_answers_nothing_is_not_clean() -> None:
    """A refusal, an empty answer and a finding each have their own exit code."""
    counts = {"dependencies": {"total": 210}, "vulnerabilities": {"total": 0}}
    one = {"metadata": {"vulnerabilities": {"total": 1}}, "vulnerabilities": {"idb": {"severity": "high"}}}

    assert audit.of_npm_audit({"metadata": counts, "vulnerabilities": {}})[0] is audit.Outcome.CLEAN
    assert audit.of_npm_audit(one) == (audit.Outcome.FOUND, ["idb: high"])
    assert audit.of_npm_audit({"message": "405 Method Not Allowed"})[0] is audit.Outcome.NOT_ASKED
    assert audit.of_npm_audit({})[0] is audit.Outcome.NOT_ASKED


def test_no_answer_is_never_a_pass() -> None:
    """Findings outrank silence; silence outranks a clean answer."""
    clean, found, silent = audit.Outcome.CLEAN, audit.Outcome.FOUND, audit.Outcome.NOT_ASKED

    assert audit.verdict([clean, clean]) == 0
    assert audit.verdict([clean, silent, found]) == 1
    assert audit.verdict([clean, silent]) == 3
