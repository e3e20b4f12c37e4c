"""One way in and one way through: what may import what."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NETWORK = {"requests", "urllib3", "http", "socket", "urllib", "httpx"}
HEAVY = {"cv2", "numpy", "zxingcpp", "pyzbar"}
# The migrations belong to the database: they read its tables, and it runs them.
KNOWN_CYCLES = {"database", "migrations"}


def imports(path: Path) -> set[str]:
    """The top-level names that a module imports, type-checking imports included."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names


def modules(package: str) -> list[Path]:
    """All modules of a package; fails if there are none, because every rule would then hold."""
    found = sorted((ROOT / package).rglob("*.py"))
    assert found
    return found


@pytest.mark.parametrize(("package", "other"), [("scanner", "offline_cache"), ("offline_cache", "scanner")])
def test_the_pure_packages_import_neither_flask_nor_the_network_nor_each_other(
    package: str, other: str
) -> None:
    """scanner/ and offline_cache/ can be understood, tested and reused alone."""
    forbidden = NETWORK | {"flask", "flask_login", "werkzeug", "validator", other}

    assert {path.name: names for path in modules(package) if (names := imports(path) & forbidden)} == {}


def test_only_the_router_client_speaks_to_the_network() -> None:
    """Only one package opens outgoing connections; the server's worker handles incoming ones only."""
    speaking = {
        path for path in modules("validator") if imports(path) & {"requests", "urllib3", "socket", "httpx"}
    }
    server = {
        ROOT / "validator" / name for name in ("http/worker.py", "http/connection.py", "http/listening.py")
    }

    assert speaking > server
    for path in server:
        assert imports(path) & {"requests", "urllib3", "httpx"} == set()
        assert not re.search(
            r"\.connect\(|create_connection|getaddrinfo|[^(]socket\.socket\(",
            path.read_text(encoding="utf-8"),
        )
    speaking -= server
    plain = {
        path for path in modules("validator") if "import http.client" in path.read_text(encoding="utf-8")
    }
    # The doctor asks our own public address.
    assert {path.parent.name for path in plain} - {"router", "demo", "http"} == {"doctor"}
    assert {path.parent.name for path in speaking} <= {"router", "demo"}
    assert not [path for path in speaking if path.parent.name == "demo" and "requests" in imports(path)]


def test_the_web_process_never_loads_a_decoder() -> None:
    """OpenCV and the decoders live in the decode worker only: the application imports without them."""
    packages = "validator.build, validator.web, validator.api"
    code = f"import sys, {packages}; print(sorted(set(sys.modules) & {HEAVY!r}))"

    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT
    )

    assert loaded.stdout.strip() == "[]"


def test_package_imports_run_one_way() -> None:
    """Packages can be read and changed one after the other; imports for types count, too."""
    parts = {path: _part(path.relative_to(ROOT).with_suffix("")) for path in modules("validator")}
    graph = {part: set[str]() for part in parts.values()}
    for path, part in parts.items():
        graph[part] |= {_part(Path(*name.split("."))) for name in _own_imports(path)} - {part}

    assert _in_cycles(graph) <= KNOWN_CYCLES


def _part(path: Path) -> str:
    """A package directly under validator/, or a module there."""
    parts = [part for part in path.parts if part != "__init__"]
    return parts[1] if len(parts) > 1 else parts[0]


def _own_imports(path: Path) -> set[str]:
    """The dotted names of all modules of validator/ that this one imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "validator":
            names |= {f"validator.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name for name in names if name.startswith("validator.")}


def _in_cycles(graph: dict[str, set[str]]) -> set[str]:
    """Every part that imports itself through others."""

    def reached(start: str) -> set[str]:
        found, ahead = set[str](), [start]
        while ahead:
            fresh = graph.get(ahead.pop(), set()) - found
            found |= fresh
            ahead += fresh
        return found

    return {part for part in graph if part in reached(part)}


def test_no_module_is_longer_than_it_may_be() -> None:
    """A file that needs a map is split: 250 lines are the most for a module, 400 for a test."""
    limits = [("validator", 250), ("scanner", 250), ("offline_cache", 250), ("tests", 400), ("bench", 400)]

    long = {
        str(path): lines
        for package, most in limits
        for path in modules(package)
        if (lines := _lines(path)) > most
    }

    assert long == {}


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())
