"""The examples of docs/api.md work, and its tables are those of the API."""

from __future__ import annotations

import json
import re
import runpy
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.codes import png_of
from tests.support.demo_site import ROOT, running_site
from tests.support.documented import documented, run_documented
from validator.demo.deck import BY_SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.demo_site import Site

EXAMPLE = "3e506370-826a-103d-bf76-001000000001"
ANNA = BY_SLUG["anna-active"].escn


@pytest.fixture(name="site", scope="module")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str, Path]]:
    """A running service, the token of a till that was added as the page says, and a folder."""
    folder = tmp_path_factory.mktemp("api")
    with running_site(folder / "data") as site:
        environ = {
            "ESCV_DEMO": "1",
            "ESCV_DATA_DIR": str(folder / "data"),
            "ESCV_ROUTER_URL": "http://127.0.0.1:9",
        }
        printed = run_documented(documented("docs/api.md", "add-a-till"), folder, **environ)
        token = re.search(r"escv_\S+", printed)
        assert token
        yield site, token[0], folder


def test_a_number_is_checked_with_curl(site: tuple[Site, str, Path]) -> None:
    """The example gives a verdict."""
    at, token, folder = site
    text = documented("docs/api.md", "check-a-number")

    found = [
        json.loads(run_documented(text.replace(EXAMPLE, number), folder, SERVICE=at.address, TOKEN=token))
        for number in (EXAMPLE, ANNA)
    ]

    assert [one["outcome"] for one in found] == ["not_valid", "valid"]


def test_a_number_is_checked_with_python(site: tuple[Site, str, Path]) -> None:
    """The example gives a verdict; without a service, or with another token, it gives COULD NOT CHECK."""
    at, token, folder = site
    (folder / "check.py").write_text(
        documented("docs/api.md", "check-a-number", "python").replace(EXAMPLE, ANNA), encoding="utf-8"
    )

    def run(service: str, key: str) -> str:
        return run_documented(f"{sys.executable} check.py", folder, SERVICE=service, TOKEN=key).strip()

    assert run(at.address, token) == "valid"
    assert run(at.address, "none") == "could_not_check"
    assert run("http://127.0.0.1:9", token) == "could_not_check"


def test_a_picture_is_checked_with_curl(site: tuple[Site, str, Path]) -> None:
    """The example gives a verdict."""
    at, token, folder = site
    (folder / "card.png").write_bytes(png_of(f"https://s.esc-r.eu/{ANNA}").getvalue())

    text = documented("docs/api.md", "check-a-picture")
    found = json.loads(run_documented(text, folder, SERVICE=at.address, TOKEN=token))

    assert found["outcome"] == "valid"


def test_the_tables_are_those_of_the_api() -> None:
    """After a change of the API: .venv/bin/python scripts/api_docs.py."""
    script = runpy.run_path(str(ROOT / "scripts" / "api_docs.py"))
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")

    assert script["page"](text) == text
