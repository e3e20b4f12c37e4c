"""A remembered answer on the page, the whole way: a card seen valid, then a Router that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.app_factory import close, make_app
from tests.support.cards import ANNA, status_v2
from tests.support.html_page import parse_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from pytest_httpserver import HTTPServer

STATUS = f"/esc-rest/api/v2/cards/{ANNA}/status"


@pytest.fixture(name="app")
def _app(tmp_path: Path, httpserver: HTTPServer) -> Iterator[Flask]:
    """A site that asks the Router at every check."""
    app = make_app(tmp_path, httpserver.url_for("").rstrip("/"), fresh_s="0", fresh_not_valid_s="0")
    yield app
    close(app)


@pytest.mark.parametrize(("status", "look"), [("ACTIVE", "valid_remembered"), ("INACTIVE", "not_valid")])
def test_a_stand_in_shows_its_age_and_why(
    sara: FlaskClient, httpserver: HTTPServer, status: str, look: str
) -> None:
    """When the Router fails, its last answer comes with its age, the failure, and never as a live VALID."""
    httpserver.expect_request(STATUS).respond_with_json(status_v2(ANNA, status=status))
    sara.post("/lookup", data={"number": ANNA})
    httpserver.clear()
    httpserver.expect_request(STATUS).respond_with_data("", status=500)

    page = parse_page(sara.post("/lookup", data={"number": ANNA}))
    section = page.one(data_testid="verdict")

    assert section.attrs["class"] == f"verdict {look}"
    assert section.attrs["data-source"] == "cache"
    assert "checked" in page.one(id="answer").text
    assert "The card register has a fault at the moment. This is its last answer" in section.text
    assert "It will be confirmed at the next check." in section.text


def test_an_outage_without_a_memory_is_no_verdict(sara: FlaskClient, httpserver: HTTPServer) -> None:
    """A card never seen here cannot be answered from memory, and the page says so."""
    httpserver.expect_request(STATUS).respond_with_data("", status=503)

    section = parse_page(sara.post("/lookup", data={"number": ANNA})).one(data_testid="verdict")

    assert section.attrs["data-outcome"] == "could_not_check"
    assert "nothing usable" in section.text
