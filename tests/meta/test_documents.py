"""Documents name settings, files, headings and imports that exist."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

from validator.environment import PREFIX
from validator.settings import Settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FOLDERS = ("validator", "scanner", "offline_cache", "tests", "bench", "scripts", "docs", "deploy", ".ci")
SECRET = {"ESCV_SECRET_KEY": "e7" * 32}
FOREIGN = {".git", "vendor", "node_modules", "__pycache__"}
TEXTS = {
    ".py",
    ".js",
    ".mjs",
    ".ts",
    ".md",
    ".html",
    ".css",
    ".toml",
    ".txt",
    ".yml",
    ".yaml",
    ".sh",
    ".conf",
    ".service",
    ".timer",
    "",
}
# Folders of the machine on which the project was written.
PRIVATE = re.compile(r"(?<![\w.})*/-])/(?:work|tmp/w)(?![\w-])")


def own_texts() -> dict[Path, str]:
    """All text files of the repository, without what other projects made."""
    inside = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    # What starts with a dot is made by tools, such as .coverage.
    top = [path for path in ROOT.glob("*") if not path.name.startswith(".")]
    paths = [path for path in [*top, *inside] if path.is_file() and path.suffix in TEXTS]
    relative = [path.relative_to(ROOT) for path in paths]
    return {
        path: (ROOT / path).read_text(encoding="utf-8") for path in relative if not FOREIGN & set(path.parts)
    }


def test_every_setting_is_documented_and_no_other() -> None:
    """docs/settings.md names all settings, and no other ones."""
    page = (DOCS / "settings.md").read_text(encoding="utf-8")

    named = set(re.findall(r"`(ESCV_[A-Z_]+)`", page))

    assert named == {PREFIX + field.upper() for field in Settings.model_fields}


def test_the_example_of_a_settings_file_has_all_settings() -> None:
    """After a changed setting or docs/settings.md: .venv/bin/python scripts/settings_example.py."""
    script = runpy.run_path(str(ROOT / "scripts" / "settings_example.py"))
    text = script["EXAMPLE"].read_text(encoding="utf-8")

    assert text == script["example"]()
    assert set(re.findall(r"^#(ESCV_[A-Z_]+)=", text, re.MULTILINE)) == {
        PREFIX + field.upper() for field in Settings.model_fields
    }
    # As written, each default is accepted.
    Settings.from_env(dict(re.findall(r"^#(ESCV_[A-Z_]+)=(.*)$", text, re.MULTILINE)) | SECRET)


def test_every_link_and_picture_of_the_documents_exists() -> None:
    """Each relative link of a document leads to a file."""
    for page in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_file_that_a_document_names_exists() -> None:
    """A reader finds the test or the module that a document names."""
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")]:
        text = page.read_text(encoding="utf-8")
        for target in re.findall(
            r"`((?:tests|bench|validator|scanner|offline_cache|docs|deploy)/[\w/.-]+)", text
        ):
            assert (ROOT / target).exists(), f"{page.name}: {target}"


def test_every_script_that_the_architecture_names_exists() -> None:
    """The short names of scripts in docs/architecture.md are files below static/js."""
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")

    named = set(re.findall(r"`([a-z_]+/[a-z_]+\.js)`", text))

    assert named
    assert [name for name in sorted(named) if not (ROOT / "validator/static/js" / name).exists()] == []


def test_the_picture_of_the_architecture_is_that_of_the_imports() -> None:
    """After a changed import: .venv/bin/python scripts/draw_architecture.py."""
    script = runpy.run_path(str(ROOT / "scripts" / "draw_architecture.py"))

    assert script["PICTURE"].read_text(encoding="utf-8") == script["draw"]()


def test_every_document_that_a_text_names_exists() -> None:
    """A comment or a document never cites a document that a reader cannot open."""
    texts = own_texts()
    known = {path.name for path in texts if path.suffix == ".md"}
    # Files of other projects, which protocol.md lists as its sources.
    sources = (DOCS / "protocol.md").read_text(encoding="utf-8").partition("## Sources")[2]
    assert sources

    unknown = {
        f"{path}: {name}"
        for path, text in texts.items()
        for name in re.findall(r"([A-Za-z0-9_-]+\.md)\b", text.replace(sources, ""))
        if name not in known
    }

    assert unknown == set()


def test_every_section_of_protocol_md_that_a_text_cites_exists() -> None:
    """`protocol.md §3.5` names a heading."""
    headings = set(
        re.findall(r"^#+ (\d+(?:\.\d+)?)", (DOCS / "protocol.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    cited = {
        (str(path), section)
        for path, text in own_texts().items()
        for section in re.findall(r"protocol\.md\)?,? (?:§|section )(\d+(?:\.\d+)?)", text)
    }

    assert len(cited) > 10
    assert {one for one in cited if one[1] not in headings} == set()


def test_no_text_names_a_folder_of_one_machine() -> None:
    """What the repository says holds in every clone."""
    found = {str(path) for path, text in own_texts().items() if PRIVATE.search(text)} - {
        "tests/meta/test_documents.py"
    }

    assert found == set()
