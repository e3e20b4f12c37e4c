"""What the documents say is held to the code."""

from __future__ import annotations

import re
from pathlib import Path

from validator.environment import PREFIX
from validator.settings import Settings

ROOT = Path(__file__).parents[2]


def test_every_setting_is_documented_and_no_other() -> None:
    """docs/settings.md names the settings that exist, all of them and only them."""
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")

    named = set(re.findall(r"`(ESCV_[A-Z_]+)`", page))

    assert named == {PREFIX + field.upper() for field in Settings.model_fields}


def test_every_link_and_picture_of_the_documents_exists() -> None:
    """A reader of the README or of docs/ meets no dead end."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_file_that_a_document_names_exists() -> None:
    """Every test that a document cites exists."""
    for page in sorted((ROOT / "docs").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"`((?:tests|bench|validator|scanner|offline_cache|docs)/[\w/.-]+)", text):
            assert (ROOT / target).exists(), f"{page.name}: {target}"
