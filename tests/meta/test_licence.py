"""Under which licence the project is, and that nothing it is built on stands against it."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Permissive licences, and those that the appendix of the EUPL names as compatible.
GOOD = re.compile(r"\b(MIT|MIT-0|BSD|0BSD|ISC|Apache|PSF|MPL|Zlib|CC0|Unlicense|EUPL|LGPL)\b")


def test_the_licence_is_named_alike_everywhere_and_whole() -> None:
    """Python's and npm's tools read it, people find its text."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pages = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")

    assert (project["license"], project["license-files"]) == ("EUPL-1.2", ["LICENSE"])
    assert pages["license"] == project["license"]
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n")
    articles = [int(number) for number in re.findall(r"^(\d+)\.\s*[A-Z]", text, re.MULTILINE)]
    assert articles == list(range(1, 16))
    assert "Appendix" in text


def licences(name: str) -> str:
    """What an installed package says of its licence; empty where it is not installed on this system."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return ""
    expressions, texts, classifiers = (
        said.get_all(field) or [] for field in ("License-Expression", "License", "Classifier")
    )
    names = [one for one in classifiers if one.startswith("License ::")]
    return " ".join([*expressions, *(text[:80] for text in texts), *names])


def test_no_package_that_the_application_needs_stands_against_the_licence() -> None:
    """Each is under a permissive licence, or under one that the EUPL names as compatible."""
    lock = (ROOT / "requirements" / "app.txt").read_text(encoding="utf-8")
    said = {name: licences(name) for name in re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE)}
    pages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    said |= {name: one["license"] for name, one in pages.items() if not one.get("dev")}

    assert len([words for words in said.values() if words]) > 30
    assert {name: words for name, words in said.items() if words and not GOOD.search(words)} == {}
