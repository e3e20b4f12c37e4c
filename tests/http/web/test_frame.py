"""What stands around every page: the header, the way around, the demo mark, errors and the guide."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.support.app_factory import PASSWORD, close, make_app
from tests.support.html_page import parse_page
from validator.accounts import ensure_demo_people

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

PAGES = ("/", "/lookup", "/guide")


@pytest.fixture(name="demo", scope="module")
def _demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder: Path = tmp_path_factory.mktemp("demo")
    app = make_app(folder, "http://127.0.0.1:9", demo="1", demo_password=PASSWORD)
    ensure_demo_people(app.extensions["validator"].database, PASSWORD)
    yield app
    close(app)


def test_every_page_leads_to_the_others_and_out(sara: FlaskClient) -> None:
    """Header, way around, who is signed in and the way out stand on every page."""
    for address in PAGES:
        page = parse_page(sara.get(address))

        assert [a.attrs["href"] for a in page.all("a") if a.attrs["href"] in PAGES][-3:]
        assert page.one("a", aria_current="page").attrs["href"] == address
        assert "sara" in page.one("header").text
        assert page.one("form", action="/logout").attrs["method"] == "post"
        assert page.one("a", **{"class": "skip"}).attrs["href"] == "#main"
        assert page.all(data_testid="demo-mark") == []


def test_nobody_sees_the_sign_in_page_only(anonymous: FlaskClient) -> None:
    """Before signing in there is no way around, only the form."""
    for address in PAGES:
        assert anonymous.get(address).headers["Location"].startswith("/login")
    page = parse_page(anonymous.get("/login"))

    assert page.one("h1").text == "Sign in"
    assert page.all("nav") == []


def test_demo_mode_is_marked_on_every_page(demo: Flask) -> None:
    """The mark stands on each page, before and after signing in: no demo is taken for the real thing."""
    client = demo.test_client()
    assert parse_page(client.get("/login")).one(data_testid="demo-mark").text == "demo"
    client.post("/login", data={"username": "staff", "password": PASSWORD})

    for address in (*PAGES, "/nowhere"):
        page = parse_page(client.get(address))
        assert page.one(data_testid="demo-mark").text == "demo"
        assert page.one("a", href="/demo/cards").text == "Demo cards"


def test_errors_say_what_to_do_next(sara: FlaskClient) -> None:
    """An error is a page like any other, with a next step and the way to the scanner."""
    for method, address, status in (("GET", "/nowhere", 404), ("DELETE", "/", 405), ("POST", "/guide", 405)):
        answer = sara.open(address, method=method)
        page = parse_page(answer)

        assert answer.status_code == status
        assert page.one(data_testid="error").text
        assert page.all("a", href="/")


def test_a_fault_of_the_database_still_gives_a_page(app: Flask, sara: FlaskClient) -> None:
    """When the database is gone, the error page does without it."""
    database = app.extensions["validator"].database
    with database.session() as session:
        session.execute(text("ALTER TABLE people RENAME TO gone"))

    answer = sara.get("/")

    assert answer.status_code == 500
    assert "No card was judged" in parse_page(answer).text


def test_the_guide_shows_four_drawings_of_ours(sara: FlaskClient) -> None:
    """Hologram, new logo, digital, inverted: each drawing is there, described, without active content."""
    page = parse_page(sara.get("/guide"))
    drawings = page.all("img")

    assert len(drawings) == 4
    assert "A genuine card bears" in page.text
    for drawing in drawings:
        assert drawing.attrs["alt"].startswith("Drawing: ")
        with closing(sara.get(drawing.attrs["src"])) as answer:
            assert answer.mimetype == "image/svg+xml"
            for active in ("<script", "<style", "style=", "http://", "https://"):
                assert active not in answer.text.replace("http://www.w3.org/2000/svg", "")


def test_the_style_is_small_and_ours(sara: FlaskClient) -> None:
    """All style sheets of a page together stay under 20 KB and fetch nothing from elsewhere."""
    sheets = [link.attrs["href"] for link in parse_page(sara.get("/guide")).all("link", rel="stylesheet")]
    styles = []
    for sheet in sheets:
        with closing(sara.get(sheet)) as answer:
            styles.append(answer.text)

    assert len(sheets) == 3
    assert sum(len(style.encode()) for style in styles) < 20_000
    for style in styles:
        assert "@import" not in style
        assert "url(" not in style
