"""An ended session serves nothing any more, on whatever browser a copy of its cookie is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.http.accounts.browsers import MARIA, ME, copy_of, later, signed_in
from tests.support.app_factory import PASSWORD, SECRET, close, make_app
from tests.support.polling import wait_for
from validator.accounts.models import Role

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from validator.accounts.people import People

NUMBER = "3e506370-826a-103d-bf76-001000000001"
NEW_SECRET = "Qx7RkT2vWm9ZpL4nYc6HsB1dGf3JaK8e"


@pytest.fixture(name="maria")
def _maria(app: Flask, people: People) -> FlaskClient:
    """Maria's browser, signed in."""
    people.set_role("maria", Role.MANAGER)
    return signed_in(app)


def is_served(browser: FlaskClient) -> bool:
    """Whether any of a page, the API and a manager's page is."""
    answers = [browser.get("/lookup"), browser.get(ME), browser.get("/manage/late-answers")]
    return any(answer.status_code == 200 for answer in answers)


def test_after_signing_out_a_copied_cookie_opens_nothing(app: Flask, maria: FlaskClient) -> None:
    """A thief who copied Maria's cookie is out as soon as she is."""
    thief = copy_of(app, maria)
    assert is_served(thief)
    maria.post("/logout")

    assert not is_served(thief)


@pytest.mark.parametrize(
    ("address", "data"),
    [
        pytest.param("/login", MARIA, id="signing in again"),
        pytest.param("/kiosk/lock", {"password": PASSWORD}, id="locking a kiosk"),
        pytest.param(
            "/account/password", {"old": PASSWORD, "new": "seven green bottles"}, id="a new password"
        ),
    ],
)
def test_each_step_up_or_down_gives_a_new_session(
    app: Flask, maria: FlaskClient, address: str, data: dict[str, str]
) -> None:
    """The cookie from before is dead: it was not for what comes now."""
    before = copy_of(app, maria)
    assert maria.post(address, data=data).status_code in {302, 303}

    assert maria.get(ME).status_code == 200
    assert not is_served(before)


def test_enabling_does_not_bring_sessions_back(app: Flask, maria: FlaskClient) -> None:
    """A person who was disabled must sign in again."""
    for command in ("disable", "enable"):
        app.test_cli_runner().invoke(args=["user", command, "maria"])
        assert not is_served(maria)


def test_the_operator_signs_somebody_out_everywhere(app: Flask, maria: FlaskClient) -> None:
    """The person may sign in again at once."""
    assert app.test_cli_runner().invoke(args=["user", "sign-out", "maria"]).exit_code == 0

    assert not is_served(maria)
    assert is_served(signed_in(app))


def test_four_hours_without_a_check_end_a_session(app: Flask, maria: FlaskClient) -> None:
    """What an unattended page asks by itself does not count as use."""
    with later(app, hours=3.9):
        for address in (ME, "/api/v1/offline-pack", "/livez"):
            assert maria.get(address).status_code == 200
        late = {"id": "6f1f3c52-5a3e-4a53-8f0e-3d1a2b4c5d6e", "input": "x", "made_at": "2026-09-01T12:00:00Z"}
        maria.post("/api/v1/late-checks", json={"checks": [late]})
        assert maria.post("/api/v1/validations", json={"input": "no card"}).status_code == 422
        wait_for(lambda: not app.extensions["validator"].background._keys)
    with later(app, hours=4.1):
        assert not is_served(maria)


def test_a_check_keeps_a_session_open(app: Flask, maria: FlaskClient) -> None:
    """A slow afternoon at the till is no reason to sign in before the next card."""
    with later(app, hours=3.9):
        assert maria.post("/api/v1/validations", json={"input": NUMBER}).status_code == 200
        wait_for(lambda: not app.extensions["validator"].background._keys)
    with later(app, hours=7.7):
        assert maria.get(ME).status_code == 200


def test_ended_sessions_are_deleted_within_the_hour(app: Flask, maria: FlaskClient) -> None:
    """With the first request that comes then."""
    assert is_served(maria)
    # The day's first clean-up: while it runs, no second one is begun.
    wait_for(lambda: not app.extensions["validator"].background._keys)
    with later(app, hours=11):
        assert app.test_client().get("/login").status_code == 200
        wait_for(lambda: not app.extensions["validator"].background._keys)
        assert app.extensions["validator"].accounts.sessions.purge() == 0


def test_a_new_secret_key_signs_nobody_out_as_long_as_the_old_one_is_named(tmp_path: Path) -> None:
    """The operator changes the key during the shift; without the old one, everybody signs in again."""
    first = make_app(tmp_path, "http://127.0.0.1:9")
    first.extensions["validator"].accounts.people.add("maria", PASSWORD, Role.MANAGER)
    cookie = signed_in(first).get_cookie("escv")
    close(first)
    assert cookie
    for old, served in ((SECRET, True), ("", False)):
        app = make_app(tmp_path, "http://127.0.0.1:9", secret_key=NEW_SECRET, old_secret_keys=old)
        browser = app.test_client()
        browser.set_cookie("escv", cookie.value)

        assert is_served(browser) is served
        close(app)
