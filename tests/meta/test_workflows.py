"""The hosted checks run the project's own commands, with actions that cannot change unnoticed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_and_may_only_read(path: Path) -> None:
    """A tag can be moved to other code, a commit cannot; no job can write to the repository."""
    text = path.read_text(encoding="utf-8")
    uses = re.findall(r"uses: *(\S+)( # v[\d.]+)?", text)

    assert uses
    assert [
        action for action, version in uses if not (re.search(r"@[0-9a-f]{40}$", action) and version)
    ] == []
    assert "permissions:\n  contents: read\n" in text
    assert "persist-credentials: false" in text
    assert not re.search(r"\brun:.*\$\{\{", text), "an expression in a command can become a command"


def test_all_checks_and_the_long_ones_run() -> None:
    """Each change: .ci/run. Each week: targets that the Makefile has."""
    check, weekly = (path.read_text(encoding="utf-8") for path in WORKFLOWS)
    found = re.search(r"target: \[(.*)\]", weekly)

    assert "run: .ci/run\n" in check
    assert found is not None
    assert set(found[1].split(", ")) <= TARGETS
