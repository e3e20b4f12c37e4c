"""The messages of the pages' scripts, and the language of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import url_for

from tests.support.html_page import parse_page
from tests.support.pseudo import PSEUDO, pseudo_languages
from validator.i18n import EXTENSION

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient


@pytest.fixture(name="address")
def _address(app: Flask) -> str:
    with app.test_request_context():
        return url_for("web.messages", spoken="en")


@pytest.fixture(name="pseudo")
def _pseudo(app: Flask, tmp_path: Path) -> Flask:
    app.extensions[EXTENSION] = pseudo_languages(tmp_path)
    return app


def test_everybody_gets_the_same_messages(anonymous: FlaskClient, sara: FlaskClient, address: str) -> None:
    """The messages say nothing of anybody, so they are open to all and the same for all."""
    answer = anonymous.get(address)

    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.data == sara.get(address).data
    assert answer.get_json() | {"plurals": ""} == {
        "language": "en",
        "locale": "en-GB",
        "zone": "Europe/Brussels",
        "plurals": "",
        "messages": {},
    }


def test_a_language_or_version_that_is_not_served_has_no_messages(
    anonymous: FlaskClient, address: str
) -> None:
    """Only the languages that have a catalogue exist, and only in the version that is served now."""
    assert anonymous.get(address.replace(".en.", ".xx.")).status_code == 404
    assert anonymous.get("/static/0123456789ab/messages.en.json").status_code == 404


def test_another_language_gets_its_own_messages(pseudo: Flask) -> None:
    """What scripts show comes with the plural forms; what only the server shows is left out."""
    with pseudo.test_request_context():
        address = url_for("web.messages", spoken=PSEUDO)

    given = pseudo.test_client().get(address).get_json()

    assert given["language"] == PSEUDO
    assert given["plurals"].startswith("101")
    assert len(given["plurals"]) == 200
    assert given["messages"]["Online"][0].startswith("[")
    assert len(given["messages"]["%(num)s day ago"]) == 2
    assert "No photo arrived" not in given["messages"]


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", "", "en"),
        ("", "de-AT,de;q=0.9", "en"),
        ("", f"{PSEUDO},en;q=0.5", PSEUDO),
        (f"?lang={PSEUDO}", "en", PSEUDO),
        ("?lang=de", f"{PSEUDO}", PSEUDO),
        ("?lang=en", f"{PSEUDO}", "en"),
    ],
)
def test_a_page_has_the_language_asked_for_else_the_browsers(
    pseudo: Flask, query: str, accepted: str, language: str
) -> None:
    """`?lang=` goes before the browser's languages; a language that is not available is passed over."""
    answer = pseudo.test_client().get(f"/login{query}", headers={"Accept-Language": accepted})
    root = parse_page(answer).one("html")

    assert root.attrs["lang"] == language
    assert root.attrs["data-messages"].endswith(f"/messages.{language}.json")


@pytest.mark.parametrize("path", ["/login", "/manifest.webmanifest", "/no-such-page"])
def test_a_cache_keeps_the_languages_apart(app: Flask, address: str, path: str) -> None:
    """What depends on the browser's language says so; the files of a version do not."""
    browser = app.test_client()

    assert "Accept-Language" in browser.get(path).headers["Vary"]
    assert "Accept-Language" not in browser.get(address).headers.get("Vary", "")
