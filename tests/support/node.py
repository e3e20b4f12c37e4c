"""The Node.js that set-up chose: the one from PyPI in .venv if present, else the system's."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path


def with_node() -> dict[str, str]:
    """An environment in which `node` and `npm` are the chosen ones, also when npm calls `node`."""
    here = Path(sys.executable).parent
    return os.environ | {"PATH": f"{here}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def find(name: str = "node") -> str:
    """The path of the chosen `node` or `npm`."""
    found = shutil.which(name, path=with_node()["PATH"])
    assert found, f"{name} is missing: run scripts/setup test"
    return found
