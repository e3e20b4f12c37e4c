"""Every command that a document shows is run by a test, and every option that it names exists."""

from __future__ import annotations

import re
import shlex
import subprocess
from typing import TYPE_CHECKING

import click

from tests.support.codes import png_of
from tests.support.documented import FENCE, ROOT, documented
from validator.__main__ import cli

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGES = [
    path
    for pattern in ("*.md", "docs/**/*.md", "deploy/*.md", ".github/*.md")
    for path in sorted(ROOT.glob(pattern))
]
TESTS = {path: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")}
MAKE_TARGETS = set(
    re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
)
COMMAND = re.compile(r"(?:flask --app wsgi|esc-validator) +([a-z][^\n`|;&>()…]*)")


def examples() -> Iterator[tuple[str, str, str]]:
    """The page, name and text of each example."""
    for path in PAGES:
        for found in FENCE.finditer(path.read_text(encoding="utf-8")):
            yield str(path.relative_to(ROOT)), found["name"], found["text"]


def test_every_example_is_run_by_a_test() -> None:
    """Its name is in a test that asks for it: `documented("docs/api.md", "check-a-number")`."""
    asked = {
        found
        for text in TESTS.values()
        for found in re.findall(r'documented\(\s*"([\w./-]+)",\s*"([\w-]+)"', text)
    }

    assert {(page, name) for page, name, _ in examples()} - asked == set()


def test_no_command_hides_in_a_block_of_another_kind() -> None:
    """A block without a language shows what is printed; commands are in blocks that tests find."""
    for path in PAGES:
        for found in re.findall(
            r"^```\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
        ):
            assert not re.search(r"^\$ ", found, re.MULTILINE), f"{path.name}: {found[:60]}"


def test_every_command_that_a_document_names_exists() -> None:
    """With each of its options."""
    shown = {
        (path.name, found.strip())
        for path in PAGES
        for found in COMMAND.findall(path.read_text(encoding="utf-8"))
    }

    assert len(shown) > 10
    assert [one for one in sorted(shown) if not _exists(cli, one[1])] == []


def _exists(group: click.Group, text: str) -> bool:
    words = shlex.split(text.replace("'", "").replace("’", ""), comments=True)
    command: click.Command | None = group
    context = click.Context(group)
    while words and isinstance(command, click.Group):
        command = command.get_command(context, words.pop(0))
    options = {option for one in command.params for option in one.opts} if command else set()
    named = {word.partition("=")[0] for word in words if word.startswith("--")}
    return command is not None and named <= options | {"--help"}


def test_the_targets_of_make_that_documents_name_exist() -> None:
    """In each example and in each inline command; .ci/run and scripts/bare_debian run them."""
    shown = {
        (path.name, target)
        for path in PAGES
        for target in re.findall(
            r"(?:^|`|\bsudo scripts/bare_debian )make ([a-z]+)", path.read_text(encoding="utf-8")
        )
    }

    assert len(shown) > 5
    assert {one for one in shown if one[1] not in MAKE_TARGETS} == set()
    for line in (documented("README.md", "try") + documented("CONTRIBUTING.md", "work")).splitlines():
        words = shlex.split(line, comments=True)
        assert words[0] in {"make", "node", ".venv/bin/python"}
        assert [word for word in words if word.startswith("tests/") and not (ROOT / word).exists()] == []


def test_a_picture_is_read_without_a_server(tmp_path: Path) -> None:
    """docs/first-run.md: the number in a picture."""
    number = "3e506370-826a-103d-bf76-001000000001"
    (tmp_path / "anna-active.png").write_bytes(png_of(f"https://s.esc-r.eu/{number}").getvalue())
    words = shlex.split(
        documented("docs/first-run.md", "read").replace("anna-active.png", f"{tmp_path}/anna-active.png")
    )

    printed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True).stdout

    assert number in printed
