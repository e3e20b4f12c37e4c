"""The kiosk lock: a tablet at a door checks cards and does nothing else until a person signs in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.app_factory import PASSWORD
from tests.support.html_page import parse_page
from validator.accounts.models import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

    from validator.accounts.people import People

MARIA = {"username": "maria", "password": PASSWORD}
OWN = {"password": PASSWORD}
ME = "/api/v1/me"


@pytest.fixture(name="kiosk")
def _kiosk(app: Flask, people: People) -> FlaskClient:
    """The tablet at the library's door, which Maria locked."""
    people.set_role("maria", Role.MANAGER)
    return locked(app)


def locked(app: Flask) -> FlaskClient:
    """A browser that Maria signed in and locked."""
    client = app.test_client()
    assert client.post("/login", data=MARIA).status_code == 302
    answer = client.post("/kiosk/lock", data=OWN)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/kiosk")
    return client


def test_a_kiosk_is_nobody_in_particular(kiosk: FlaskClient) -> None:
    """It has the name of who locked it, and no role, though Maria is a manager."""
    me = kiosk.get(ME).get_json()
    ends = datetime.fromisoformat(me["session_ends"])

    assert (me["name"], me["kind"], me["role"]) == ("maria", "kiosk", None)
    assert timedelta(0) <= datetime.now(UTC) + timedelta(days=30) - ends < timedelta(minutes=1)


def test_a_kiosk_checks_cards(kiosk: FlaskClient) -> None:
    """A code that is no card's is refused in the usual way: the door to checking is open."""
    assert kiosk.post("/api/v1/validations", json={"input": "hello"}).status_code == 422


def test_the_way_out_is_to_sign_in(kiosk: FlaskClient) -> None:
    """A visitor gets the form and no further; Maria gets in, to an ordinary session."""
    assert kiosk.get("/lookup").headers["Location"] == "/login?next=/lookup"
    assert kiosk.post("/logout").headers["Location"] == "/login"
    assert kiosk.get("/manage/late-answers").headers["Location"].startswith("/login")
    assert kiosk.get("/login").status_code == 200
    assert kiosk.post("/login", data=MARIA | {"password": "a guess of mine"}).status_code == 403
    assert kiosk.get(ME).get_json()["kind"] == "kiosk"

    assert kiosk.post("/login", data=MARIA).headers["Location"] == "/"
    assert kiosk.get("/lookup").status_code == 200
    me = kiosk.get(ME).get_json()
    assert (me["kind"], me["role"]) == ("person", "manager")
    ends = datetime.fromisoformat(me["session_ends"])
    assert ends - datetime.now(UTC) < timedelta(hours=10)


def test_a_kiosk_lives_thirty_days_and_no_more(app: Flask, kiosk: FlaskClient) -> None:
    """Through nights and power cuts; neither use nor locking again makes it longer."""
    given = app.extensions["validator"]
    for days, status in ((1, 200), (29.99, 200), (30.01, 401)):
        later = datetime.now(UTC) + timedelta(days=days)
        app.extensions["validator"] = replace(given, clock=lambda later=later: later)
        kiosk.post("/kiosk/lock", data=OWN)

        assert kiosk.get(ME).status_code == status, days
    app.extensions["validator"] = given


def test_the_browser_keeps_each_cookie_as_long_as_its_session(app: Flask, people: People) -> None:
    """A shift for a person, thirty days for a kiosk: written to disk, a restart brings the kiosk back."""
    assert people.all()
    client = app.test_client()
    for address, data, life in (
        ("/login", MARIA, timedelta(hours=10)),
        ("/kiosk/lock", OWN, timedelta(days=30)),
    ):
        client.post(address, data=data)
        cookie = client.get_cookie("escv")

        assert cookie
        assert cookie.expires
        expires = cookie.expires.replace(tzinfo=UTC)
        assert abs(expires - datetime.now(UTC) - life) < timedelta(minutes=1), address


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda people: people.set_password("maria", "seven green bottles"), id="new password"),
        pytest.param(lambda people: people.set_role("maria", Role.STAFF), id="new role"),
        pytest.param(lambda people: people.disable("maria"), id="disabled"),
    ],
)
def test_a_change_to_who_locked_it_ends_a_kiosk_at_once(
    kiosk: FlaskClient, people: People, change: Callable[[People], None]
) -> None:
    """A stolen tablet is locked out by the account of the person who set it up."""
    change(people)

    assert kiosk.get(ME).status_code == 401
    assert kiosk.post("/api/v1/validations", json={"input": "x"}).status_code == 401


def test_only_a_person_locks_a_kiosk(
    anonymous: FlaskClient, till: dict[str, str], kiosk: FlaskClient
) -> None:
    """A stranger is asked to sign in, a device refused, and a kiosk is one already."""
    assert anonymous.post("/kiosk/lock", data=OWN).headers["Location"] == "/login"
    assert anonymous.post("/kiosk/lock", data=OWN, headers=till).status_code == 403
    assert kiosk.post("/kiosk/lock", data=OWN).headers["Location"] == "/login"


@pytest.mark.parametrize("form", [{}, {"password": ""}, {"password": "a guess of mine"}])
def test_an_open_session_alone_locks_no_kiosk(app: Flask, people: People, form: dict[str, str]) -> None:
    """Whoever finds Maria's browser open makes no session of thirty days of it; the page asks again."""
    assert people.all()
    client = app.test_client()
    client.post("/login", data=MARIA)
    answer = client.post("/kiosk/lock", data=form)

    parse_page(answer)
    assert (answer.status_code, "not your password" in answer.text) == (403, True)
    assert 'action="/kiosk/lock"' in answer.text
    assert client.get(ME).get_json()["kind"] == "person"


def test_locking_does_not_help_to_guess_the_password(app: Flask, people: People) -> None:
    """Five tries, counted together with those on the page of the account; then the right one waits too."""
    assert people.all()
    client = app.test_client()
    client.post("/login", data=MARIA)
    statuses = [client.post("/kiosk/lock", data={"password": "x"}).status_code for _ in range(4)]
    statuses.append(client.post("/account/password", data={"old": "x", "new": "y"}).status_code)
    late = client.post("/kiosk/lock", data=OWN)

    assert statuses == [403] * 5
    assert (late.status_code, late.headers["Retry-After"]) == (429, "1")
    parse_page(late)


def test_nothing_of_the_persons_session_is_left(app: Flask, people: People) -> None:
    """What else Maria's session held does not stay on the tablet."""
    assert people.all()
    client = app.test_client()
    client.post("/login", data=MARIA)
    with client.session_transaction() as session:
        session["left"] = "by maria"
    client.post("/kiosk/lock", data=OWN)

    with client.session_transaction() as session:
        assert "left" not in session


def test_a_kiosk_delivers_what_it_checked_without_a_network(kiosk: FlaskClient) -> None:
    """Its queue is its own; the Router is away, so it comes again."""
    check = {
        "id": "6f1f3c52-5a3e-4a53-8f0e-3d1a2b4c5d6e",
        "input": "3e506370-826a-103d-bf76-001000000001",
        "made_at": datetime.now(UTC).isoformat(),
        "shown": {"outcome": "could_not_check", "reason": "device_offline"},
    }

    (result,) = kiosk.post("/api/v1/late-checks", json={"checks": [check]}).get_json()["results"]

    assert result["state"] == "try_again"
