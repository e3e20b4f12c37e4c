"""Signing in and out, as a browser without JavaScript does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.app_factory import PASSWORD
from validator.accounts.password_queue import TRUSTED

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from validator.accounts.people import People

MARIA = {"username": "maria", "password": PASSWORD}
ERROR = 'data-testid="sign-in-error"'


def test_the_form_asks_for_what_the_contract_says(anonymous: FlaskClient) -> None:
    """Fields `username` and `password`, with labels, known to password managers, and no error yet."""
    page = anonymous.get("/login").text

    assert 'name="username"' in page
    assert 'for="password"' in page
    assert 'autocomplete="current-password"' in page
    assert ERROR not in page


def test_a_person_signs_in_and_goes_on(anonymous: FlaskClient, people: People) -> None:
    """Maria wanted to look a number up, signs in, and is there."""
    asked = anonymous.get("/lookup")
    assert (asked.status_code, asked.headers["Location"]) == (302, "/login?next=/lookup")
    assert 'name="next" value="/lookup"' in anonymous.get("/login?next=/lookup").text

    answer = anonymous.post("/login", data={**MARIA, "next": "/lookup"})

    assert answer.headers["Location"] == "/lookup"
    assert "maria" in anonymous.get("/lookup").text
    assert people.all()


@pytest.mark.usefixtures("people")
def test_without_a_wish_the_first_page_comes_next(anonymous: FlaskClient) -> None:
    """A person who is signed in already needs no form."""
    assert anonymous.post("/login", data=MARIA).headers["Location"] == "/"
    assert anonymous.get("/login").headers["Location"] == "/"


@pytest.mark.usefixtures("people")
def test_nobody_is_led_elsewhere_after_signing_in(anonymous: FlaskClient) -> None:
    """Mallory mails a link to our form that would end at his; it ends here, before and after the form."""
    for wish in ("//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example"):
        assert anonymous.post("/login", data={**MARIA, "next": wish}).headers["Location"] == "/", wish
        assert anonymous.get("/login", query_string={"next": wish}).headers["Location"] == "/", wish


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("maria", "wrong"),
        ("mallory", PASSWORD),
        ("", ""),
        ("maria", ""),
        ("<b>", "wrong too"),
        ("dora", PASSWORD),
    ],
)
def test_every_failure_has_the_same_words(
    anonymous: FlaskClient, people: People, username: str, password: str
) -> None:
    """A wrong password, an unknown name and Dora, who is disabled, get the same answer."""
    people.add("dora", PASSWORD, people.all()[0].role)
    people.disable("dora")

    answer = anonymous.post("/login", data={"username": username, "password": password, "next": "/lookup"})

    assert answer.status_code == 403
    assert "Wrong user name or password. Check both and try again" in answer.text
    assert ERROR in answer.text
    assert 'name="next" value="/lookup"' in answer.text
    assert "Set-Cookie" not in answer.headers
    assert not password or password not in answer.text
    assert "<b>" not in answer.text


def test_a_form_without_its_fields_is_an_ordinary_failure(anonymous: FlaskClient) -> None:
    """An empty request, and JSON in place of a form."""
    assert anonymous.post("/login").status_code == 403
    assert anonymous.post("/login", json=MARIA).status_code == 403


def test_a_rush_is_told_when_to_come_back(anonymous: FlaskClient, people: People) -> None:
    """If no slot to check the password becomes free, the page says so, and the next attempt works."""
    queue = people._passwords._queue
    queue._max_wait_s = 0.01
    with queue.slot(TRUSTED), queue.slot(TRUSTED):
        answer = anonymous.post("/login", data=MARIA)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Wait a few seconds" in answer.text
    assert anonymous.post("/login", data=MARIA).status_code == 302


@pytest.mark.usefixtures("people")
def test_signing_out_ends_the_session(anonymous: FlaskClient) -> None:
    """After it, the browser's cookie is gone and pages are closed; signing out twice does no harm."""
    anonymous.post("/login", data=MARIA)
    assert anonymous.get("/").status_code == 200

    assert anonymous.post("/logout").headers["Location"] == "/login"
    assert anonymous.get_cookie("escv") is None
    assert anonymous.get("/").headers["Location"] == "/login"
    assert anonymous.post("/logout").headers["Location"] == "/login"


def test_a_link_cannot_sign_anybody_out(sara: FlaskClient) -> None:
    """Signing out is a change, so it takes a form of ours."""
    assert sara.get("/logout").status_code == 405
    assert sara.get("/").status_code == 200


@pytest.mark.usefixtures("people")
def test_passwords_and_names_are_not_logged(anonymous: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """A person who typed the password into the wrong field finds it in no log."""
    anonymous.post("/login", data={"username": "canary-typed-here", "password": "canary-secret"})
    anonymous.post("/login", data=MARIA)
    written = caplog.text

    assert "sign_in_refused" in written
    assert "signed_in" in written
    assert "canary" not in written
    assert PASSWORD not in written
