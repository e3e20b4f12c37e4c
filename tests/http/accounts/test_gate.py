"""The gate: what strangers, people and devices get at a closed route."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import Flask

from validator.http import access as gate
from validator.http.access import Access, access, level_of

if TYPE_CHECKING:
    from flask.testing import FlaskClient

CHECK = "/api/v1/validations"


def test_a_stranger_is_sent_to_sign_in_and_back(anonymous: FlaskClient) -> None:
    """The page asked for comes after the sign-in; for a form that was sent, its page does."""
    assert anonymous.get("/lookup").headers["Location"] == "/login?next=/lookup"
    assert anonymous.post("/lookup", data={"number": "x"}).headers["Location"] == "/login?next=/lookup"
    assert anonymous.get("/").headers["Location"] == "/login"


def test_a_query_is_not_carried_into_the_address_of_the_form(anonymous: FlaskClient) -> None:
    """Somebody may have typed a card number there; it must not travel on in our own addresses."""
    answer = anonymous.get("/lookup?number=3e500000-0000-1000-8000-000000000001")

    assert answer.headers["Location"] == "/login?next=/lookup"


def test_a_page_that_only_takes_forms_is_no_place_to_come_back_to(anonymous: FlaskClient) -> None:
    """Signing out without a session leads to the form, and from there to the first page."""
    assert anonymous.post("/logout").headers["Location"] == "/login"


def test_the_api_says_401_and_how_to_sign_in(anonymous: FlaskClient) -> None:
    """A program gets a status, a header and a problem document, and no redirect to a page."""
    answer = anonymous.post(CHECK, json={"input": "x"})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.mimetype == "application/problem+json"


def test_what_was_refused_is_in_the_log(
    anonymous: FlaskClient, sara: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """The operator sees tokens that are none and doors that are not one's own: which route, nothing else."""
    anonymous.post(CHECK, json={"input": "x"}, headers={"Authorization": "Bearer escv_none"})
    sara.get("/manage/health")

    lines = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    refused = [line for line in lines if line["event"] == "access_refused"]
    assert [(line["status"], line["endpoint"]) for line in refused] == [
        (401, "api.validate"),
        (403, "manage.server_health"),
    ]


def test_an_unknown_address_is_told_as_such(anonymous: FlaskClient) -> None:
    """There is nothing to hide behind a 404 or a wrong method."""
    assert anonymous.get("/no-such-page").status_code == 404
    assert anonymous.put("/login").status_code == 405


def test_a_route_is_closed_unless_it_says_why_not() -> None:
    """A public view must give a reason; a view without a level needs a sign-in."""
    with pytest.raises(ValueError, match="say why"):
        access(Access.PUBLIC, why=" ")

    assert level_of(access(Access.PUBLIC, why="anybody may")(lambda: "")) is Access.PUBLIC
    assert level_of(lambda: "") is Access.SIGNED_IN


def test_an_app_without_static_files_has_the_gate_too() -> None:
    """The gate needs nothing but the app."""
    app = Flask(__name__, static_folder=None)
    gate.init_app(app)

    assert app.test_client().get("/").status_code == 404
