"""The version comes from one place."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from validator.version import VERSION

if TYPE_CHECKING:
    from flask.testing import FlaskClient

ROOT = Path(__file__).parents[2]


def test_pages_and_monitors_have_the_version(anonymous: FlaskClient) -> None:
    """In the footer and in /readyz."""
    assert f"ESC Validator {VERSION}</p>" in anonymous.get("/login").text
    assert anonymous.get("/readyz").json["version"] == VERSION  # type: ignore[index]


def test_package_and_changelog_have_the_same_version() -> None:
    """The package takes it from the program; the newest release of the changelog is this one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "validator.version.VERSION"}
    assert "version" not in project["project"]
    assert re.findall(r"^## (\d[\d.]*) - ", changelog, re.MULTILINE)[0] == VERSION
