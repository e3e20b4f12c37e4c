"""Where a sign-in may lead: to our own pages only."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from validator.sign_in.views import OWN_PATH, blueprint, safe_redirect_target

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(name="_in_a_request", autouse=True, scope="module")
def _request() -> Iterator[None]:
    """The addresses of the sign-in are known in a request only."""
    app = Flask(__name__)
    app.register_blueprint(blueprint)
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    "path", ["/", "/lookup", "/recent?page=2", "/caf%C3%A9", "/a//b", "/?u=https://x.example/"]
)
def test_our_own_pages_are_kept(path: str) -> None:
    """A person comes back to where they were going."""
    assert safe_redirect_target(path) == path


@pytest.mark.parametrize(
    "elsewhere",
    [
        "", "lookup", "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
        "/\t/evil.example", "/\n/evil.example", "/ /evil.example", "javascript:alert(1)", "/a\\b", "/\x7f",
        "/" + "a" * 600, "/login", "/logout", "///evil.example", "/\r\nSet-Cookie: a=b",
    ],
)  # fmt: skip
def test_anything_else_leads_to_the_first_page(elsewhere: str) -> None:
    """Other hosts in all their disguises, and the pages that would lead in a circle."""
    assert safe_redirect_target(elsewhere) == "/"


@given(st.text(st.sampled_from("/\\\t\n .:@?#%aé\u2028"), max_size=12))
def test_no_text_that_passes_leaves_our_host(text: str) -> None:
    """Read as a browser reads it, tabs and line ends dropped, backslashes turned, it stays with us."""
    if OWN_PATH.fullmatch(text):
        as_browsers_read = text.translate({9: None, 10: None, 13: None, 92: "/"})

        assert (
            urlsplit(urljoin("https://esc.uni.example/login", as_browsers_read)).netloc == "esc.uni.example"
        )
